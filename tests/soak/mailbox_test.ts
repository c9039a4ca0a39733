import { assertEquals, assertIncludes } from "../kit/assert.ts";
import { runCrowd } from "../kit/crowd.ts";
import { makeRig, type Ran, type Rig } from "../kit/rig.ts";

for (const seed of [1, 2, 3]) {
  Deno.test(`a crowd of processes, many of them killed, finds one answer a question and every message (seed ${seed})`, async () => {
    await using rig = await makeRig();
    await runCrowd(rig, { seed, questions: 30, messages: 30 });
  });
}

const HUNDRED = Array.from({ length: 100 }, (_, n) => n);

/** All at once: each a process of its own. */
function together(rig: Rig, line: (n: number) => readonly string[]): Promise<readonly Ran[]> {
  return Promise.all(HUNDRED.map((n) => rig.run(line(n), { deadlineMs: 240_000 })));
}

Deno.test("of a hundred answers at once one counts, and ninety-nine are told whose", async () => {
  await using rig = await makeRig();
  await rig.ok(["_", "ask", "w", "--prompt", "Who?", "--no-wait"]);
  const ends = await together(rig, (n) => ["_", "answer", "w-1", `answer ${n}`]);
  assertEquals(ends.filter(({ code }) => code === 0).length, 1);
  const late = ends.filter(({ code }) => code === 4);
  assertEquals(late.length, 99);
  for (const { stderr } of late) assertIncludes(stderr, "answered by root");
  const winner = ends.findIndex(({ code }) => code === 0);
  assertEquals((await rig.ok(["_", "ask", "w", "--prompt", "Who?"])).stdout, `answer ${winner}`);
});

Deno.test("a hundred asks of one worker at once have a hundred ids", async () => {
  await using rig = await makeRig();
  await rig.ok(["init", "--runner", "sh", "--yes"]);
  const ends = await together(rig, (n) => ["_", "ask", "w", "--prompt", `Question ${n}?`, "--no-wait"]);
  assertEquals(ends.map(({ code }) => code), HUNDRED.map(() => 0));
  const ids = ends.map(({ stdout }) => stdout.trim()).sort((a, b) => Number(a.slice(2)) - Number(b.slice(2)));
  assertEquals(ids, HUNDRED.map((n) => `w-${n + 1}`));
});

Deno.test("a hundred messages at once are a hundred deliveries, in the order of their acceptance", async () => {
  await using rig = await makeRig();
  await rig.ok(["init", "--runner", "sh", "--yes"]);
  await rig.ok(["_", "worker", "start", "w", "exec sleep 1000", "--runner", "sh"]);
  const ends = await together(rig, (n) => ["_", "tell", "w", `message ${n}`, "--json"]);
  assertEquals(ends.map(({ code }) => code), HUNDRED.map(() => 0));
  const told = (await rig.ok(["_", "told", "w", "--json"])).json<{ id: string; text: string }[]>();
  assertEquals(told.map(({ id }) => id), HUNDRED.map((n) => `w-${n + 1}`));
  assertEquals(new Set(told.map(({ text }) => text)).size, 100);
  assertEquals((await rig.ok(["_", "told", "w", "--json"])).json<unknown[]>(), []);
});
