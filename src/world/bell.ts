import type { Clock } from "../os/clock.ts";

/** Something that can be rung while somebody waits for it, or before. */
export interface Bell {
  ring(): void;
  /** Resolves once it has been rung since the last wait, after `ms`, or when `signal` aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** A bell. It remembers that it was rung, not how often: what is looked at afterwards is the state, not the events. */
export function makeBell(clock: Clock): Bell {
  let rung = false;
  let wake: AbortController | undefined;
  return {
    ring: () => {
      rung = true;
      wake?.abort();
    },
    wait: async (ms, signal) => {
      if (!rung && !signal.aborted) {
        wake = new AbortController();
        const stop = () => wake?.abort();
        signal.addEventListener("abort", stop, { once: true });
        await clock.sleep(ms, wake.signal);
        signal.removeEventListener("abort", stop);
        wake = undefined;
      }
      rung = false;
    },
  };
}
