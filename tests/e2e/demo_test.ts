import { assert, assertEquals, assertIncludes } from "../kit/assert.ts";
import { onTerminal } from "../kit/on_terminal.ts";
import { makeRig, processesOf, PROGRAM } from "../kit/rig.ts";
import { waitUntil } from "../kit/wait_until.ts";

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

Deno.test("a demo that is interrupted leaves no process and no directory behind", async () => {
  await using rig = await makeRig();
  const tmp = rig.path("..", "tmp");
  Deno.mkdirSync(tmp);
  const demo = rig.start(["demo"], { env: { TMPDIR: tmp } });
  await demo.stdout.until(/A change wakes the root agent/);
  demo.signal("SIGINT");
  const ended = await demo.end;
  assertEquals(ended.code, 130, ended.stderr);
  const left = [...Deno.readDirSync(tmp)].map(({ name }) => name);
  assertEquals(left.filter((name) => name.startsWith("looop-")), []);
  await waitUntil("its processes have ended", async () => (await processesOf(tmp)).length === 0);
});

Deno.test("the demo asks again for what is neither yes nor no, and tells what followed from a no", async () => {
  if (Deno.build.os !== "linux") return; // needs script(1) of util-linux
  await using rig = await makeRig();
  const [code, shown] = await onTerminal(rig, `'${PROGRAM}' demo`, [
    ["Your answer, yes or no?", "perhaps\n"],
    ["That is neither. Yes or no?", "no\n"],
  ]);
  assertEquals(code, 0, shown);
  assertIncludes(shown, "looop answer tidy-1 no   (you answered)");
  assertIncludes(shown, "The worker claimed the inbox, left the files where they were, wrote a report");
  assertIncludes(shown, "ran its check once: fail");
  assert(!shown.includes("archived the goal"), shown);
});
