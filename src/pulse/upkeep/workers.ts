import { sentence } from "../../failure.ts";
import type { WorkerView } from "../../workers/schema.ts";
import { runVerify, verifyOwed } from "../../workers/verify.ts";
import { nameOf } from "./sessions.ts";
import type { UpkeepJob } from "../upkeep.ts";

/** So many checks of ended workers run at once; the rest follow. */
const VERIFY_AT_ONCE = 4;

/**
 * Makes the step that runs the checks that ended workers owe. Each beat adds what has come to be owed since: a check that hangs until
 * its deadline holds up nobody but those for whom there is no place. What is under way is known here, and what is done by the record.
 */
export function makeVerifying(): (job: UpkeepJob) => Promise<void> {
  const known = new Set<string>();
  const waiting: WorkerView[] = [];
  let underWay = 0;
  return async (job) => {
    for (const worker of verifyOwed(job.workers)) {
      if (known.has(nameOf(worker))) continue;
      known.add(nameOf(worker));
      waiting.push(worker);
    }
    const places = Math.min(waiting.length, VERIFY_AT_ONCE - underWay);
    await Promise.all(Array.from({ length: Math.max(0, places) }, () => work(job)));
  };

  async function work(job: UpkeepJob): Promise<void> {
    underWay++;
    try {
      while (!job.signal.aborted) {
        const worker = waiting.shift();
        if (worker === undefined) return;
        try {
          await verify(job, worker);
        } finally {
          known.delete(nameOf(worker));
        }
      }
    } finally {
      underWay--;
    }
  }
}

async function verify({ ctx, log }: UpkeepJob, worker: WorkerView): Promise<void> {
  const { id } = worker;
  const verdict = await runVerify(ctx, worker);
  if (!verdict.ok) {
    // Told here: a beat that finds nothing more to run would call it settled.
    const msg = sentence(verdict.failure);
    log.trouble(`verify ${id}`, { level: "error", event: "worker.verify", msg, more: { worker: id } });
    return;
  }
  log.settled(`verify ${id}`);
  if (verdict.value === undefined) return;
  const msg = `the check of worker ${id} says ${verdict.value}`;
  log.write({ level: verdict.value === "pass" ? "ok" : "warn", event: "worker.verify", msg, more: { worker: id } });
}
