import { join } from "node:path";
import { costLine } from "../../src/cost/format.ts";
import type { Figure } from "./figure.ts";

const LINES = 1_000_000;

/** A ledger of two years by fifty workers, summed by the verb as one types it, its start included. */
export const costReport: Figure = {
  name: "cost-report",
  title: "cost report over 1 000 000 lines of the ledger",
  unit: "s",
  most: 1,
  measure: async (bench) => {
    const profile = await bench.profile();
    await writeLedger(join(profile.dir, "cost.jsonl"));
    const values: number[] = [];
    for (let n = 0; n < Math.min(5, bench.runs); n++) {
      const { ms, stdout } = await profile.looop("cost", "all", "--json");
      const { calls } = JSON.parse(stdout);
      if (calls !== LINES) throw new Error(`${calls} of ${LINES} lines were counted`);
      values.push(ms / 1000);
    }
    return { values, from: "looop cost all --json, from the call to its end" };
  },
};

async function writeLedger(path: string): Promise<void> {
  const end = Date.now();
  const file = await Deno.open(path, { write: true, create: true, truncate: true, mode: 0o600 });
  const writer = file.writable.getWriter();
  for (let from = 0; from < LINES; from += 10_000) {
    let text = "";
    for (let n = from; n < from + 10_000; n++) {
      const id = `worker-${n % 50}`;
      const ts = end - (LINES - n) * 60_000;
      text += `${costLine({ ts, micros: n, kind: "session", id, runner: "claude", model: "opus", tokens: n })}\n`;
    }
    await writer.write(new TextEncoder().encode(text));
  }
  await writer.close();
}
