import { raiseBudgetNotice } from "../../moves/budget.ts";
import { tellInterrupted } from "../../moves/intent.ts";
import { runNotifyHooks, unhandedNotices } from "../../notices/process.ts";
import { raise } from "../../notices/store.ts";
import { type FirstSeen, rootAwayDue } from "../../world/root_away.ts";
import type { UpkeepJob } from "../upkeep.ts";
import { must } from "./said.ts";

/** Gives notices to the scripts of `notify.d/`, each once. */
export async function handOutNotices({ ctx, log }: UpkeepJob): Promise<void> {
  for (const notice of unhandedNotices(ctx)) {
    for (const { hook, message } of await runNotifyHooks(ctx, notice)) {
      const msg = `notify.d/${hook} failed on notice ${notice.n}: ${message}`;
      log.write({ level: "warn", event: "notify.fail", msg, more: { hook, notice: notice.n } });
    }
  }
}

/** One notice for each day on which the limit is reached. */
export async function watchBudget({ ctx, now, log }: UpkeepJob): Promise<void> {
  const raised = must(await raiseBudgetNotice(ctx, now));
  if (raised?.fresh === true) log.write({ level: "warn", event: "budget.over", msg: raised.notice.message });
}

/** Tells of commands that a crash cut off: whoever ran them has to look at what they left. */
export async function tellCutOff({ ctx, now, log }: UpkeepJob): Promise<void> {
  for (const { command } of must(await tellInterrupted(ctx, now))) {
    log.write({ level: "warn", event: "run.cut_off", msg: `a command was cut off: ${command}` });
  }
}

/**
 * Notices a root agent that died overnight: something has asked for somebody for long, and no client waits. One notice for an absence.
 * What was first seen when is remembered for the life of this pulse.
 */
export function makeRootAwayWatch(): (job: UpkeepJob) => Promise<void> {
  const firstSeen: FirstSeen = new Map();
  return async ({ ctx, now, log }) => {
    const away = await rootAwayDue(ctx, now, firstSeen);
    if (away === undefined) return;
    const { key, message } = away;
    const { fresh } = must(await raise(ctx, { source: "root_away", key, once: true, message }));
    if (fresh) log.write({ level: "warn", event: "root.away", msg: message });
  };
}
