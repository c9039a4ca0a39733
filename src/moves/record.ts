import type { Failure, Result } from "../failure.ts";
import { sentence } from "../failure.ts";
import { actorWord } from "../journal/format.ts";
import { appendEvent, appendJournal, warnBookkeeping } from "../journal/store.ts";
import type { Actor, Context } from "../profile/profile.ts";
import type { Move, MoveOutcome } from "./schema.ts";
import { lastLines } from "./tail.ts";

/**
 * Writes down what a move came to: one line in the journal when something was done (also half of it), one event in any case. Never
 * fails: what is done is done, and a trouble with the books is one line on stderr.
 */
export async function recordMove(
  ctx: Context,
  actor: Actor,
  done: { readonly move: Move; readonly result: Result<MoveOutcome> },
): Promise<void> {
  const { move, result } = done;
  const told = journalText(move, result);
  if (told !== undefined) warnBookkeeping(ctx, await appendJournal(ctx, `${actorWord(actor)} ${move.kind} ${told}`));
  await appendEvent(ctx, {
    actor,
    verb: move.kind,
    ids: idsOf(move),
    items: result.ok ? result.value.items : [],
    outcome: result.ok ? result.value.changed ? "done" : "unchanged" : result.failure.kind,
    more: result.ok
      ? { summary: result.value.summary, ...reasonOf(move), ...outputOf(result.value.data) }
      : { problem: sentence(result.failure), ...reasonOf(move), ...outputOf(result.failure.data ?? {}) },
  });
}

function journalText(move: Move, result: Result<MoveOutcome>): string | undefined {
  const why = reasonOf(move).reason;
  const suffix = why === undefined ? "" : ` (${why})`;
  if (!result.ok) {
    return happened(result.failure) ? `failed: ${sentence(result.failure)}${tail(result.failure)}${suffix}` : undefined;
  }
  return result.value.changed || move.kind === "noop" ? result.value.summary + suffix : undefined;
}

/** Whether a failed move did something all the same: a command that ran and ended with another code than 0. */
function happened(failure: Failure): boolean {
  return failure.data?.["ran"] === true;
}

function tail(failure: Failure): string {
  const output = failure.data?.["output"];
  return typeof output === "string" && output.trim() !== "" ? ` → ${lastLines(output)}` : "";
}

function reasonOf(move: Move): { readonly reason?: string } {
  const reason = "reason" in move ? move.reason : undefined;
  return reason === undefined || reason === "" ? {} : { reason };
}

function outputOf(data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const kept: Record<string, unknown> = {};
  for (const key of ["command", "exit_code", "output", "ms"]) if (data[key] !== undefined) kept[key] = data[key];
  return kept;
}

function idsOf(move: Move): readonly string[] {
  if ("id" in move) return [move.id];
  if ("name" in move) return [move.name];
  if ("worker" in move) return [move.worker];
  return "ask" in move ? [move.ask] : [];
}
