import { ratioToEmpty } from "./bench.ts";
import type { Figure } from "./figure.ts";

/** A start of looop to its end, on a new profile, over the start of an empty program. */
export function coldStart(name: string, args: readonly string[], most: number): Figure {
  return {
    name,
    title: `cold start of \`looop ${args.join(" ")}\`, over an empty program`,
    unit: "×",
    most,
    ofExecutable: true,
    measure: async (bench) => await ratioToEmpty(bench, await bench.profile(), args),
  };
}
