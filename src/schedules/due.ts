import type { Schedule } from "./schema.ts";
import { readCron } from "./cron.ts";

/** A last firing further in the future than this is a clock that was set back, not a firing to wait behind. */
const SKEW_MS = 3_600_000;

/**
 * When a schedule fires next, milliseconds since 1970; at or before `now`: it is due. Undefined: never again (a one-shot that
 * fired, a rule that is not understood). However many firings were missed, the one that is due stands for all of them. Repeating ones
 * keep to the grid of their anchor, so that late firings do not add up.
 */
export async function nextDue(schedule: Schedule, now: number): Promise<number | undefined> {
  const { rule } = schedule;
  if (rule.kind === "at") return hasFired(schedule) ? undefined : rule.at;
  const from = startOf(schedule, now);
  if (rule.kind === "every") {
    const steps = Math.floor((from - rule.anchor) / rule.every_ms) + 1;
    return rule.anchor + steps * rule.every_ms;
  }
  const cron = await readCron(rule.cron);
  return "problem" in cron ? undefined : cron.next(from);
}

/** Whether a one-shot is over. It stays listed until it is removed or written anew. */
export function hasFired(schedule: Schedule): boolean {
  return schedule.rule.kind === "at" && (schedule.count > 0 || schedule.last !== undefined);
}

/**
 * The instant after which the next firing lies: the last one, or the anchor. Both can lie ahead after the clock was set back: a
 * little is waited out, so that nothing fires twice; far ahead they would silence the schedule, so they count as now.
 */
function startOf(schedule: Schedule, now: number): number {
  const { rule } = schedule;
  if (rule.kind === "at") return now;
  const from = schedule.last ?? rule.anchor;
  return isAhead(from, schedule, now) ? now : from;
}

/**
 * A schedule whose last firing or anchor lies implausibly far in the future, with both set to now; undefined when nothing is wrong. The
 * pulse writes it down: measured against a moving now, the next firing would never come nearer.
 */
export function healed(schedule: Schedule, now: number): Schedule | undefined {
  const { rule, last } = schedule;
  if (rule.kind === "at") return undefined;
  const lastAhead = last !== undefined && isAhead(last, schedule, now);
  const anchorAhead = isAhead(rule.anchor, schedule, now);
  if (!lastAhead && !anchorAhead) return undefined;
  return {
    ...schedule,
    ...(lastAhead ? { last: now } : {}),
    rule: anchorAhead ? { ...rule, anchor: now } : rule,
  };
}

function isAhead(instant: number, schedule: Schedule, now: number): boolean {
  const { rule } = schedule;
  return instant - now > (rule.kind === "every" ? Math.min(rule.every_ms, SKEW_MS) : SKEW_MS);
}

/** The schedule after it fired at `now`: counted, and measured from here on. */
export function fired(schedule: Schedule, now: number): Schedule {
  return { ...schedule, count: schedule.count + 1, last: now };
}
