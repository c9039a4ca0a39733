import { join } from "node:path";
import { reminderStep } from "../base/reminders.ts";
import { ok } from "../base/result.ts";
import { ioFailure, type Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { parseFound, stored } from "./read.ts";
import { type AskView, remindedSchema } from "./schema.ts";
import { STATUS_RULES } from "./status.ts";
import { openAsks } from "./store.ts";

/** An ask that is due to be brought back to mind. */
export interface Reminder {
  readonly view: AskView;
  readonly step: number;
}

/**
 * The open asks whose next reminder has come since `markReminded` was last told of them. Of several steps that passed unnoticed (the
 * machine slept) only the last counts. Reads only: the caller reminds, then marks; a crash in between reminds once more.
 */
export function remindersDue(
  ctx: Context,
  now: number,
  views: readonly AskView[] = openAsks(ctx, now),
): readonly Reminder[] {
  const waiting = views.filter(({ status, ask }) => ask !== undefined && STATUS_RULES[status].needsSomeone);
  if (waiting.length === 0) return [];
  const steps = readSteps(ctx);
  return waiting.flatMap((view) => {
    const step = reminderStep(now - (view.ask?.ts ?? now), ctx.profile.config.remindersMs);
    return step > (steps[view.id] ?? 0) ? [{ view, step }] : [];
  });
}

/** Records that these reminders were given. Asks that are no longer there drop out of the record. */
export function markReminded(ctx: Context, given: readonly Reminder[], stillOpen: readonly AskView[]): Result<void> {
  if (given.length === 0) return ok(undefined);
  const before = readSteps(ctx);
  const steps: Record<string, number> = {};
  for (const { id } of stillOpen) {
    if (before[id] !== undefined) steps[id] = before[id];
  }
  for (const { view, step } of given) steps[view.id] = step;
  const written = ctx.os.files.replace(remindedPath(ctx), stored({ steps }));
  return written.ok ? ok(undefined) : ioFailure("record the reminders", written.failure);
}

function readSteps(ctx: Context): Readonly<Record<string, number>> {
  const found = parseFound(remindedSchema, ctx.os.files.read(remindedPath(ctx)));
  return found.kind === "present" ? found.value.steps : {};
}

function remindedPath(ctx: Context): string {
  return join(ctx.profile.paths.mailbox, "reminded.json");
}
