import { join } from "node:path";
import { assert, assertEquals, assertFailed, assertIncludes, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import { bury, inState, rawLog, shown, startLine } from "../../kit/session.ts";
import { expectOutput, expectScreen } from "../../../src/sessions/expect.ts";
import { FILES, generationDir } from "../../../src/sessions/layout.ts";
import { mayShowMore } from "../../../src/sessions/more.ts";
import { readIdentity } from "../../../src/sessions/read.ts";
import { waitSessions } from "../../../src/sessions/wait.ts";

function wanted(source: string, timeoutMs: number | undefined = 20_000) {
  return { source, timeoutMs, signal: new AbortController().signal, from: 0 };
}

Deno.test("an expression that tries without end obeys its deadline and an interrupt, and the program lives on", async () => {
  await using test = await makeContext();
  const view = await startLine(test.context, "a", `printf '%s' ${"a".repeat(60)}b; exec sleep 100`);
  await shown(test.context, view, "aab");
  const late = assertFailed(await expectOutput(test.context, view, wanted("(a+)+$", 300)));
  assertEquals(late.kind, "timed_out");
  assertIncludes(late.hint ?? "", "a simpler expression");
  const leaving = new AbortController();
  const waiting = expectOutput(test.context, view, { ...wanted("(a+)+$", undefined), signal: leaving.signal });
  leaving.abort();
  assertEquals(assertFailed(await waiting).kind, "interrupted");
  assertEquals(assertFailed(await expectScreen(test.context, view, wanted("(a+)+$", 300))).kind, "timed_out");
  assertEquals(assertOk(await expectOutput(test.context, view, wanted("a+b"))).matched, "a".repeat(60) + "b");
  await bury(test.context, view);
});

Deno.test("one search that begins where the last one ended misses nothing, whatever comes in between", async () => {
  await using test = await makeContext();
  const line =
    `for n in $(seq 1 100); do printf '\\033[3%dmstep %d ünï\\033[0m\\r\\n' $((n % 8)) $n; done; exec sleep 100`;
  const view = await startLine(test.context, "s", line);
  let from = 0;
  for (let n = 1; n <= 100; n++) {
    const match = assertOk(await expectOutput(test.context, view, { ...wanted("step (\\d+) ün"), from }));
    assertEquals(match.groups, [String(n)]);
    assert((match.end ?? 0) > from && (match.start ?? 0) >= from);
    from = match.end ?? 0;
  }
  await bury(test.context, view);
});

Deno.test("a match across two writes, and one at the very end of a session that has ended, are found", async () => {
  await using test = await makeContext();
  const go = join(test.dir, "go");
  const view = await startLine(
    test.context,
    "w",
    `printf 'hal'; until [ -e '${go}' ]; do sleep 0.05; done; printf 'ves\\nlast'`,
  );
  await shown(test.context, view, "hal");
  const found = expectOutput(test.context, view, wanted("^halves$"));
  Deno.writeTextFileSync(go, "");
  assertEquals(assertOk(await found).matched, "halves");
  await inState(test.context, view, "exited");
  assertEquals(assertOk(await expectOutput(test.context, view, wanted("last$"))).matched, "last");
  const gone = assertFailed(await expectOutput(test.context, view, wanted("never")));
  assertIncludes(gone.state, "has ended");
});

Deno.test("what a screen shows is found across its rows, and not what has been overwritten", async () => {
  await using test = await makeContext();
  const view = await startLine(test.context, "r", `printf 'before\\033[2J\\033[Hone\\r\\ntwo'; exec sleep 100`);
  const match = assertOk(await expectScreen(test.context, view, wanted("one\\s+two")));
  assertEquals(match.start, undefined);
  for (const expect of [expectOutput, expectScreen]) {
    const late = assertFailed(await expect(test.context, view, wanted("nowhere", 300)));
    assertEquals([late.kind, late.state, late.hint], ["timed_out", "it did not come in time", "looop shot r"]);
  }
  assertEquals(assertFailed(await expectScreen(test.context, view, wanted("before", 300))).kind, "timed_out");
  assertOk(await expectOutput(test.context, view, wanted("before")));
  await bury(test.context, view);
});

Deno.test("the last words of a session that has ended are waited for, until script(1) has written them", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const go = join(test.dir, "go");
  const view = await startLine(ctx, "v", `printf first; until [ -e '${go}' ]; do sleep 0.02; done; echo last`);
  await shown(ctx, view, "first");
  const script = readIdentity(ctx, join(generationDir(ctx.profile.paths, view), FILES.script));
  assert(script !== undefined);
  Deno.kill(script.pid, "SIGSTOP");
  Deno.writeTextFileSync(go, "");
  await inState(ctx, view, "exited");
  assertEquals(rawLog(ctx, view), "first");
  assertEquals(await mayShowMore(ctx, view), true);
  const [found, waited] = [expectOutput(ctx, view, wanted("last")), waitSessions(ctx, [view], {})];
  Deno.kill(script.pid, "SIGCONT");
  assertOk(await waited);
  assertEquals(rawLog(ctx, view), "firstlast\r\n");
  assertEquals(assertOk(await found).matched, "last");
  assertEquals(await mayShowMore(ctx, view), false);
});
