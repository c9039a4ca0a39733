/** Time, in one place: nobody else reads a clock or sets a timer. */
export interface Clock {
  /** Wall time, milliseconds since 1970. It may jump both ways. */
  now(): number;
  /** Monotonic milliseconds, for spans: never jumps. */
  ticks(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. Any length: long ones are re-armed hourly. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** `setTimeout` beyond 2³¹ ms fires at once; an hour is far below, and a suspended machine is noticed within it. */
const LONGEST_TIMER_MS = 3_600_000;

/** The machine's clock. */
export function realClock(): Clock {
  return { now: Date.now, ticks: () => performance.now(), sleep };
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  const end = performance.now() + ms;
  do {
    if (signal?.aborted) return;
    await nap(Math.min(LONGEST_TIMER_MS, Math.max(0, end - performance.now())), signal);
  } while (performance.now() < end);
}

function nap(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    }
  });
}
