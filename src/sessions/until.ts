import type { Os } from "../os/os.ts";

/** How to wait. */
export interface UntilOptions {
  /** Directories whose events mean "look again". */
  readonly dirs: readonly string[];
  /** Gives up after this long; for ever when left out. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The slow look that stands behind the events. */
  readonly everyMs?: number | undefined;
  /** Another source of wake-ups: resolves once, when there may be something to see. */
  readonly also?: Promise<void> | undefined;
  /** When the next look is due by the clock, in milliseconds from now; asked after each look that found nothing. */
  readonly nextMs?: (() => number | undefined) | undefined;
}

/**
 * Looks until `look` gives a value: the watch is armed before the first look, every event leads to another, and a slow timer stands
 * behind for when the file system tells nothing. Undefined on timeout or abort.
 */
export async function until<T>(
  os: Os,
  look: () => T | undefined | Promise<T | undefined>,
  options: UntilOptions,
): Promise<T | undefined> {
  const end = options.timeoutMs === undefined ? Infinity : os.clock.ticks() + options.timeoutMs;
  let bell = newBell();
  const watch = os.watches.open(options.dirs, () => bell.ring());
  options.also?.then(() => bell.ring());
  const onAbort = (): void => bell.ring();
  options.signal?.addEventListener("abort", onAbort);
  try {
    while (true) {
      bell = newBell();
      const found = await look();
      if (found !== undefined) return found;
      const left = end - os.clock.ticks();
      if (left <= 0 || options.signal?.aborted) return undefined;
      const nap = Math.min(left, options.everyMs ?? 1000, options.nextMs?.() ?? Infinity);
      await os.clock.sleep(Math.max(1, nap), bell.signal);
    }
  } finally {
    options.signal?.removeEventListener("abort", onAbort);
    watch.close();
  }
}

/** A bell that was rung stays rung: an event between two looks is not lost. */
function newBell(): { readonly signal: AbortSignal; ring(): void } {
  const controller = new AbortController();
  return { signal: controller.signal, ring: () => controller.abort() };
}
