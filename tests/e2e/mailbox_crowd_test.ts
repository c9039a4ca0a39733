import { runCrowd } from "../kit/crowd.ts";
import { makeRig } from "../kit/rig.ts";

Deno.test("processes that ask, answer, tell and read at once, a third of them killed, find one answer a question and every message", async () => {
  await using rig = await makeRig();
  await runCrowd(rig, { seed: 7, questions: 6, messages: 5 });
});
