import { idProblem } from "../base/id.ts";
import { ok } from "../base/result.ts";
import { clip, oneLine } from "../base/text.ts";
import { fail, type Result } from "../failure.ts";
import type { MoveOutcome } from "../moves/schema.ts";
import type { Actor, Context } from "../profile/profile.ts";
import { checkAnswer, textProblem } from "./check_answer.ts";
import { settleFlag } from "./expire.ts";
import { resolveAskId } from "./find.ts";
import { publishAnswer, resolveExpired, withdrawAsk } from "./resolve.ts";
import { readAnswer, readAsk } from "./read.ts";
import type { Answer, Ask, AskLiveness, Liveness } from "./schema.ts";
import { queueTell } from "./tells.ts";

/** What stands behind an answer: who gives it, and, for an approval, the digest of the action that a person has seen and agreed to. */
export interface AnswerMove {
  readonly ask: string;
  readonly text: string;
  readonly other?: boolean | undefined;
  readonly force?: boolean | undefined;
  readonly consent?: string | undefined;
  readonly tty?: string | undefined;
}

/**
 * Answers an ask: exactly one of many gets through, the others learn who did. Options are checked; an approval takes a person's consent
 * to its digest. Answering an ask whose worker is gone succeeds and says that nobody may read it; answering a flag tells its worker.
 */
export async function applyAnswer(
  ctx: Context,
  call: { readonly actor: Actor; readonly move: AnswerMove; readonly liveness: AskLiveness },
): Promise<Result<MoveOutcome>> {
  const { actor, move, liveness } = call;
  const thing = `answer "${move.ask}"`;
  const found = resolveAskId(ctx, move.ask, thing);
  if (!found.ok) return found;
  const id = found.value;
  const ask = readAsk(ctx, id);
  if (ask.kind === "absent") return fail("not_found", thing, "it was archived in this moment");
  if (ask.kind === "corrupt") {
    return fail("corrupt", thing, ask.problem, { hint: `looop asks withdraw ${id}` });
  }
  const by = answeredBy(actor, move);
  if (by === undefined) {
    return fail("refused", thing, "a session answers no asks, its own least of all", {
      hint: "the root agent or a person answers: looop asks",
    });
  }
  // Time is up even when nobody has written it down yet: a late answer must not slip in before the default.
  await resolveExpired(ctx, ask.value);
  const problem = checkAnswer(ask.value, { ...move, actor: actor.kind });
  if (problem !== undefined) return problem;
  const digest = ask.value.kind === "approval" ? move.consent : undefined;
  const published = await publishAnswer(ctx, { id, answer: move.text, by, digest, force: move.force });
  if (!published.ok) return published;
  const lives = await liveness(ask.value.worker);
  if (ask.value.kind === "flag") await deliverFlag(ctx, ask.value, lives);
  return ok(answered(ask.value, { text: move.text, by, how: published.value, lives }));
}

function answeredBy(actor: Actor, move: AnswerMove): Answer["by"] | undefined {
  if (actor.session !== undefined || actor.kind === "worker") return undefined;
  if (actor.kind === "human") return { kind: "human", ...(move.tty === undefined ? {} : { tty: move.tty }) };
  if (actor.kind === "root" || actor.kind === "brain") return { kind: actor.kind };
  return undefined;
}

/** Nobody waits for a flag: its answer becomes a message. The pulse makes up for what fails here. */
async function deliverFlag(ctx: Context, flag: Ask, lives: Liveness): Promise<void> {
  const answer = readAnswer(ctx, flag.id);
  if (answer.kind === "present") await settleFlag(ctx, flag, { answer: answer.value, lives });
}

function answered(
  ask: Ask,
  how: {
    readonly text: string;
    readonly by: Answer["by"];
    readonly how: "answered" | "replaced";
    readonly lives: Liveness;
  },
): MoveOutcome {
  const orphaned = how.lives === "dead";
  const note = orphaned ? ` (the worker ${ask.worker} is gone: nobody may read it)` : "";
  return {
    changed: true,
    summary: `${how.how} ${ask.id}: ${clip(oneLine(how.text), 200)}${note}`,
    items: [`ask:${ask.id}`],
    data: { ask: ask.id, worker: ask.worker, answer: how.text, by: how.by, replaced: how.how === "replaced", orphaned },
  };
}

/** Withdraws an ask. One that is withdrawn already is said to be, and is a success. */
export async function applyWithdraw(
  ctx: Context,
  call: { readonly actor: Actor; readonly move: { readonly ask: string } },
): Promise<Result<MoveOutcome>> {
  const { actor, move } = call;
  const found = resolveAskId(ctx, move.ask, `withdraw "${move.ask}"`);
  if (!found.ok) return found;
  const id = found.value;
  const outcome = await withdrawAsk(ctx, { id, reason: `withdrawn by ${actor.kind}`, actor: actor.kind });
  if (!outcome.ok) return outcome;
  const changed = outcome.value === "withdrawn";
  return ok({
    changed,
    summary: changed ? `withdrew ${id}` : `${id} was withdrawn already`,
    items: changed ? [`ask:${id}`] : [],
    data: { ask: id, withdrawn: true },
  });
}

/** Queues a message to a worker that lives. For one that is gone, or of which nobody knows, it is refused: it would never be read. */
export async function applyTell(
  ctx: Context,
  call: {
    readonly actor: Actor;
    readonly move: { readonly worker: string; readonly text: string };
    readonly liveness: AskLiveness;
  },
): Promise<Result<MoveOutcome>> {
  const { actor, move, liveness } = call;
  const thing = `tell "${move.worker}"`;
  if (idProblem(move.worker) !== undefined) {
    return fail("usage", thing, "that is not an id", { hint: 'looop _ tell fix-ci "main is green again"' });
  }
  const problem = textProblem(move.text);
  if (problem !== undefined) {
    return fail("usage", thing, problem, { hint: `looop _ tell ${move.worker} "main is green again"` });
  }
  const lives = await liveness(move.worker);
  if (lives !== "alive") return fail("not_found", thing, NOT_ALIVE[lives], { hint: "looop ls -a" });
  const told = await queueTell(ctx, { worker: move.worker, text: move.text, by: actor.kind });
  if (!told.ok) return told;
  return ok({
    changed: true,
    summary: `told ${move.worker}: ${clip(oneLine(move.text), 200)}`,
    items: [],
    data: { id: told.value.id, worker: move.worker },
  });
}

const NOT_ALIVE: Readonly<Record<Exclude<Liveness, "alive">, string>> = {
  dead: "that worker is not alive, so nobody would read it",
  never: "there is no such worker",
  unknown: "whether that worker lives cannot be told just now",
};
