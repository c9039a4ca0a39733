import { archivePairs } from "../../../src/mailbox/archive.ts";
import { actionDigest } from "../../../src/mailbox/approval.ts";
import { beginDelivery, endDelivery } from "../../../src/mailbox/delivery.ts";
import { applyAnswer } from "../../../src/mailbox/moves.ts";
import { type AskRequest, raiseAsk } from "../../../src/mailbox/raise.ts";
import { publishAnswer, withdrawAsk } from "../../../src/mailbox/resolve.ts";
import { openAsks, viewAsk } from "../../../src/mailbox/store.ts";
import type { Context } from "../../../src/profile/profile.ts";
import { assert, assertEquals, assertFailed, assertIncludes, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";

const NOW = 1_700_000_000_000;

function approval(action: string, more: Partial<AskRequest> = {}): AskRequest {
  return { worker: "w", kind: "approval", prompt: "May I?", action, ...more };
}

async function raise(ctx: Context, request: AskRequest): Promise<string> {
  return assertOk(await raiseAsk(ctx, request)).id;
}

/** Answers as a person who has seen the action. */
async function consent(ctx: Context, id: string, text = "yes"): Promise<void> {
  const digest = viewAsk(ctx, id, NOW)?.ask?.digest;
  const move = { ask: id, text, consent: digest };
  assertOk(await applyAnswer(ctx, { actor: { kind: "human" }, move, liveness: () => Promise.resolve("never") }));
}

/** Writes another action into an ask's file, and on demand the digest that goes with it. */
async function rewrite(ctx: Context, id: string, action: string, whole: boolean): Promise<void> {
  const path = `${ctx.profile.paths.asks}/${id}.json`;
  const ask = JSON.parse(await Deno.readTextFile(path));
  await Deno.writeTextFile(
    path,
    JSON.stringify({ ...ask, action, ...(whole ? { digest: actionDigest(action) } : {}) }),
  );
}

Deno.test("the digest of an approval is the SHA-256 of its action's bytes", async () => {
  await using test = await makeContext({ now: NOW });
  const id = await raise(test.context, approval("git push origin fix-1"));
  const { code, stdout } = await new Deno.Command("sh", {
    args: [
      "-c",
      'printf %s "$1" | sha256sum 2>/dev/null || printf %s "$1" | shasum -a 256',
      "sh",
      "git push origin fix-1",
    ],
  }).output();
  assertEquals(code, 0);
  const [digest] = new TextDecoder().decode(stdout).split(" ");
  assertEquals(viewAsk(test.context, id, NOW)?.ask?.digest, digest);
});

Deno.test("a key gives no yes to another action, or to a question, while it is pending or answered", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const id = await raise(ctx, approval("ls", { key: "k" }));
  const others: readonly AskRequest[] = [
    approval("rm -rf /", { key: "k" }),
    { worker: "w", kind: "question", prompt: "Which?", key: "k" },
  ];
  for (const step of ["pending", "answered", "unrecorded"]) {
    if (step === "answered") await consent(ctx, id);
    // As a crash leaves it that came between the ask and the record of its key.
    if (step === "unrecorded") await Deno.remove(`${ctx.profile.paths.mailbox}/workers/w`, { recursive: true });
    for (const other of others) {
      const refused = assertFailed(await raiseAsk(ctx, other));
      assertEquals(refused.kind, "conflict", step);
      assertIncludes(refused.state, `belongs to ${id}`);
    }
    assertEquals(await raise(ctx, approval("ls", { key: "k", prompt: "May I, please?" })), id, step);
  }
  const begun = assertOk(await beginDelivery(ctx, { id, kind: "approval", action: "ls" }));
  assertOk(endDelivery(ctx, begun));
  // Used up: the key is free for another action, which is asked for anew.
  assertEquals(await raise(ctx, approval("rm -rf /", { key: "k" })), "w-2");
});

Deno.test("a key that a question was answered under stays the question's; one of a withdrawn approval is free", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const question: AskRequest = { worker: "w", kind: "question", prompt: "Go on?", key: "q" };
  const asked = await raise(ctx, question);
  assertOk(await publishAnswer(ctx, { id: asked, answer: "yes", by: { kind: "root" } }));
  assertOk(endDelivery(ctx, assertOk(await beginDelivery(ctx, { id: asked, kind: "question" }))));
  assertEquals(assertFailed(await raiseAsk(ctx, approval("ls", { key: "q" }))).kind, "conflict");
  assertOk(await archivePairs(ctx, [asked]));
  assertEquals(assertFailed(await raiseAsk(ctx, approval("ls", { key: "q" }))).kind, "conflict");
  assertEquals(await raise(ctx, question), asked);
  const first = await raise(ctx, approval("ls", { key: "a" }));
  assertOk(await withdrawAsk(ctx, { id: first, reason: "moot", actor: "human" }));
  assert(await raise(ctx, approval("rm x", { key: "a" })) !== first);
});

Deno.test("the yes to an approval is not a question's answer, also from the archive", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const id = await raise(ctx, approval("ls", { key: "k" }));
  await consent(ctx, id);
  assertOk(endDelivery(ctx, assertOk(await beginDelivery(ctx, { id, kind: "approval", action: "ls" }))));
  assertOk(await archivePairs(ctx, [id]));
  const raised = assertOk(await raiseAsk(ctx, { worker: "w", kind: "question", prompt: "Which?", key: "k" }));
  assertEquals([raised.fresh, raised.archived], [true, undefined]);
});

Deno.test("an action that is changed after the yes is loud, and the yes is given to nobody", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const id = await raise(ctx, approval("ls"));
  await consent(ctx, id);
  await rewrite(ctx, id, "rm -rf /", false);
  const [view] = openAsks(ctx, NOW);
  assertEquals(view?.status, "corrupt");
  assertIncludes(view?.problem ?? "", "another action");
  for (const action of ["ls", "rm -rf /"]) {
    const refused = assertFailed(await raiseAsk(ctx, approval(action)));
    assertEquals(refused.kind, "corrupt", action);
    assertIncludes(refused.hint ?? "", `looop asks withdraw ${id}`);
  }
  assertEquals(assertOk(await withdrawAsk(ctx, { id, reason: "changed", actor: "human" })), "withdrawn");
  assertEquals(openAsks(ctx, NOW), []);
  assertEquals(await raise(ctx, approval("ls")), "w-2");
});

Deno.test("an action that is changed with its digest after the yes is not what the yes was given to", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const id = await raise(ctx, approval("ls"));
  await consent(ctx, id);
  await rewrite(ctx, id, "rm -rf /", true);
  assertEquals(await raise(ctx, approval("rm -rf /")), id);
  const refused = assertFailed(await beginDelivery(ctx, { id, kind: "approval", action: "rm -rf /" }));
  assertEquals(refused.kind, "corrupt");
  assertIncludes(refused.state, "another action");
});

Deno.test("a no, and a yes from before digests were stored, are given as they are", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const first = await raise(ctx, approval("ls"));
  await consent(ctx, first, "no, later");
  const no = assertOk(await beginDelivery(ctx, { id: first, kind: "approval", action: "ls" }));
  assertEquals([no.answer.answer, no.answer.digest], ["no, later", actionDigest("ls")]);
  const second = await raise(ctx, approval("make"));
  assertOk(await publishAnswer(ctx, { id: second, answer: "yes", by: { kind: "human" } }));
  assertEquals(
    assertOk(await beginDelivery(ctx, { id: second, kind: "approval", action: "make" })).answer.answer,
    "yes",
  );
});
