/**
 * How often an ask that has stood open since `ts` should have been brought back to mind by `now`: 0 before the first of the `steps`
 * (ages in milliseconds, rising), then one more at each, and once more at every further length of the last one (daily, as it is set by
 * default). A clock that was set back gives a smaller number: whoever keeps one only lets it rise.
 */
export function reminderStep(ts: number, now: number, steps: readonly number[]): number {
  const age = now - ts;
  const passed = steps.filter((step) => age >= step).length;
  const last = steps.at(-1);
  if (last === undefined || last <= 0 || passed < steps.length) return passed;
  return steps.length + Math.floor((age - last) / last);
}

/** When the step after the present one begins, in milliseconds since 1970; undefined when there are no steps. */
export function nextReminder(ts: number, now: number, steps: readonly number[]): number | undefined {
  const last = steps.at(-1);
  if (last === undefined || last <= 0) return undefined;
  const next = steps.find((step) => now - ts < step);
  if (next !== undefined) return ts + next;
  return ts + last + last * (Math.floor((now - ts - last) / last) + 1);
}
