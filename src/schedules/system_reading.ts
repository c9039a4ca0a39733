import type { Json } from "../base/canonical_json.ts";
import type { Context } from "../profile/profile.ts";
import { hasFired, nextDue } from "./due.ts";
import { ruleText } from "./format.ts";
import type { ScheduleFile } from "./schema.ts";
import { listSchedules } from "./store.ts";

/** A system reading: derived when it is read, in the form of a sensor's. */
export interface SystemReading {
  readonly signal: { readonly [key: string]: Json };
  readonly detail: { readonly [key: string]: Json };
}

/**
 * `sys-schedules`: under `signal` each schedule's state (`pending`, `due`, `fired`) or firing count, `invalid` for a file that holds none;
 * under `detail` the rules, notes and next firings. `files` when they have been read already.
 */
export async function sysSchedules(
  ctx: Context,
  now: number,
  files: readonly ScheduleFile[] = listSchedules(ctx),
): Promise<SystemReading> {
  const signal: Record<string, Json> = {};
  const detail: Record<string, Json> = {};
  for (const { name, schedule, problem } of files) {
    if (schedule === undefined) {
      signal[name] = "invalid";
      detail[name] = { problem: problem ?? "the file holds no schedule" };
      continue;
    }
    const due = await nextDue(schedule, now);
    signal[name] = schedule.rule.kind === "at"
      ? (hasFired(schedule) ? "fired" : (due ?? 0) <= now ? "due" : "pending")
      : { fired: schedule.count };
    detail[name] = {
      rule: ruleText(schedule.rule),
      next_due: due ?? null,
      last: schedule.last ?? null,
      count: schedule.count,
      ...(schedule.note === undefined ? {} : { note: schedule.note }),
    };
  }
  return { signal, detail };
}
