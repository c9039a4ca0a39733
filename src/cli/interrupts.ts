import type { Clock } from "../os/clock.ts";
import type { Processes } from "../os/processes.ts";

/** What SIGINT, SIGTERM and SIGHUP do to a verb. */
export interface Interrupts {
  /** Aborted by the first one. */
  readonly signal: AbortSignal;
  /** The value of `work`; undefined when a second signal came, or when `work` went on for too long after the first. */
  unlessForced<T>(work: Promise<T>): Promise<T | undefined>;
  /** Back to the signals' own effects. */
  stop(): void;
}

/** A verb that was asked to leave and stays longer than this is left behind (kill's grace is 5 s; `down` needs it and more). */
const PATIENCE_MS = 20_000;

/** Listens until `stop`. */
export function listenForInterrupts(processes: Processes, clock: Clock): Interrupts {
  const asked = new AbortController();
  const forced = new AbortController();
  const stop = processes.onSignal(["SIGINT", "SIGTERM", "SIGHUP"], () => {
    if (asked.signal.aborted) {
      forced.abort();
      return;
    }
    asked.abort();
    void clock.sleep(PATIENCE_MS, forced.signal).then(() => forced.abort());
  });
  return {
    signal: asked.signal,
    unlessForced: (work) => Promise.race([work, aborted(forced.signal)]),
    stop,
  };
}

/** For a verb that answers signals itself. */
export function leftToTheVerb(): Interrupts {
  return { signal: new AbortController().signal, unlessForced: (work) => work, stop: () => {} };
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(undefined), { once: true }));
}
