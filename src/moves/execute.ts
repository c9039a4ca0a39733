import { fail, type Result } from "../failure.ts";
import { never, ok } from "../base/result.ts";
import { shellWord } from "../base/shell_word.ts";
import { clip, oneLine } from "../base/text.ts";
import { actorWord } from "../journal/format.ts";
import type { Liveness } from "../mailbox/schema.ts";
import type { Actor, Context } from "../profile/profile.ts";
import { carriedCommands, commandText } from "./command.ts";
import { gate } from "./gate.ts";
import type { HeldIntent } from "./intent.ts";
import { recordMove } from "./record.ts";
import type { Move, MoveOutcome } from "./schema.ts";

/**
 * Carries out one move: gate, then the effect, then one line in the journal and one event. The effect is what counts: when it has
 * happened, trouble with the books is a line on stderr and the move has succeeded. A refused move does nothing.
 */
export async function executeMove(ctx: Context, actor: Actor, move: Move): Promise<Result<MoveOutcome>> {
  const verdict = await gate(move, actor, ctx.profile.config.default);
  if (verdict !== "done") {
    const refused = "blocked" in verdict ? blocked(move, verdict.blocked) : unapproved(move, verdict.approval);
    await recordMove(ctx, actor, { move, result: refused });
    return refused;
  }
  const { result, intent } = await applyAsOwn(ctx, actor, move);
  try {
    await recordMove(ctx, actor, { move, result });
    intent?.clear();
  } finally {
    intent?.release();
  }
  return result;
}

/** What a client does is no news to it: its waits are told beforehand whose change they are about to see. */
async function applyAsOwn(ctx: Context, actor: Actor, move: Move): Promise<Applied> {
  if (actor.client === undefined) return await apply(ctx, actor, move);
  const { asOwnMove } = await import("../world/own.ts");
  const { expectedItems, isMadeBy } = await import("./expected_items.ts");
  let applied: Applied | undefined;
  const result = await asOwnMove(ctx, actor, expectedItems(move), {
    run: async () => {
      applied = await apply(ctx, actor, move);
      return applied.result;
    },
    touched: ({ items }) => items,
    made: (item, value) => isMadeBy(move, item, value),
  });
  return { ...applied, result };
}

interface Applied {
  readonly result: Result<MoveOutcome>;
  /** The record of a command that ran. */
  readonly intent?: HeldIntent;
}

/** Each kind with what does it, loaded when it is needed: a verb pays for its own noun only. */
async function apply(ctx: Context, actor: Actor, move: Move): Promise<Applied> {
  switch (move.kind) {
    case "run":
      return await (await import("./run.ts")).applyRun(ctx, actor, move);
    default:
      return { result: await applyPlain(ctx, actor, move) };
  }
}

async function applyPlain(
  ctx: Context,
  actor: Actor,
  move: Exclude<Move, { readonly kind: "run" }>,
): Promise<Result<MoveOutcome>> {
  switch (move.kind) {
    case "noop":
      return ok({ changed: false, summary: "nothing to do", items: [], data: {} });
    case "goal.write":
      return (await import("../goals/moves.ts")).applyGoalWrite(ctx, move);
    case "goal.archive":
      return await archiveGoal(ctx, actor, move);
    case "playbook.write":
      return (await import("../playbook/moves.ts")).applyPlaybookWrite(ctx, move);
    case "notify":
      return (await import("../notices/moves.ts")).applyNotify(ctx, move);
    case "sensor.write":
      return (await import("../sensors/moves.ts")).applySensorWrite(ctx, move);
    case "sensor.archive":
      return (await import("../sensors/moves.ts")).applySensorArchive(ctx, move);
    case "schedule.write":
      return (await import("../schedules/moves.ts")).applyScheduleWrite(ctx, move);
    case "schedule.rm":
      return (await import("../schedules/moves.ts")).applyScheduleRm(ctx, move);
    case "tell":
      return (await import("../mailbox/moves.ts")).applyTell(ctx, { actor, move, liveness: livenessIn(ctx) });
    case "answer":
      return (await import("../mailbox/moves.ts")).applyAnswer(ctx, { actor, move, liveness: livenessIn(ctx) });
    case "withdraw":
      return (await import("../mailbox/moves.ts")).applyWithdraw(ctx, { actor, move });
    case "worker.start":
      return (await import("./worker_start.ts")).applyWorkerStart(ctx, actor, move);
    case "worker.kill":
      return (await import("./worker_kill.ts")).applyWorkerKill(ctx, actor, move);
    case "worker.restart":
      return await (await import("./worker_restart.ts")).applyWorkerRestart(ctx, actor, move);
    case "session.send":
      return await (await import("./session_input.ts")).applySessionSend(ctx, move);
    case "session.key":
      return await (await import("./session_input.ts")).applySessionKey(ctx, move);
    default:
      return never(move);
  }
}

/** The goal that a fresh profile begins with: its end is the end of the ask that goes with it. */
const SETUP = "setup";

/**
 * Goal first, ask second: a crash between leaves the ask open, which a person sees and withdraws; the other way round would
 * leave a goal in force of which nobody is told.
 */
async function archiveGoal(
  ctx: Context,
  actor: Actor,
  move: Move & { readonly kind: "goal.archive" },
): Promise<Result<MoveOutcome>> {
  const archived = await (await import("../goals/moves.ts")).applyGoalArchive(ctx, move);
  if (!archived.ok || move.id !== SETUP) return archived;
  const { withdrawAsks } = await import("../mailbox/lifecycle.ts");
  const withdrawn = await withdrawAsks(ctx, SETUP, "the goal setup was archived", actorWord(actor));
  if (!withdrawn.ok) return withdrawn;
  const items = [...archived.value.items, ...withdrawn.value.map((id) => `ask:${id}`)];
  return ok({ ...archived.value, items, data: { ...archived.value.data, withdrawn: withdrawn.value } });
}

function livenessIn(ctx: Context): (worker: string) => Promise<Liveness> {
  return async (worker) => (await import("../workers/views.ts")).workerLiveness(ctx, worker);
}

function blocked(move: Move, reason: string): Result<MoveOutcome> {
  const commands = carriedCommands(move, "").map((one) => one.kind === "line" ? one.line : commandText(one.argv));
  const please = shellWord(`please run: ${clip(oneLine(commands[0] ?? ""), 200)}`);
  return fail("refused", thingOf(move), reason, {
    hint: `what must be done all the same a person does, in a terminal of their own: looop _ notify ${please}`,
  });
}

function unapproved(move: Move, digest: string): Result<MoveOutcome> {
  return fail("refused", thingOf(move), "a person has to agree to it first", { data: { approval: digest } });
}

function thingOf(move: Move): string {
  if (move.kind === "run") return `run "${clip(oneLine(commandText(move.argv)), 120)}"`;
  if (move.kind === "worker.start") return `start worker "${move.id}"`;
  if (move.kind === "sensor.write") return `write sensor "${move.name}"`;
  return `do ${move.kind}`;
}
