import { type ArgsOf, ratioToEmpty } from "./bench.ts";
import type { Figure } from "./figure.ts";

/** A start of looop to its end, on a new profile, over the start of an empty program. `argsOf` is told which run it is. */
export function coldStart(name: string, line: string, argsOf: ArgsOf = () => line.split(" ")): Figure {
  return {
    name,
    title: `cold start of \`looop ${line}\`, over an empty program`,
    unit: "×",
    most: 1.3,
    ofExecutable: true,
    measure: async (bench) => await ratioToEmpty(bench, await bench.profile(), argsOf),
  };
}
