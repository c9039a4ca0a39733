import type { Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import type { Context } from "../profile/profile.ts";
import { fired, healed, nextDue } from "./due.ts";
import type { Schedule } from "./schema.ts";
import { changeSchedule, readSchedule } from "./store.ts";

/**
 * Fires a schedule if it is due at `now`: its count rises by one and its last firing becomes now, in one write under the lock, which is all
 * that firing is: whoever waits sees the count. Answers the schedule after it, or undefined when it was not due (any more).
 */
export async function fireIfDue(ctx: Context, name: string, now: number): Promise<Result<Schedule | undefined>> {
  const before = readSchedule(ctx, name)?.schedule;
  if (before === undefined) return ok(undefined);
  const due = await nextDue(before, now);
  if (due === undefined || due > now) return ok(undefined);
  let done: Schedule | undefined;
  const written = await changeSchedule(ctx, name, (found) => {
    // Rewritten or removed since we looked: the next beat looks again.
    if (JSON.stringify(found?.schedule) !== JSON.stringify(before)) return undefined;
    done = fired(before, now);
    return done;
  });
  return written.ok ? ok(done) : written;
}

/** Writes down what a clock that was set back left implausible; see `healed`. True when there was something. */
export async function healIfAhead(ctx: Context, name: string, now: number): Promise<Result<boolean>> {
  let changed = false;
  const written = await changeSchedule(ctx, name, (found) => {
    const next = found?.schedule === undefined ? undefined : healed(found.schedule, now);
    changed = next !== undefined;
    return next;
  });
  return written.ok ? ok(changed) : written;
}
