import type { Bench } from "./bench.ts";

/** One thing that is measured, and what it should reach. */
export interface Figure {
  /** The word for it on the command line. */
  readonly name: string;
  /** What it is, as the table says it. */
  readonly title: string;
  /** Unit of the samples: `×` for ratios to something measured in the same run. */
  readonly unit: string;
  /** The median should not be above this; left out where there is nothing to reach. */
  readonly most?: number;
  /** `most` is asked of the executable only; a checkout is measured for comparison. */
  readonly ofExecutable?: boolean;
  measure(bench: Bench): Promise<Samples>;
}

/** What a figure came to. */
export interface Samples {
  /** In the unit of the figure, at least one. */
  readonly values: readonly number[];
  /** What they are made of, in a few words: `28 ms over 22 ms`. */
  readonly from: string;
}

/** The value in the middle (of an even number the upper of the two). Fails for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("Nothing was measured");
  return middle;
}
