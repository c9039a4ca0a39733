import { run } from "./bench.ts";
import { type Figure, median } from "./figure.ts";

/** What a start costs without us: the measure of the machine on which all the rest was measured. */
export const emptyStart: Figure = {
  name: "empty-start",
  title: "cold start of an empty program (for comparison)",
  unit: "ms",
  measure: async (bench) => {
    await run(bench.empty, []);
    const values: number[] = [];
    for (let i = 0; i < bench.runs; i++) values.push((await run(bench.empty, [])).ms);
    return { values, from: `${bench.runs} starts, ${median(values).toFixed(1)} ms each` };
  },
};
