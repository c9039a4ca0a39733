import type { Clock } from "../os/clock.ts";

/** A rest that anything may cut short. */
export interface Waker {
  /** Ends the rest, or the next one when nobody rests now. `why` is told to whoever rested. */
  poke(why: string): void;
  /** Rests for `ms` at most; answers why it ended: the pokes, or nothing when the time was up. */
  rest(ms: number): Promise<readonly string[]>;
}

/** A suspended machine, or a clock that was set, is noticed within this. */
const LOOK_MS = 15_000;

/** Wall time and monotonic time may drift apart by this much in one look. */
const DRIFT_MS = 2_000;

/** More reasons than this are not told apart. */
const REASONS_MAX = 20;

/** Makes a waker. When the wall clock jumps (a set clock, a machine that slept), the rest ends with the reason `clock`. */
export function makeWaker(clock: Clock): Waker {
  let reasons = new Set<string>();
  let resting: AbortController | undefined;
  return { poke, rest };

  function poke(why: string): void {
    if (reasons.size < REASONS_MAX) reasons.add(why);
    resting?.abort();
  }

  async function rest(ms: number): Promise<readonly string[]> {
    const end = clock.ticks() + ms;
    let offset = clock.now() - clock.ticks();
    while (reasons.size === 0) {
      const left = end - clock.ticks();
      if (left <= 0) break;
      resting = new AbortController();
      await clock.sleep(Math.min(left, LOOK_MS), resting.signal);
      resting = undefined;
      const drifted = clock.now() - clock.ticks();
      if (Math.abs(drifted - offset) > DRIFT_MS) poke("clock");
      offset = drifted;
    }
    const told = [...reasons];
    reasons = new Set();
    return told;
  }
}
