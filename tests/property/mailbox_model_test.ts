import fc from "fast-check";
import { archiveConsumed } from "../../src/mailbox/archive.ts";
import { beginDelivery, endDelivery } from "../../src/mailbox/delivery.ts";
import { beginGeneration } from "../../src/mailbox/lifecycle.ts";
import { raiseAsk } from "../../src/mailbox/raise.ts";
import { publishAnswer, withdrawAsk } from "../../src/mailbox/resolve.ts";
import { sealRepeats } from "../../src/mailbox/repeats.ts";
import { openAsks, viewAsk } from "../../src/mailbox/store.ts";
import type { Context } from "../../src/profile/profile.ts";
import { assertEquals, assertOk } from "../kit/assert.ts";
import { makeContext, type TestContext } from "../kit/context.ts";

const NOW = 1_700_000_000_000;
const QUARTER = 15 * 60_000;
const DAY = 86_400_000;

/** What a question has come to, in the model: nothing about files. */
interface Modelled {
  readonly prompt: string;
  answer?: string;
  answered?: number;
  /** Somebody began to print it. */
  begun?: boolean;
  /** When it was marked as printed. */
  taken?: number;
  sealed?: boolean;
  over?: boolean;
}

type Step =
  | { readonly do: "ask" | "take" | "die while taking"; readonly prompt: string }
  | { readonly do: "answer" | "force" | "withdraw"; readonly nth: number; readonly text: string }
  | { readonly do: "call" | "new life" | "sweep" }
  | { readonly do: "wait"; readonly ms: number };

const prompt = fc.constantFrom("a", "b");
const nth = fc.nat(5);
const text = fc.constantFrom("yes", "no", " a\nb ", "ü");
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom("ask", "take", "die while taking"), prompt }) as fc.Arbitrary<Step>,
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom("answer", "force", "withdraw"), nth, text }) as fc.Arbitrary<Step>,
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("call", "new life", "sweep") }) as fc.Arbitrary<Step> },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("wait"),
      ms: fc.constantFrom(QUARTER, QUARTER + 1, DAY, 6 * DAY),
    }) as fc.Arbitrary<Step>,
  },
);

class Model {
  readonly asks: Modelled[] = [];
  now = NOW;

  /** The number that a line with this prompt stands for; a new one when none does. */
  raise(prompt: string): number {
    for (let n = this.asks.length; n > 0; n--) {
      const ask = this.asks[n - 1];
      if (ask !== undefined && ask.prompt === prompt && this.#isCurrent(ask)) return n;
    }
    this.seal();
    return this.asks.push({ prompt });
  }

  /** What was printed so far has been read. */
  seal(): void {
    for (const ask of this.asks) if (ask.taken !== undefined) ask.sealed = true;
  }

  #isCurrent(ask: Modelled): boolean {
    if (ask.over) return false;
    return ask.taken === undefined || (!ask.sealed && this.now - ask.taken <= QUARTER);
  }
}

/** Does a step to the model and to the files, and compares what both say. */
async function perform(test: TestContext, model: Model, step: Step): Promise<void> {
  const ctx = test.context;
  switch (step.do) {
    case "ask":
      return assertEquals(await raise(ctx, step.prompt), `w-${model.raise(step.prompt)}`);
    case "take":
    case "die while taking":
      return await take(ctx, model, step);
    case "answer":
    case "force":
    case "withdraw":
      return await resolve(ctx, model, step);
    case "call":
      model.seal();
      return sealRepeats(ctx.os, ctx.profile.paths, "w");
    case "new life":
      for (const ask of model.asks) ask.over = true;
      return assertOk(await beginGeneration(ctx, "w"));
    case "sweep":
      assertOk(await archiveConsumed(ctx, model.now));
      for (const ask of model.asks) {
        const unread = ask.answered !== undefined && ask.taken === undefined;
        if (unread && model.now - (ask.answered ?? 0) >= 7 * DAY) ask.over = true;
        if (ask.taken !== undefined && model.now - ask.taken >= DAY) ask.over = true;
      }
      return;
    case "wait":
      model.now += step.ms;
      return test.advance(step.ms);
  }
}

async function raise(ctx: Context, prompt: string): Promise<string> {
  return assertOk(await raiseAsk(ctx, { worker: "w", kind: "question", prompt })).id;
}

async function take(ctx: Context, model: Model, step: { readonly do: string; readonly prompt: string }): Promise<void> {
  const n = model.raise(step.prompt);
  const id = await raise(ctx, step.prompt);
  assertEquals(id, `w-${n}`);
  const ask = model.asks[n - 1];
  if (ask?.answer === undefined) return assertEquals(viewAsk(ctx, id, model.now)?.status, "open");
  const delivery = assertOk(await beginDelivery(ctx, { id, kind: "question" }));
  assertEquals(delivery.answer.answer, ask.answer);
  ask.begun = true;
  if (step.do !== "take") return;
  assertOk(endDelivery(ctx, delivery));
  ask.taken ??= model.now;
}

async function resolve(
  ctx: Context,
  model: Model,
  step: { readonly do: string; readonly nth: number; readonly text: string },
): Promise<void> {
  const n = model.asks.length - step.nth;
  const ask = model.asks[n - 1];
  if (ask === undefined || ask.over || viewAsk(ctx, `w-${n}`, model.now) === undefined) return;
  const id = `w-${n}`;
  const answered = ask.answer !== undefined;
  if (step.do === "withdraw") {
    const outcome = await withdrawAsk(ctx, { id, reason: "moot", actor: "human" });
    assertEquals(outcome.ok, !answered || ask.answer === "moot");
    if (!answered) Object.assign(ask, { answer: "moot", answered: model.now });
    return;
  }
  const outcome = await publishAnswer(ctx, { id, answer: step.text, by: { kind: "root" }, force: step.do === "force" });
  const wins = !answered || (step.do === "force" && ask.begun !== true && ask.answer !== "moot");
  assertEquals(outcome.ok, wins);
  if (wins) Object.assign(ask, { answer: step.text, answered: model.now });
}

Deno.test("the mailbox does what the model does, whatever comes in whatever order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      await using test = await makeContext({ now: NOW });
      const model = new Model();
      for (const one of steps) await perform(test, model, one);
      const open = model.asks.flatMap((ask, i) => ask.over || ask.answer !== undefined ? [] : [`w-${i + 1}`]);
      const views = openAsks(test.context, model.now).filter(({ status }) => status === "open");
      assertEquals(views.map(({ id }) => id).sort(), open.sort());
    }),
    { numRuns: 150 },
  );
});
