/** What decides when a sensor runs next. Spans are milliseconds and come from a clock that never jumps. */
export interface SensorDueFacts {
  readonly name: string;
  /** Its cadence. */
  readonly intervalMs: number;
  /** Since its last run was started; undefined: it never ran, or who knows when (a last run in the future). */
  readonly sinceRunMs: number | undefined;
  /** Its script is not the version that ran last. */
  readonly changed: boolean;
  /** How long its script has stood still. */
  readonly stillMs: number;
  /** A run is under way. */
  readonly running: boolean;
  /** Its reading lies there. */
  readonly published: boolean;
}

/** A script that is being written must not be run half: it has to stand still this long. */
export const SETTLE_MS = 500;

/** How soon a reading that somebody removed, or that could not be written, is measured again. */
const REPUBLISH_MS = 5_000;

/** In how many milliseconds a sensor is due: 0 is now, Infinity is not before its present run has ended. */
export function sensorDueIn(facts: SensorDueFacts): number {
  if (facts.running) return Infinity;
  if (facts.changed || facts.sinceRunMs === undefined) return Math.max(0, SETTLE_MS - facts.stillMs);
  const interval = facts.published ? facts.intervalMs : Math.min(REPUBLISH_MS, facts.intervalMs);
  return Math.max(0, interval - facts.sinceRunMs);
}
