import { sentence } from "../../failure.ts";
import { rollUpCost } from "../../cost/store.ts";
import { pruneTells } from "../../mailbox/tells.ts";
import { sweepNotices } from "../../notices/store.ts";
import { sweepTemps } from "./sweep_temps.ts";
import type { UpkeepJob } from "../upkeep.ts";

/** Retention: archive before delete, each noun by its own rule. One that fails does not keep the next from its turn. */
export async function retain({ ctx, now, log }: UpkeepJob): Promise<void> {
  const failures: string[] = [];
  for (const outcome of [await sweepNotices(ctx, now), await rollUpCost(ctx, now)]) {
    if (!outcome.ok) failures.push(sentence(outcome.failure));
  }
  pruneTells(ctx, now);
  const temps = sweepTemps(ctx, now);
  if (temps > 0) {
    log.write({ level: "info", event: "temps.swept", msg: `${temps} files that a crash had left were removed` });
  }
  if (failures.length > 0) throw new Error(failures.join("; "));
}
