import { beginDelivery, endDelivery } from "../../../src/mailbox/delivery.ts";
import { applyAnswer } from "../../../src/mailbox/moves.ts";
import { raiseAsk } from "../../../src/mailbox/raise.ts";
import { publishAnswer, withdrawAsk } from "../../../src/mailbox/resolve.ts";
import type { AskStatus, AskView, Liveness } from "../../../src/mailbox/schema.ts";
import { STATUS_RULES, type StatusRule } from "../../../src/mailbox/status.ts";
import { viewAsk } from "../../../src/mailbox/store.ts";
import { waitForAnswer } from "../../../src/mailbox/wait_answer.ts";
import type { Context } from "../../../src/profile/profile.ts";
import { asksJson } from "../../../src/world/state.ts";
import { worldItems } from "../../../src/world/items.ts";
import { assertEquals, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import { NOW, plainWorld } from "../../kit/world.ts";

/** A row of the table: how an ask comes to stand so, in a profile in which `w-1` is open and expires in a second. */
interface Row {
  readonly name: string;
  readonly status: AskStatus;
  readonly lives?: Liveness;
  /** A text that stands for the ask's file. */
  readonly broken?: "ask" | "answer";
  bring?(ctx: Context, advance: (ms: number) => void): Promise<unknown> | unknown;
}

function answered(ctx: Context): Promise<unknown> {
  return publishAnswer(ctx, { id: "w-1", answer: "a", by: { kind: "human" } });
}

async function read(ctx: Context): Promise<void> {
  assertOk(endDelivery(ctx, assertOk(await beginDelivery(ctx, { id: "w-1", kind: "question" }))));
}

const ROWS: readonly Row[] = [
  { name: "nobody answered", status: "open" },
  { name: "nobody answered, its worker is gone", status: "orphaned", lives: "dead" },
  { name: "answered", status: "answered", bring: answered },
  { name: "its time is over", status: "expired", bring: (_ctx, advance) => advance(1_000) },
  {
    name: "withdrawn",
    status: "withdrawn",
    bring: (ctx) => withdrawAsk(ctx, { id: "w-1", reason: "moot", actor: "human" }),
  },
  { name: "answered and read", status: "consumed", bring: (ctx) => answered(ctx).then(() => read(ctx)) },
  {
    name: "its answer is broken",
    status: "corrupt",
    broken: "answer",
    bring: (ctx) => Deno.writeTextFile(`${ctx.profile.paths.answers}/w-1.json`, "{"),
  },
  {
    name: "it is broken",
    status: "corrupt",
    broken: "ask",
    bring: (ctx) => Deno.writeTextFile(`${ctx.profile.paths.asks}/w-1.json`, "{"),
  },
];

async function seen(ctx: Context, row: Row, view: AskView): Promise<StatusRule> {
  const world = plainWorld({ asks: [view], now: ctx.os.clock.now() });
  return {
    needsSomeone: asksJson(world).length > 0,
    wakes: (await worldItems(world, world.now)).has("ask:w-1"),
    asker: await asker(ctx),
    answering: await answering(ctx, row),
  };
}

async function asker(ctx: Context): Promise<StatusRule["asker"]> {
  const waited = await waitForAnswer(ctx, "w-1", { timeoutMs: 0, signal: new AbortController().signal });
  if (!waited.ok) return "is told what is wrong";
  if (waited.value.kind === "pending") return "waits";
  return waited.value.kind === "withdrawn" ? "is told that it was withdrawn" : "gets the answer";
}

async function answering(ctx: Context, row: Row): Promise<StatusRule["answering"]> {
  const give = (force: boolean) =>
    applyAnswer(ctx, {
      actor: { kind: "root" },
      move: { ask: "w-1", text: "b", force },
      liveness: () => Promise.resolve(row.lives ?? "alive"),
    });
  const plain = await give(false);
  if (plain.ok) return plain.value.summary.includes("nobody may read it") ? "taken, with a warning" : "taken";
  const forced = (await give(true)).ok;
  if (row.status !== "corrupt") return forced ? "only with --force" : "refused";
  // One word for two rows: what can be made good, and what cannot.
  assertEquals(forced, row.broken === "answer", row.name);
  return "only with --force, if readable";
}

for (const row of ROWS) {
  Deno.test(`the table of statuses is what happens: ${row.name} (${row.status})`, async () => {
    await using test = await makeContext({ now: NOW });
    const ctx = test.context;
    assertOk(
      await raiseAsk(ctx, { worker: "w", kind: "question", prompt: "Which?", expiresMs: 1_000, fallback: "a" }),
    );
    await row.bring?.(ctx, (ms) => test.advance(ms));
    const view = viewAsk(ctx, "w-1", ctx.os.clock.now(), () => row.lives ?? "alive");
    assertEquals(view?.status, row.status);
    if (view !== undefined) assertEquals(await seen(ctx, row, view), STATUS_RULES[row.status]);
  });
}

Deno.test("the table of statuses is driven row by row", () => {
  assertEquals(new Set(ROWS.map(({ status }) => status)), new Set(Object.keys(STATUS_RULES) as AskStatus[]));
});
