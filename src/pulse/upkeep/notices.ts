import { localDay } from "../../base/local_time.ts";
import { budgetNow } from "../../cost/store.ts";
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
  if (ctx.profile.config.maxDailyMicros === undefined) return;
  const budget = budgetNow(ctx, now);
  if (budget.level !== "over") return;
  const message = budget.problem === undefined
    ? "today's budget (max_daily_usd) is used up: no worker starts until tomorrow, or until the limit is raised"
    : `the cost ledger cannot be read, so no worker starts: ${budget.problem}`;
  const { fresh } = must(
    await raise(ctx, { source: "budget", key: `budget ${localDay(now)}`, once: true, message }),
  );
  if (fresh) log.write({ level: "warn", event: "budget.over", msg: message });
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
