import { join } from "node:path";
import { assert, assertEquals, assertFailed, assertIncludes, assertOk } from "../../kit/assert.ts";
import { makeContext, type TestContext } from "../../kit/context.ts";
import { raiseAsk, take, told, writeGoal } from "../../kit/waiting.ts";
import { displayWidth } from "../../../src/base/width.ts";
import { raiseNotice } from "../../../src/notices/store.ts";
import { archivePairs } from "../../../src/mailbox/archive.ts";
import { publishAnswer } from "../../../src/mailbox/resolve.ts";
import { viewAsk } from "../../../src/mailbox/store.ts";
import { module as ask } from "../../../src/verbs/ask.ts";
import { module as claim } from "../../../src/verbs/claim.ts";
import { module as flag } from "../../../src/verbs/flag.ts";
import { module as log } from "../../../src/verbs/log.ts";
import { module as ack } from "../../../src/verbs/notices_ack.ts";
import { module as state } from "../../../src/verbs/state.ts";
import { module as status } from "../../../src/verbs/status.ts";
import { module as unclaim } from "../../../src/verbs/unclaim.ts";
import { module as unflag } from "../../../src/verbs/unflag.ts";
import { module as wait } from "../../../src/verbs/wait.ts";
import type { Call, Input, VerbModule } from "../../../src/verbs/verb.ts";

function callIn(test: TestContext, parts: Partial<Call> = {}): Call {
  return {
    os: test.os,
    actor: { kind: "root" },
    json: false,
    color: false,
    columns: 60,
    context: test.context,
    signal: new AbortController().signal,
    note: (line) => test.terminal.writeErr(`${line}\n`),
    ...parts,
  };
}

/** What a verb prints for people and for programs, its exit code, and what it does once that was printed. */
async function run(module: VerbModule, call: Call, input: Input = {}) {
  const output = assertOk(await module.run?.(call, input) ?? { ok: false, failure: "no run" });
  const text = module.text(output, call);
  const json = module.json === undefined ? output : module.json(output);
  assertOk(await module.delivered?.(call, output) ?? { ok: true, value: undefined });
  return { text, json: json as Record<string, unknown>, exit: module.exit?.(output) ?? 0 };
}

const NASTY =
  "\u001b[31mred\u001b[0m\u202e 日本語の長い質問文です、よろしくお願いします 👨‍👩‍👧 and then some more\nsecond line";

Deno.test("_ state, _ wait and status fit the terminal, cell by cell, and show outside text without its controls", async () => {
  await using test = await makeContext();
  raiseAsk(test.context, "w-1", { prompt: NASTY, options: ["はい", "いいえ"] });
  writeGoal(test.context, "g", "one");
  Deno.writeTextFileSync(
    join(test.context.profile.paths.snapshots, "sensor-s.json"),
    JSON.stringify({ signal: NASTY }),
  );
  const call = callIn(test);
  for (const { text } of [await run(state, call), await run(wait, call), await run(status, call)]) {
    for (const line of text.split("\n")) {
      assert(displayWidth(line) <= 60, `${displayWidth(line)} cells: ${line}`);
      // deno-lint-ignore no-control-regex -- that there are none is what is tested
      assert(!/[\u0000-\u001f\u007f-\u009f\u202e]/.test(line), JSON.stringify(line));
    }
    assertIncludes(text, "? w-1 (w, ");
    assertIncludes(text, "pulse DOWN");
  }
});

Deno.test("_ wait prints what changed, then the world; a time that is up is pending", async () => {
  await using test = await makeContext({ env: { LOOOP_WAIT_TIMEOUT: "50ms" } });
  const call = callIn(test);
  await run(wait, call);
  writeGoal(test.context, "g", "one");
  const told = await run(wait, call);
  assertIncludes(told.text, "\n  + goal:g\n");
  assertEquals(Object.keys(told.json).slice(0, 3), ["delivery", "changed", "schema"]);
  assertEquals(told.json.changed, [{ item: "goal:g", change: "added" }]);
  // The limit that the runner names is taken when none is given.
  const pending = await run(wait, call);
  assertEquals([pending.text, pending.json, pending.exit], ["", { status: "pending" }, 75]);
  assertIncludes(test.terminal.err(), "run the same line again");
});

Deno.test("_ wait in a session is a client of its own, so that it cannot take the root agent's place", async () => {
  await using test = await makeContext();
  await run(wait, callIn(test));
  const worker = callIn(test, { actor: { kind: "worker", session: "w" } });
  const first = await run(wait, worker, { timeout: "0" });
  assertEquals(first.exit, 0);
  assertEquals((await run(wait, callIn(test), { timeout: "0" })).exit, 75);
});

Deno.test("_ wait refuses what contradicts itself, and takes an empty --after for none", async () => {
  await using test = await makeContext();
  const refused = await wait.run?.(callIn(test), { "only-asks": true, actionable: true });
  assertEquals(refused?.ok, false);
  assertEquals((await run(wait, callIn(test), { after: "", brief: true })).exit, 0);
});

Deno.test("status is 0 whatever it finds, and 1 with --check for a pulse that is down", async () => {
  await using test = await makeContext();
  const call = callIn(test);
  assertEquals((await run(status, call)).exit, 0);
  assertEquals((await run(status, call, { check: true })).exit, 1);
  const pulse = test.os.locks.tryAcquire(test.context.profile.paths.pulseLock);
  assertEquals((await run(status, call, { check: true })).exit, 0);
  assertEquals((await run(status, call, { line: true })).text, "looop ok");
  pulse?.release();
  raiseAsk(test.context, "w-1");
  raiseAsk(test.context, "w-2");
  const line = await run(status, call, { line: true });
  assertEquals([line.text, line.exit], ["looop DOWN · 2 asks", 0]);
});

Deno.test("asks, flags, leases and acknowledged notices of a client are no news to it, and to nobody else any less", async () => {
  await using test = await makeContext();
  const { context } = test;
  const mine = callIn(test, { actor: { kind: "root", client: "root" } });
  assertOk(await raiseNotice(context, { source: "notify", message: "look" }));
  await take(context);
  await take(context, { client: "other" });
  const steps: readonly (readonly [VerbModule, Input, readonly string[]])[] = [
    [ask, { id: "plan", prompt: "go on?", "no-wait": true }, ["added ask:plan-1"]],
    [flag, { id: "w", message: "look" }, ["added ask:w-1"]],
    [flag, { id: "w", message: "look again" }, ["removed ask:w-1", "added ask:w-2"]],
    [unflag, { id: "w" }, ["removed ask:w-2"]],
    [claim, { name: "db", for: "5m" }, ["added claim:db"]],
    [unclaim, { name: "db" }, ["removed claim:db"]],
    [ack, { all: true }, ["removed notice:1"]],
  ];
  for (const [module, input, lines] of steps) {
    await run(module, mine, input);
    assertEquals(await take(context), undefined, lines.join());
    assertEquals(told(await take(context, { client: "other" })), lines);
  }
});

Deno.test("_ ask --no-wait says where its ask stands, also once it was answered and read", async () => {
  await using test = await makeContext();
  const call = callIn(test, { json: true });
  const line = { id: "w", prompt: "Which?", key: "k" };
  const status = async () => (await run(ask, call, { ...line, "no-wait": true })).json.status;
  assertEquals(await status(), "open");
  assertOk(await publishAnswer(test.context, { id: "w-1", answer: "a", by: { kind: "human" } }));
  assertEquals(await status(), "answered");
  assertEquals((await run(ask, call, line)).json.answer, "a");
  assertEquals(await status(), "consumed");
  assertOk(await archivePairs(test.context, ["w-1"]));
  assertEquals(await status(), "consumed");
});

Deno.test("an answer that was given is no failure, whatever is wrong with the messages that ride along", async () => {
  await using test = await makeContext();
  const call = callIn(test);
  const line = { id: "w", prompt: "May I?", kind: "approval", action: "ls" };
  await run(ask, call, { ...line, "no-wait": true });
  assertOk(await publishAnswer(test.context, { id: "w-1", answer: "yes", by: { kind: "human" } }));
  const { tells } = test.context.profile.paths;
  Deno.removeSync(tells, { recursive: true });
  Deno.writeTextFileSync(tells, "no directory");
  assertEquals((await run(ask, call, line)).text, "yes"); // run() fails where what was printed could not be recorded
  assertIncludes(test.terminal.err(), 'Cannot read the messages to "w"');
  assertEquals(viewAsk(test.context, "w-1", 0)?.status, "consumed");
});

Deno.test("_ wait and _ ask say that a limit which is no duration is not used", async () => {
  for (const module of [wait, ask]) {
    await using test = await makeContext({ env: { LOOOP_WAIT_TIMEOUT: "soon" } });
    raiseAsk(test.context, "w-1", { prompt: "Which?" });
    assertOk(await publishAnswer(test.context, { id: "w-1", answer: "a", by: { kind: "human" } }));
    await run(module, callIn(test), module === ask ? { id: "w", prompt: "Which?" } : {});
    assertIncludes(test.terminal.err(), 'LOOOP_WAIT_TIMEOUT is "soon", which is no duration: not used');
  }
});

Deno.test("log --asks does not pretend to follow", async () => {
  await using test = await makeContext();
  const [only, ...more] = await Array.fromAsync(log.follow?.(callIn(test), { asks: true, follow: true }) ?? []);
  assertEquals([assertFailed(only ?? { ok: true, value: "nothing" }).kind, more], ["usage", []]);
});
