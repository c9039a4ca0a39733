import type { Figure } from "./figure.ts";

/** How much the executable weighs, over an empty one. */
export const executableSize: Figure = {
  name: "executable-size",
  title: "size of the executable, over an empty one",
  unit: "×",
  most: 1.1,
  ofExecutable: true,
  measure: async ({ program, empty, executable }) => {
    const [ours, bare] = await Promise.all([program, empty].map(async ({ path }) => (await Deno.stat(path)).size));
    if (!executable || ours === undefined || bare === undefined) return { values: [1], from: "a checkout has none" };
    return {
      values: [ours / bare],
      from: `${(ours / 2 ** 20).toFixed(1)} MiB over ${(bare / 2 ** 20).toFixed(1)} MiB`,
    };
  },
};
