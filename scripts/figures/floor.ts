import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { bundle } from "../bundle.ts";
import { executableOf, type Program, run, startsOverEmpty } from "./bench.ts";
import type { Figure } from "./figure.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What a start of the executable takes before it has done anything: the code that the verbs of agents share, loaded and left. */
export const loadFloor: Figure = floor(
  "load-floor",
  "an executable that loads the code of `_ state`, `_ ask` and `_ wait` and ends, over an empty one (for comparison)",
  async (room) => {
    await bundle({ root: ROOT, outdir: room, commit: "" });
    const main = await Deno.readTextFile(join(room, "main.js"));
    const chunks = [...main.matchAll(/(?:from|import)"(\.\/[^"]+)"/g)].map(([, path]) => `import "${path}";\n`);
    if (chunks.length === 0) throw new Error("the bundle has no chunk");
    return await executableOf(room, chunks.join(""), "load-floor");
  },
);

/** What the disk takes of a wait that tells at once: it writes down what it offers, and that it was printed, and each has to be whole. */
export const diskFloor: Figure = floor(
  "disk-floor",
  "an executable that replaces a file twice, each time with fsync, over an empty one (for comparison)",
  (room) =>
    executableOf(
      room,
      `for (const n of [1, 2]) {
  const file = Deno.openSync(${JSON.stringify(join(room, "new"))}, { write: true, create: true });
  file.writeSync(new Uint8Array(1000));
  file.syncSync();
  file.close();
  Deno.renameSync(${JSON.stringify(join(room, "new"))}, ${JSON.stringify(join(room, "file"))});
}
`,
      "disk-floor",
    ),
);

function floor(name: string, title: string, make: (room: string) => Promise<Program>): Figure {
  return {
    name,
    title: `cold start of ${title}`,
    unit: "×",
    ofExecutable: true,
    measure: async (bench) => {
      if (!bench.executable) return { values: [1], from: "a checkout has none" };
      const program = await make(await bench.room());
      return await startsOverEmpty(bench, () => run(program, []));
    },
  };
}
