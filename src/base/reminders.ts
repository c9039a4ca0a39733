/**
 * How many reminders an age has earned: one for each threshold it has passed, and beyond the last one more each time that span has
 * passed again (15 min, 1 h, 4 h, 1 d, 2 d, 3 d, …). Negative ages, of a clock that jumped, have earned none. Milliseconds.
 */
export function reminderStep(ageMs: number, thresholds: readonly number[]): number {
  const sorted = usable(thresholds);
  const last = sorted.at(-1);
  if (last === undefined) return 0;
  if (ageMs < last) return sorted.filter((threshold) => threshold <= ageMs).length;
  return sorted.length - 1 + Math.floor(ageMs / last);
}

/** The age at which the next reminder after `step` of them is due; undefined when none ever is. */
export function nextReminderAge(step: number, thresholds: readonly number[]): number | undefined {
  const sorted = usable(thresholds);
  const last = sorted.at(-1);
  if (last === undefined) return undefined;
  return sorted[step] ?? last * (step - sorted.length + 2);
}

/** When the next reminder of what has stood since `since` is due, both in milliseconds since 1970; undefined when none ever is. */
export function nextReminderAt(since: number, now: number, thresholds: readonly number[]): number | undefined {
  const age = nextReminderAge(reminderStep(now - since, thresholds), thresholds);
  return age === undefined ? undefined : since + age;
}

/** The age at which this many reminders had been earned; 0 for none. */
export function ageOfStep(step: number, thresholds: readonly number[]): number {
  return step <= 0 ? 0 : nextReminderAge(step - 1, thresholds) ?? 0;
}

/** A threshold of nothing would remind without end. */
function usable(thresholds: readonly number[]): readonly number[] {
  return thresholds.filter((threshold) => threshold > 0).sort((a, b) => a - b);
}
