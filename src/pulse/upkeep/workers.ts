import { sentence } from "../../failure.ts";
import { runVerify, verifyOwed } from "../../workers/verify.ts";
import type { UpkeepJob } from "../upkeep.ts";

/** So many checks of ended workers run at once; the rest follow. */
const VERIFY_AT_ONCE = 4;

/** Runs the checks that ended workers owe. */
export async function verifyWorkers({ ctx, workers, log, signal }: UpkeepJob): Promise<void> {
  const owed = [...verifyOwed(workers)];
  const failures: string[] = [];
  async function work(): Promise<void> {
    for (let worker = owed.shift(); worker !== undefined && !signal.aborted; worker = owed.shift()) {
      const { id } = worker;
      const verdict = await runVerify(ctx, worker);
      if (!verdict.ok) {
        failures.push(sentence(verdict.failure));
        continue;
      }
      if (verdict.value === undefined) continue;
      const msg = `the check of worker ${id} says ${verdict.value}`;
      log.write({ level: verdict.value === "pass" ? "ok" : "warn", event: "worker.verify", msg, more: { worker: id } });
    }
  }
  await Promise.all(Array.from({ length: VERIFY_AT_ONCE }, work));
  if (failures.length > 0) throw new Error(failures.join("; "));
}
