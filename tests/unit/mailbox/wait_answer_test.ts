import type { Os } from "../../../src/os/os.ts";
import { raiseAsk } from "../../../src/mailbox/raise.ts";
import { publishAnswer, withdrawAsk } from "../../../src/mailbox/resolve.ts";
import { waitForAnswer } from "../../../src/mailbox/wait_answer.ts";
import { markReminded, remindersDue } from "../../../src/mailbox/reminders.ts";
import { openAsks } from "../../../src/mailbox/store.ts";
import type { Context } from "../../../src/profile/profile.ts";
import { assert, assertEquals, assertFailed, assertIncludes, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";

const NEVER = new AbortController().signal;

async function raise(ctx: Context, more: { expiresMs?: number; fallback?: string } = {}): Promise<string> {
  return assertOk(await raiseAsk(ctx, { worker: "w", kind: "question", prompt: "Which?", ...more })).id;
}

/** The same profile with other parts of the machine. */
function withOs(ctx: Context, parts: Partial<Os>): Context {
  return { ...ctx, os: { ...ctx.os, ...parts } };
}

Deno.test("an answer wakes who waits for it, at once, also one that came before the wait", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const id = await raise(ctx);
  const waiting = waitForAnswer(ctx, id, { signal: NEVER });
  assertOk(await publishAnswer(ctx, { id, answer: "yes", by: { kind: "human" } }));
  const from = performance.now();
  assertEquals(assertOk(await waiting).kind, "answered");
  assert(performance.now() - from < 2500, "it was the slow look that found it");
  assertEquals(assertOk(await waitForAnswer(ctx, id, { signal: NEVER })).kind, "answered");
});

Deno.test("without file events the slow look finds the answer", async () => {
  await using test = await makeContext();
  const id = await raise(test.context);
  let naps = 0;
  const ctx = withOs(test.context, {
    watches: { open: () => ({ lost: true, close: () => {} }) },
    clock: {
      ...test.os.clock,
      // A second of sleep is over at once; the third one finds the answer there.
      sleep: async () => {
        if (++naps === 3) await publishAnswer(test.context, { id, answer: "yes", by: { kind: "human" } });
      },
    },
  });
  assertEquals(assertOk(await waitForAnswer(ctx, id, { signal: NEVER })).kind, "answered");
  assertEquals(naps, 3);
});

Deno.test("a wait ends with its timeout, a signal, a withdrawal or the default, each told apart", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const id = await raise(ctx);
  assertEquals(assertOk(await waitForAnswer(ctx, id, { signal: NEVER, timeoutMs: 5 })).kind, "pending");
  assertEquals(assertOk(await waitForAnswer(ctx, id, { signal: AbortSignal.abort() })).kind, "interrupted");
  const stop = new AbortController();
  const waiting = waitForAnswer(ctx, id, { signal: stop.signal });
  stop.abort();
  assertEquals(assertOk(await waiting).kind, "interrupted");
  assertOk(await withdrawAsk(ctx, { id, reason: "moot", actor: "human" }));
  assertEquals(assertOk(await waitForAnswer(ctx, id, { signal: NEVER })).kind, "withdrawn");
  const expiring = assertOk(
    await raiseAsk(ctx, {
      worker: "w",
      kind: "question",
      prompt: "Colour?",
      expiresMs: 30,
      fallback: "blue",
    }),
  ).id;
  const ended = assertOk(await waitForAnswer(ctx, expiring, { signal: NEVER }));
  assertEquals(ended.kind === "answered" && [ended.answer.answer, ended.answer.by.kind], ["blue", "default"]);
});

Deno.test("what cannot be read is waited out for a while and then said, never silently waited for", async () => {
  await using test = await makeContext();
  const id = await raise(test.context);
  let ticks = 0;
  let broken = true;
  const { files, clock } = test.os;
  const ctx = withOs(test.context, {
    files: {
      ...files,
      read: (path) =>
        broken && path.includes("/answers/")
          ? { kind: "unreadable", failure: { code: "too_many", path, message: "Too many open files" } }
          : files.read(path),
    },
    clock: { ...clock, ticks: () => ticks, sleep: (ms) => Promise.resolve(void (ticks += ms)) },
  });
  const failure = assertFailed(await waitForAnswer(ctx, id, { signal: NEVER }));
  assertEquals(failure.kind, "unreadable");
  assertIncludes(failure.hint ?? "", "same line again");
  assertEquals(ticks, 5000);
  const passing = withOs(ctx, {
    clock: { ...ctx.os.clock, sleep: (ms) => Promise.resolve(void (ticks += ms, broken = false)) },
  });
  assertEquals(assertOk(await waitForAnswer(passing, id, { signal: NEVER, timeoutMs: 6000 })).kind, "pending");
});

Deno.test("each reminder is due once, and of several that were slept through the last", async () => {
  await using test = await makeContext({ now: 1_700_000_000_000 });
  const ctx = test.context;
  await raise(ctx);
  const due = (): readonly number[] => {
    const found = remindersDue(ctx, ctx.os.clock.now());
    assertOk(markReminded(ctx, found, openAsks(ctx, ctx.os.clock.now())));
    return found.map(({ step }) => step);
  };
  assertEquals(due(), []);
  test.advance(15 * 60_000);
  assertEquals(due(), [1]);
  assertEquals(due(), []);
  test.advance(5 * 3_600_000);
  assertEquals(due(), [3]);
  test.advance(-3_600_000 * 5);
  assertEquals(due(), []);
  test.advance(3 * 86_400_000);
  assertEquals(due(), [6]);
});
