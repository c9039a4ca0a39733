/** Changes that keep coming are collected for this long in all. Milliseconds. */
const LONGEST_MS = 1_000;

/** Changes that are being collected. Instants are monotonic milliseconds. */
export interface Burst {
  readonly since: number;
  readonly lastChange: number;
  /** What the changes are: another mark is another change. */
  readonly mark: string;
  /** Nothing had been given for a while when it began. */
  readonly afterQuiet: boolean;
}

/** The burst after another look; none while there is nothing to tell. */
export function nextBurst(
  burst: Burst | undefined,
  seen: { readonly mark: string; readonly ticks: number; readonly afterQuiet: boolean },
): Burst | undefined {
  const { mark, ticks, afterQuiet } = seen;
  if (mark === "") return undefined;
  if (burst === undefined) return { since: ticks, lastChange: ticks, mark, afterQuiet };
  return burst.mark === mark ? burst : { ...burst, mark, lastChange: ticks };
}

/**
 * How long to go on collecting: the first change after a quiet time is told at once, and so is anything urgent; further ones rest
 * until nothing new has come for `settleMs`, and never longer than a second.
 */
export function restOf(
  burst: Burst,
  rule: { readonly ticks: number; readonly settleMs: number; readonly urgent: boolean },
): number {
  if (burst.afterQuiet || rule.urgent) return 0;
  const end = Math.min(burst.lastChange + rule.settleMs, burst.since + LONGEST_MS);
  return Math.max(0, end - rule.ticks);
}
