import { join } from "node:path";
import type { Profile } from "./bench.ts";
import { type Figure, median } from "./figure.ts";

const ASKS = 1_000;
const WORKERS = 500;
const SENSORS = 200;

/** What each of many items adds to a `_ state`. */
export const stateItems: Figure = {
  name: "state-items",
  title:
    `\`_ state\` with ${ASKS} open asks, ${WORKERS} ended workers, ${SENSORS} readings, an item over an empty profile`,
  unit: "µs",
  most: 30,
  measure: async (bench) => {
    const [few, many] = [await bench.profile(), await bench.profile()];
    fill(many);
    const [bare, full]: [number[], number[]] = [[], []];
    for (const profile of [few, many]) await profile.looop("_", "state", "--json");
    for (let n = 0; n < bench.runs; n++) {
      bare.push((await few.looop("_", "state", "--json")).ms);
      full.push((await many.looop("_", "state", "--json")).ms);
    }
    const items = ASKS + WORKERS + SENSORS;
    return {
      values: full.map((ms, n) => (ms - (bare[n] ?? NaN)) * 1000 / items),
      from: `${median(full).toFixed(1)} ms over ${median(bare).toFixed(1)} ms, ${items} items`,
    };
  },
};

/** The files as looop writes them, without ten thousand starts of it. */
function fill({ dir }: Profile): void {
  const now = Date.now();
  const put = (path: string, value: unknown) => Deno.writeTextFileSync(join(dir, path), `${JSON.stringify(value)}\n`);
  for (let n = 1; n <= ASKS; n++) {
    const worker = `asker-${n % 50}`;
    const id = `${worker}-${n}`;
    const prompt = `Shall change number ${n} be merged now, or wait for the review?`;
    put(`asks/${id}.json`, {
      v: 1,
      id,
      worker,
      kind: "question",
      prompt,
      options: ["merge", "wait"],
      ts: now - n * 1000,
    });
  }
  for (let n = 1; n <= WORKERS; n++) {
    const id = `worker-${n}`;
    put(`workers/${id}.json`, {
      v: 1,
      id,
      generation: 1,
      runner: "sh",
      command: "true",
      cwd: join(dir, "work", id),
      started: now - n * 1000,
    });
    Deno.writeTextFileSync(join(dir, "sessions/.ends", `${id},1,exited,0`), "");
  }
  for (let n = 1; n <= SENSORS; n++) {
    put(`snapshots/sensor-measured-${n}.json`, {
      detail: { at: now, note: "x".repeat(100) },
      signal: { open: n, red: [] },
    });
  }
}
