import { localDayBounds } from "../base/local_time.ts";
import { nextReminderAt } from "../base/reminders.ts";
import { downSince, type World } from "./world.ts";

/**
 * When time alone changes the world next: a reminder, an expiry, a lease that runs out, a schedule that falls due, a worker that will
 * have been silent for too long, a new day for the budget. Milliseconds since 1970; undefined: never.
 */
export function nextChangeAt(world: World, now: number): number | undefined {
  const { remindersMs, stuckAfterMs } = world.config;
  const times: (number | undefined)[] = [];
  const remind = (since: number | undefined) => {
    if (since !== undefined) times.push(nextReminderAt(since, now, remindersMs));
  };
  remind(downSince(world));
  for (const { ask, status } of world.asks) {
    if (ask === undefined || (status !== "open" && status !== "orphaned")) continue;
    remind(ask.ts);
    times.push(ask.expires);
  }
  for (const { claim } of world.claims) times.push(claim?.expires);
  for (const { dueAt } of world.schedules) times.push(dueAt);
  for (const { alive, health, idleMs } of world.workers) {
    if (alive && health !== "stuck" && idleMs !== null) times.push(world.now + stuckAfterMs - idleMs);
  }
  if (world.budget.level === "near" || world.budget.level === "over") times.push(localDayBounds(now).end);
  const ahead = times.filter((at) => at !== undefined && at > now) as number[];
  return ahead.length === 0 ? undefined : ahead.reduce((a, b) => Math.min(a, b));
}
