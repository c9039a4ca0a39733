import { join } from "node:path";
import { assert, assertEquals, assertFailed, assertIncludes, assertMatch, assertOk } from "../../kit/assert.ts";
import { makeContext, type TestContext } from "../../kit/context.ts";
import { lives } from "../../kit/processes.ts";
import { waitUntil } from "../../kit/wait_until.ts";
import { eventTail, journalTail } from "../../../src/journal/store.ts";
import { executeMove } from "../../../src/moves/execute.ts";
import { interruptedIntents, recordIntent, tellInterrupted } from "../../../src/moves/intent.ts";
import { openNotices } from "../../../src/notices/store.ts";
import type { Actor } from "../../../src/profile/profile.ts";

const ROOT: Actor = { kind: "root", client: "claude" };

function run(test: TestContext, argv: readonly string[], more: { timeoutMs?: number; reason?: string } = {}) {
  return executeMove(test.context, ROOT, { kind: "run", argv, ...more });
}

function intents(test: TestContext): readonly string[] {
  return [...Deno.readDirSync(join(test.dir, "runs"))].map((entry) => entry.name);
}

Deno.test("one argument is a shell line, in the data dir, with an empty stdin", async () => {
  await using test = await makeContext();
  const done = assertOk(await run(test, ["pwd; cat; echo err >&2; echo a | tr a b"]));
  assertEquals(done.data["output"], `${test.dir}\nerr\nb\n`);
  assertEquals(done.data["exit_code"], 0);
  assertEquals(intents(test), []);
});

Deno.test("several arguments are an argv that no shell reads", async () => {
  await using test = await makeContext();
  const said = async (...argv: string[]) => assertOk(await run(test, argv)).data["output"];
  assertEquals(await said("printf", "<%s>", "a b", "$(id)", ";", "*", "'"), "<a b><$(id)><;><*><'>");
  // What the shell knows by itself is no program.
  for (const word of ["exit", "set", "trap"]) {
    assertEquals(assertFailed(await run(test, [word, "0"])).data?.["exit_code"], 127, word);
  }
});

Deno.test("another exit code is a failure that tells code and tail, and is journaled", async () => {
  await using test = await makeContext();
  const failure = assertFailed(await run(test, ["echo no such branch; exit 3"], { reason: "look" }));
  assertEquals([failure.kind, failure.state], ["failed", "it exited with 3"]);
  assertEquals([failure.data?.["exit_code"], failure.data?.["output"]], [3, "no such branch\n"]);
  const lines = journalTail(test.context, 10);
  assertEquals(lines.length, 1);
  assertMatch(lines[0] ?? "", /root:claude run failed: Cannot run ".*it exited with 3 → no such branch \(look\)$/);
  const [event] = eventTail(test.context, 10);
  assertEquals([event?.verb, event?.outcome, event?.["exit_code"], event?.["reason"]], ["run", "failed", 3, "look"]);
});

Deno.test("a deadline ends the whole group, and says that it may have been carried out in part", async () => {
  await using test = await makeContext();
  const failure = assertFailed(
    await run(test, ["echo begun; (sleep 60; touch late) & echo $! > pid; wait"], { timeoutMs: 300 }),
  );
  assertIncludes(failure.state, "in part");
  assertEquals([failure.data?.["exit_code"], failure.data?.["output"]], [null, "begun\n"]);
  const pid = Deno.readTextFileSync(join(test.dir, "pid")).trim();
  await waitUntil("the end of what it forked", async () => !(await lives(Number(pid))));
  assertEquals(intents(test), []);
});

Deno.test("only the end of a flood is kept, escapes taken out, characters whole", async () => {
  await using test = await makeContext();
  const flood = assertOk(await run(test, ["yes ü | head -c 3000000; printf '\\033[31mend\\n'"]));
  const output = flood.data["output"] as string;
  assert(output.length <= 2048);
  assert(output.endsWith("\nend\n"));
  assert(!output.includes("\uFFFD"));
  const lines = journalTail(test.context, 10);
  assert(lines.length === 1 && (lines[0]?.length ?? 0) <= 620);
});

Deno.test("what is irreversible is refused with 5 and a way, and not journaled as done", async () => {
  await using test = await makeContext();
  for (const argv of [["sudo id"], ["sudo", "id"], ["touch x; rm -rf ."]]) {
    const failure = assertFailed(await run(test, argv));
    assertEquals(failure.kind, "refused");
    assertIncludes(failure.hint ?? "", "a person");
  }
  assert(!Deno.readDirSync(test.dir).some((entry) => entry.name === "x"), "nothing of it ran");
  assertEquals(journalTail(test.context, 10), []);
  assertEquals(eventTail(test.context, 10).map((event) => event.outcome), ["refused", "refused", "refused"]);
});

Deno.test("an empty command, or one that cannot be a program, is a usage error", async () => {
  await using test = await makeContext();
  for (const argv of [[], [""], ["  "], ["a\0b"], ["-x", "y"]]) {
    assertEquals(assertFailed(await run(test, argv)).kind, "usage");
  }
  assertEquals(intents(test), []);
});

Deno.test("a move is one line and one event; one that changed nothing is an event alone", async () => {
  await using test = await makeContext();
  const body = "---\ngoal: x\n---\n";
  for (let n = 0; n < 2; n++) assertOk(await executeMove(test.context, ROOT, { kind: "goal.write", id: "a", body }));
  assertOk(await executeMove(test.context, ROOT, { kind: "noop", reason: "all is well" }));
  assertFailed(await executeMove(test.context, ROOT, { kind: "goal.archive", id: "b" }));
  const lines = journalTail(test.context, 10).map((line) => line.slice(19));
  assertEquals(lines, ["root:claude goal.write added goal a: x", "root:claude noop nothing to do (all is well)"]);
  assertEquals(eventTail(test.context, 10).map((event) => [event.verb, event.outcome, event.items]), [
    ["goal.write", "done", ["goal:a"]],
    ["goal.write", "unchanged", []],
    ["noop", "unchanged", []],
    ["goal.archive", "not_found", []],
  ]);
});

Deno.test("a journal that cannot be written does not undo what was done", async () => {
  await using test = await makeContext();
  Deno.mkdirSync(join(test.dir, "journal.md"));
  Deno.mkdirSync(join(test.dir, "events.ndjson"));
  assertOk(await executeMove(test.context, ROOT, { kind: "goal.write", id: "a", body: "---\ngoal: x\n---\n" }));
  assert(Deno.statSync(join(test.dir, "goals/a.md")).isFile);
  assertEquals(test.terminal.err().split("\n").filter((line) => line.startsWith("looop: it is done, but: ")).length, 2);
  assertOk(await run(test, ["true"]));
  assertEquals(intents(test), [], "a command that is done is not told as cut off");
});

Deno.test("archiving the goal setup withdraws its ask", async () => {
  await using test = await makeContext();
  const ask = { v: 1, id: "setup-1", worker: "setup", kind: "question", prompt: "hello?", ts: 1 };
  Deno.writeTextFileSync(join(test.dir, "asks/setup-1.json"), JSON.stringify(ask));
  assertOk(await executeMove(test.context, ROOT, { kind: "goal.write", id: "setup", body: "---\ngoal: x\n---\n" }));
  const done = assertOk(await executeMove(test.context, ROOT, { kind: "goal.archive", id: "setup" }));
  assertEquals(done.items, ["goal:setup", "ask:setup-1"]);
  assertIncludes(Deno.readTextFileSync(join(test.dir, "answers/setup-1.json")), "withdrawn");
});

Deno.test("a command whose process was killed is told once, a running one never", async () => {
  await using test = await makeContext({ now: 1_000_000 });
  const { context } = test;
  const held = assertOk(recordIntent(context, ROOT, { command: "deploy token=abcdefgh123", timeoutMs: 1000 }));
  test.advance(3_600_000);
  assertEquals(interruptedIntents(context, context.os.clock.now()), []);
  // As a killed process leaves it: the record, without the lock.
  const left = { v: 1, id: "1-dead", ts: 1_000_000, actor: { kind: "root" }, command: "deploy x", timeout_ms: 1000 };
  Deno.writeTextFileSync(join(test.dir, "runs/intent-1-dead.json"), JSON.stringify(left));
  Deno.writeTextFileSync(join(test.dir, "runs/intent-junk.json"), "{");
  const told = assertOk(await tellInterrupted(context, context.os.clock.now()));
  assertEquals(told.map((intent) => intent.command), ["deploy x"]);
  assertEquals(assertOk(await tellInterrupted(context, context.os.clock.now())), []);
  assertEquals(openNotices(context).map((notice) => notice.source), ["run"]);
  assertIncludes(journalTail(context, 1)[0] ?? "", "may have been carried out in part: deploy x");
  assertEquals(eventTail(context, 1)[0]?.outcome, "cut_off");
  assert(
    !Deno.readTextFileSync(join(test.dir, "runs", intents(test).find((name) => /^intent-1000000/.test(name)) ?? ""))
      .includes("abcdefgh123"),
  );
  held.clear();
  held.release();
  assertEquals(intents(test), ["intent-junk.json"]);
});

Deno.test("whoever cannot record what is about to run does not run it", async () => {
  await using test = await makeContext();
  Deno.removeSync(join(test.dir, "runs"));
  Deno.writeTextFileSync(join(test.dir, "runs"), "");
  assertFailed(await run(test, ["touch ran"]));
  assert(!Deno.readDirSync(test.dir).some((entry) => entry.name === "ran"));
});
