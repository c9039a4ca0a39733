/** So many runs in a row with another signal each time are marked. */
export const FLAPPING_AT = 5;

/** A streak grows no further, so that a sensor that came to rest loses its mark after a few quiet runs. */
const STREAK_MAX = 8;

/** The streak after a run. A quiet run takes one off instead of ending it: one that only pauses now and then is caught too. */
export function nextStreak(streak: number, before: string | undefined, after: string): number {
  if (before === undefined) return 0; // a first sighting is not a change
  return before === after ? Math.max(0, streak - 1) : Math.min(STREAK_MAX, streak + 1);
}

/** Whether a sensor with this streak is marked as flapping. */
export function isFlapping(streak: number): boolean {
  return streak >= FLAPPING_AT;
}
