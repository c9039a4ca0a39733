import { join } from "node:path";
import { assert, assertEquals, assertFailed, assertIncludes, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import { applyGoalArchive, applyGoalWrite } from "../../../src/goals/moves.ts";
import { archivedNames, listGoals, readArchivedGoal, readGoal } from "../../../src/goals/store.ts";

const BODY = "---\ngoal: CI is green\n---\nLook at the failing job first.";

Deno.test("a goal is written, rewritten, and said to be unchanged", async () => {
  await using test = await makeContext();
  const write = async (body: string) => assertOk(await applyGoalWrite(test.context, { id: "ci", body }));
  const added = await write(BODY);
  assertEquals([added.changed, added.items, added.data["written"]], [true, ["goal:ci"], "added"]);
  assertEquals(Deno.readTextFileSync(join(test.dir, "goals/ci.md")), `${BODY}\n`);
  assertEquals((Deno.statSync(join(test.dir, "goals/ci.md")).mode ?? 0) & 0o777, 0o600);
  const again = await write(`${BODY}\n\n`);
  assertEquals([again.changed, again.items], [false, []]);
  assertIncludes(again.summary, "unchanged");
  assertEquals((await write(`${BODY} Then the flaky one.`)).data["written"], "replaced");
});

const BAD: readonly { readonly name: string; readonly id?: string; readonly body?: string; readonly says: string }[] = [
  { name: "an empty id", id: "", says: "not an id" },
  { name: "a path", id: "../x", says: "not an id" },
  { name: "a slash", id: "a/b", says: "not an id" },
  { name: "a leading dash", id: "-x", says: "not an id" },
  { name: "a leading dot", id: ".x", says: "not an id" },
  { name: "a name too long", id: "x".repeat(64), says: "not an id" },
  { name: "letters beyond ASCII", id: "größe", says: "not an id" },
  { name: "a line break", id: "a\nb", says: "not an id" },
  { name: "the pulse's own", id: "Pulse", says: "reserved" },
  { name: "an empty body", body: " \n\n", says: "empty" },
  { name: "a body without front matter", body: "just text", says: "no goal: line" },
  { name: "front matter without the line", body: "---\nid: x\n---\n", says: "no goal: line" },
  { name: "a body with NUL", body: `${BODY}\0`, says: "not text" },
  { name: "10 MiB", body: BODY + "x".repeat(10 * 1024 * 1024), says: "at most 262144" },
];

for (const { name, id, body, says } of BAD) {
  Deno.test(`goal write refuses ${name}`, async () => {
    await using test = await makeContext();
    const failure = assertFailed(await applyGoalWrite(test.context, { id: id ?? "x", body: body ?? BODY }));
    assertEquals(failure.kind, "usage");
    assertIncludes(failure.state, says);
    assertEquals(assertOk(listGoals(test.context)), []);
  });
}

Deno.test("two ids that differ only in case are refused", async () => {
  await using test = await makeContext();
  assertOk(await applyGoalWrite(test.context, { id: "Fix-CI", body: BODY }));
  const failure = assertFailed(await applyGoalWrite(test.context, { id: "fix-ci", body: BODY }));
  assertEquals(failure.kind, "conflict");
  assertIncludes(failure.state, "Fix-CI");
  assertOk(await applyGoalWrite(test.context, { id: "Fix-CI", body: `${BODY}!` }));
});

Deno.test("archiving never overwrites, and finds a name that is free", async () => {
  await using test = await makeContext();
  const { context, dir } = test;
  const names: unknown[] = [];
  for (const round of ["one", "two", "three"]) {
    assertOk(await applyGoalWrite(context, { id: "x", body: `${BODY}\n${round}` }));
    names.push(assertOk(await applyGoalArchive(context, { id: "x" })).data["archived"]);
  }
  assertEquals(names, ["goals/archive/x.md", "goals/archive/x-2.md", "goals/archive/x-3.md"]);
  assertIncludes(Deno.readTextFileSync(join(dir, "goals/archive/x.md")), "one");
  assertIncludes(Deno.readTextFileSync(join(dir, "goals/archive/x-3.md")), "three");
  assertEquals(assertOk(archivedNames(context, "x")), ["x", "x-2", "x-3"]);
  const failure = assertFailed(await applyGoalArchive(context, { id: "x" }));
  assertEquals(failure.kind, "not_found");
  assertIncludes(failure.hint ?? "", "goals/archive/x-3.md");
  assertEquals(assertFailed(await applyGoalArchive(context, { id: "never" })).hint, "looop _ goal list");
});

Deno.test("ten archive the same goal at once: one does, nine are told that it is gone", async () => {
  await using test = await makeContext();
  assertOk(await applyGoalWrite(test.context, { id: "x", body: BODY }));
  const ends = await Promise.all(Array.from({ length: 10 }, () => applyGoalArchive(test.context, { id: "x" })));
  assertEquals(ends.filter((end) => end.ok).length, 1);
  assertEquals(ends.filter((end) => !end.ok).every((end) => !end.ok && end.failure.kind === "not_found"), true);
  assertEquals([...Deno.readDirSync(join(test.dir, "goals/archive"))].length, 1);
});

Deno.test("what lies among the goals and is none is left alone; what cannot be read is not absent", async () => {
  await using test = await makeContext();
  const { context, dir } = test;
  assertOk(await applyGoalWrite(context, { id: "a", body: BODY }));
  Deno.writeTextFileSync(join(dir, "goals/no front.md"), "x");
  Deno.writeTextFileSync(join(dir, "goals/..md"), "x");
  Deno.writeTextFileSync(join(dir, "goals/notes.txt"), "x");
  Deno.mkdirSync(join(dir, "goals/d.md"));
  Deno.writeTextFileSync(join(dir, "goals/plain.md"), "no front matter");
  Deno.symlinkSync(join(dir, "goals/a.md"), join(dir, "goals/link.md"));
  Deno.symlinkSync(join(dir, "nowhere"), join(dir, "goals/broken.md"));
  const goals = assertOk(listGoals(context));
  assertEquals(goals.map((goal) => goal.id), ["a", "broken", "link", "plain"]);
  assertEquals(goals.map((goal) => goal.title), ["CI is green", undefined, undefined, undefined]);
  assertEquals(goals.map((goal) => goal.text === undefined), [false, true, true, false]);
  assertFailed(readGoal(context, "link"));
  assertEquals(assertFailed(await applyGoalWrite(context, { id: "link", body: BODY })).kind, "unreadable");
  assertEquals(assertOk(readGoal(context, "none")), undefined);
  assertEquals(assertOk(readArchivedGoal(context, "none")), undefined);
});

Deno.test("a directory of goals that cannot be listed is a failure, never an empty list", async () => {
  await using test = await makeContext();
  Deno.removeSync(join(test.dir, "goals"), { recursive: true });
  assertEquals(assertOk(listGoals(test.context)), []);
  Deno.writeTextFileSync(join(test.dir, "goals"), "");
  assert(!listGoals(test.context).ok);
});

Deno.test("a goal that is archived between the look at the directory and the one at the file is none", async () => {
  await using test = await makeContext();
  assertOk(await applyGoalWrite(test.context, { id: "ci", body: BODY }));
  const { os } = test.context;
  const files = {
    ...os.files,
    list: (dir: string) => {
      const listed = os.files.list(dir);
      os.files.remove(join(dir, "ci.md"));
      return listed;
    },
  };
  const before = assertOk(listGoals(test.context)).map(({ id }) => id);
  const after = assertOk(listGoals({ ...test.context, os: { ...os, files } })).map(({ id }) => id);
  assertEquals(after, before.filter((id) => id !== "ci"));
  assert(before.includes("ci"));
});
