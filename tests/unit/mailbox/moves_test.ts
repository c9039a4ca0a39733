import { type AnswerMove, applyAnswer, applyTell, applyWithdraw } from "../../../src/mailbox/moves.ts";
import { expireDue } from "../../../src/mailbox/expire.ts";
import { raiseFlag } from "../../../src/mailbox/flag.ts";
import { type AskRequest, raiseAsk } from "../../../src/mailbox/raise.ts";
import { publishAnswer } from "../../../src/mailbox/resolve.ts";
import { resolveAskId } from "../../../src/mailbox/find.ts";
import type { Liveness } from "../../../src/mailbox/schema.ts";
import { openAsks, viewAsk } from "../../../src/mailbox/store.ts";
import { readTells } from "../../../src/mailbox/tells.ts";
import type { Actor, Context } from "../../../src/profile/profile.ts";
import { assert, assertEquals, assertFailed, assertIncludes, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";

const NOW = 1_700_000_000_000;
const HUMAN: Actor = { kind: "human" };
const ROOT: Actor = { kind: "root" };

function living(state: Liveness): () => Promise<Liveness> {
  return () => Promise.resolve(state);
}

function give(ctx: Context, move: AnswerMove, actor: Actor = ROOT, state: Liveness = "alive") {
  return applyAnswer(ctx, { actor, move, liveness: living(state) });
}

async function raise(ctx: Context, more: Partial<AskRequest> = {}): Promise<string> {
  return assertOk(await raiseAsk(ctx, { worker: "w", kind: "question", prompt: "Which?", ...more })).id;
}

Deno.test("an answer is checked before it is given", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const id = await raise(ctx, { options: ["first", "second"] });
  const rows: readonly (readonly [AnswerMove, Actor, string, string])[] = [
    [{ ask: "nobody-1", text: "x" }, ROOT, "not_found", "no such ask"],
    [{ ask: id, text: "third" }, ROOT, "usage", '"first", "second"'],
    [{ ask: id, text: " \n" }, ROOT, "usage", "empty"],
    [{ ask: id, text: "x".repeat(65_537), other: true }, ROOT, "usage", "65536 are the limit"],
    [{ ask: id, text: "first" }, { kind: "worker", session: "w" }, "refused", "a session answers no asks"],
    [{ ask: id, text: "first" }, { kind: "human", session: "x" }, "refused", "a session answers no asks"],
    [{ ask: id, text: "first" }, { kind: "pulse" }, "refused", "a session answers no asks"],
  ];
  for (const [move, actor, kind, state] of rows) {
    const failure = assertFailed(await give(ctx, move, actor));
    assertEquals(failure.kind, kind);
    assertIncludes(failure.state, state);
  }
  const given = assertOk(await give(ctx, { ask: "w", text: "neither", other: true }, HUMAN));
  assertEquals(given.items, ["ask:w-1"]);
  assertEquals(viewAsk(ctx, id, NOW)?.answer?.by, { kind: "human" });
});

Deno.test("the beginning of an id is enough while it is the only one, open ones first", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  await raise(ctx, { worker: "fix", prompt: "1" });
  await raise(ctx, { worker: "fix", prompt: "2" });
  await raise(ctx, { worker: "fix-ci", prompt: "3" });
  assertEquals(assertFailed(resolveAskId(ctx, "fix", "answer")).kind, "conflict");
  assertEquals(assertFailed(resolveAskId(ctx, "", "answer")).kind, "not_found");
  assertEquals(assertOk(resolveAskId(ctx, "fix-c", "answer")), "fix-ci-1");
  assertOk(await give(ctx, { ask: "fix-1", text: "x" }));
  assertOk(await give(ctx, { ask: "fix-ci-1", text: "x" }));
  assertEquals(assertOk(resolveAskId(ctx, "fix", "answer")), "fix-2");
});

Deno.test("answering one whose worker is gone says so; unknown is not gone", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  await raise(ctx);
  const orphaned = assertOk(await give(ctx, { ask: "w-1", text: "x" }, ROOT, "dead"));
  assertIncludes(orphaned.summary, "nobody may read it");
  await raise(ctx, { prompt: "two" });
  const unknown = assertOk(await give(ctx, { ask: "w-2", text: "x" }, ROOT, "unknown"));
  assertEquals(unknown.data.orphaned, false);
});

Deno.test("an approval takes a person who saw this very action", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const id = await raise(ctx, { kind: "approval", action: "git push" });
  const digest = viewAsk(ctx, id, NOW)?.ask?.digest;
  const byRoot = assertFailed(await give(ctx, { ask: id, text: "yes", consent: digest }, ROOT));
  assertEquals(byRoot.kind, "refused");
  assertIncludes(byRoot.hint ?? "", `looop answer ${id} yes`);
  assertEquals(assertFailed(await give(ctx, { ask: id, text: "no" }, ROOT)).kind, "refused");
  assertEquals(assertFailed(await give(ctx, { ask: id, text: "yes" }, HUMAN)).kind, "refused");
  assertEquals(
    assertFailed(await give(ctx, { ask: id, text: "yes", consent: "0".repeat(64) }, HUMAN)).kind,
    "conflict",
  );
  assertEquals(
    assertFailed(await give(ctx, { ask: id, text: "sure", other: true, consent: digest }, HUMAN)).kind,
    "usage",
  );
  assertOk(await give(ctx, { ask: id, text: "yes", consent: digest, tty: "pts/1" }, HUMAN));
  assertEquals(viewAsk(ctx, id, NOW)?.answer?.by, { kind: "human", tty: "pts/1" });
});

Deno.test("what has expired resolves to its default, and a late answer finds that", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const late = await raise(ctx, { expiresMs: 1000, fallback: "blue" });
  const approval = await raise(ctx, { kind: "approval", action: "x", expiresMs: 1000 });
  test.advance(999);
  assertEquals(await expireDue(ctx, NOW + 999, living("alive")), []);
  test.advance(1);
  assertEquals(openAsks(ctx, NOW + 1000).map(({ status }) => status), ["expired", "expired"]);
  assertIncludes(assertFailed(await give(ctx, { ask: late, text: "red" })).state, "expired");
  assertEquals(await expireDue(ctx, NOW + 1000, living("alive")), [approval]);
  assertEquals(viewAsk(ctx, late, NOW)?.answer?.answer, "blue");
  assertEquals(viewAsk(ctx, approval, NOW)?.answer, { v: 1, answer: "no", by: { kind: "default" }, ts: NOW + 1000 });
});

Deno.test("a flag's answer reaches its worker as a message; a second flag takes the first one's place", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const flag = { worker: "w", message: "look", actor: "worker" };
  assertEquals(assertOk(await raiseFlag(ctx, flag)), { id: "w-1", fresh: true, lowered: [] });
  assertEquals(assertOk(await raiseFlag(ctx, flag)), { id: "w-1", fresh: false, lowered: [] });
  assertEquals(assertOk(await raiseFlag(ctx, { ...flag, message: "look again" })).id, "w-2");
  assertEquals(openAsks(ctx, NOW).map(({ id }) => id), ["w-2"]);
  assertOk(await give(ctx, { ask: "w", text: "seen" }));
  assertEquals(openAsks(ctx, NOW), []);
  const batch = assertOk(await readTells(ctx, "w", { wait: true }));
  assertEquals(batch.tells.map(({ text }) => text), ["seen"]);
  assertEquals(assertOk(await raiseFlag(ctx, { ...flag, message: "look again" })).id, "w-3");
});

Deno.test("the answer to a dead worker's flag is a message to nobody, whoever comes first: the pulse or the one who answers", async () => {
  for (const first of ["pulse", "answerer"]) {
    await using test = await makeContext({ now: NOW });
    const ctx = test.context;
    const { id } = assertOk(await raiseFlag(ctx, { worker: "w", message: "look", actor: "worker" }));
    if (first === "pulse") {
      // What the answerer has written when the pulse gets in between.
      assertOk(await publishAnswer(ctx, { id, answer: "late", by: { kind: "human" } }));
      assertEquals(await expireDue(ctx, NOW, living("dead")), [id]);
    } else {assertIncludes(
        assertOk(await give(ctx, { ask: id, text: "late" }, ROOT, "dead")).summary,
        "nobody may read",
      );}
    assertEquals(viewAsk(ctx, id, NOW)?.status, "consumed", first);
    assertEquals(assertOk(await readTells(ctx, "w", { wait: true })).tells, [], first);
    assertEquals(await expireDue(ctx, NOW, living("alive")), [], first);
  }
});

Deno.test("messages go to living workers only", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  for (const state of ["dead", "never", "unknown"] as const) {
    const told = await applyTell(ctx, { actor: ROOT, move: { worker: "w", text: "x" }, liveness: living(state) });
    assertEquals(assertFailed(told).kind, "not_found");
  }
  const bad = applyTell(ctx, { actor: ROOT, move: { worker: "bad/..", text: "x" }, liveness: living("never") });
  const refused = assertFailed(await bad);
  assertEquals([refused.kind, refused.state], ["usage", "that is not an id"]);
  assertIncludes(refused.hint ?? "", "_ tell fix-ci");
  const told = await applyTell(ctx, { actor: ROOT, move: { worker: "w", text: "x" }, liveness: living("alive") });
  assertEquals(assertOk(told).data.id, "w-1");
  assertEquals(
    assertFailed(await applyTell(ctx, { actor: ROOT, move: { worker: "w", text: "" }, liveness: living("alive") }))
      .kind,
    "usage",
  );
});

Deno.test("withdrawing twice is done once", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const id = await raise(ctx);
  assertEquals(assertOk(await applyWithdraw(ctx, { actor: HUMAN, move: { ask: id } })).changed, true);
  assertEquals(assertOk(await applyWithdraw(ctx, { actor: HUMAN, move: { ask: id } })).changed, false);
  await raise(ctx, { prompt: "two" });
  assertOk(await give(ctx, { ask: "w-2", text: "x" }));
  const late = assertFailed(await applyWithdraw(ctx, { actor: HUMAN, move: { ask: "w-2" } }));
  assertEquals([late.kind, late.thing], ["conflict", 'withdraw "w-2"']);
  assert(!late.hint?.includes("--force"), late.hint);
});

Deno.test("what is past its time keeps its default, whoever looks next: also who withdraws it", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const id = await raise(ctx, { expiresMs: 1000, fallback: "blue" });
  test.advance(1000);
  const late = assertFailed(await applyWithdraw(ctx, { actor: HUMAN, move: { ask: id } }));
  assertEquals([late.kind, late.thing], ["conflict", `withdraw "${id}"`]);
  assertIncludes(late.state, "expired");
  assertEquals(viewAsk(ctx, id, NOW)?.answer?.answer, "blue");
});
