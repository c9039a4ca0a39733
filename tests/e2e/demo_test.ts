import { assert, assertEquals } from "../kit/assert.ts";
import { makeRig } from "../kit/rig.ts";

Deno.test("looop demo runs the whole loop, sees every step, and leaves nothing behind", async () => {
  await using rig = await makeRig();
  const ran = await rig.run(["demo", "--fast", "--json"], { deadlineMs: 60_000 });
  assertEquals(ran.code, 0, ran.stdout + ran.stderr);
  const steps = ran.stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(steps.map(({ step }) => step), [1, 2, 3, 4, 5, 6, 7]);
  const total = steps.reduce((sum, { ms }) => sum + ms, 0);
  assert(total < 15_000, `it took ${total} ms`);
  assertEquals(rig.exists(), false, "the profile of the person was not touched");
});
