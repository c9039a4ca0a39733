import { fail, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import { formatDuration } from "../base/duration.ts";
import { idProblem } from "../base/id.ts";
import { clip, oneLine } from "../base/text.ts";
import type { Move, MoveOutcome } from "../moves/schema.ts";
import type { Context } from "../profile/profile.ts";
import { readCron } from "./cron.ts";
import { nextDue } from "./due.ts";
import { instantText, ruleText } from "./format.ts";
import type { Schedule, ScheduleRule } from "./schema.ts";
import { changeSchedule, listSchedules, removeSchedule } from "./store.ts";

/** The shortest span between two firings. */
export const SHORTEST_EVERY_MS = 60_000;

/** The longest note that is kept. */
const NOTE_MAX = 500;

/**
 * Writes a schedule. Exactly one of `in`, `every` (milliseconds) and `cron`. The same repeating rule and note again change nothing: its
 * count and beat go on. `in` counts from now each time.
 */
export async function applyScheduleWrite(
  ctx: Context,
  move: Extract<Move, { kind: "schedule.write" }>,
): Promise<Result<MoveOutcome>> {
  const thing = `write schedule "${move.name}"`;
  const checked = checkName(ctx, thing, move.name);
  if (!checked.ok) return checked;
  const now = ctx.os.clock.now();
  const rule = await ruleOf(thing, move, now);
  if (!rule.ok) return rule;
  const note = move.note === undefined ? undefined : clip(oneLine(move.note), NOTE_MAX);
  let same = false;
  const written = await changeSchedule(ctx, move.name, (found): Schedule | undefined => {
    const before = found?.schedule;
    if (before !== undefined && before.note === note && sameRule(before.rule, rule.value)) {
      same = true;
      return undefined;
    }
    // Unknown keys of the file survive; its history does not: this is another schedule.
    const { note: _note, last: _last, ...rest } = before ?? { count: 0 };
    return { ...rest, rule: rule.value, ...(note === undefined ? {} : { note }), count: 0 };
  });
  if (!written.ok) return written;
  const schedule = written.value ?? { rule: rule.value, count: 0 };
  const due = await nextDue(schedule, now);
  return ok({
    changed: !same,
    summary: same
      ? `schedule ${move.name}: already so (${ruleText(schedule.rule)})`
      : `schedule ${move.name}: ${ruleText(schedule.rule)}${note === undefined ? "" : ` (${note})`}`,
    items: [`schedule:${move.name}`],
    data: { name: move.name, rule: ruleText(schedule.rule), next_due: due ?? null, note: note ?? null },
  });
}

/** Removes a schedule, fired or not. One that is not there is as good as removed, if its name could be one. */
export async function applyScheduleRm(ctx: Context, move: { readonly name: string }): Promise<Result<MoveOutcome>> {
  const thing = `remove schedule "${move.name}"`;
  if (idProblem(move.name) !== undefined) return badName(thing);
  const removed = await removeSchedule(ctx, move.name);
  if (!removed.ok) return removed;
  const changed = removed.value === "removed";
  return ok({
    changed,
    summary: changed ? `schedule ${move.name}: removed` : `schedule ${move.name}: there was none`,
    items: changed ? [`schedule:${move.name}`] : [],
    data: { name: move.name, removed: changed },
  });
}

async function ruleOf(
  thing: string,
  move: Extract<Move, { kind: "schedule.write" }>,
  now: number,
): Promise<Result<ScheduleRule>> {
  const given = [move.in, move.every, move.cron].filter((value) => value !== undefined);
  if (given.length !== 1) {
    const state = given.length === 0 ? "it is not said when" : "more than one rule is given";
    return fail("usage", thing, state, { hint: "give one of --in 30m, --every 2h, --cron '0 9 * * 1-5'" });
  }
  if (move.in !== undefined) return ok({ kind: "at", at: now + move.in });
  if (move.every !== undefined) {
    return move.every >= SHORTEST_EVERY_MS
      ? ok({ kind: "every", every_ms: move.every, anchor: now })
      : fail("usage", thing, `every ${formatDuration(move.every)} is too often`, { hint: "at most every 60s" });
  }
  const text = (move.cron ?? "").trim().replace(/\s+/g, " ");
  const cron = await readCron(text);
  if ("problem" in cron) {
    return fail("usage", thing, `the cron rule "${text}" is not understood: ${cron.problem}`, {
      hint: "minute hour day month weekday, local time: '0 9 * * 1-5'",
    });
  }
  if (cron.next(now) === undefined) return fail("usage", thing, `the cron rule "${text}" never comes true`);
  return ok({ kind: "cron", cron: text, anchor: now });
}

/** Whether a rule written again goes on as before: anchors differ with the time of writing, so they do not count. */
function sameRule(before: ScheduleRule, after: ScheduleRule): boolean {
  if (before.kind === "every" && after.kind === "every") return before.every_ms === after.every_ms;
  return before.kind === "cron" && after.kind === "cron" && before.cron === after.cron;
}

function checkName(ctx: Context, thing: string, name: string): Result<void> {
  if (idProblem(name) !== undefined) return badName(thing);
  const rival = listSchedules(ctx).find((other) =>
    other.name !== name && other.name.toLowerCase() === name.toLowerCase()
  );
  return rival === undefined
    ? ok(undefined)
    : fail("conflict", thing, `there is "${rival.name}", which differs in case only`);
}

function badName(thing: string): Result<never> {
  return fail("usage", thing, "that is not a name for a schedule", {
    hint: "letters, digits, dot, dash and underscore, such as nightly-report",
  });
}

/** When it fires next, for people. */
export function dueText(due: number | undefined): string {
  return due === undefined ? "never again" : instantText(due);
}
