import { ok } from "../base/result.ts";
import { localDay } from "../base/local_time.ts";
import type { Result } from "../failure.ts";
import { formatUsd } from "../cost/format.ts";
import { budgetNow } from "../cost/store.ts";
import { raise, type Raised } from "../notices/store.ts";
import type { Context } from "../profile/profile.ts";

/**
 * Upkeep: when today's spend has reached `max_daily_usd` a notice is raised, once that day, also when it is acknowledged meanwhile. Undefined:
 * nothing to say.
 */
export async function raiseBudgetNotice(ctx: Context, now: number): Promise<Result<Raised | undefined>> {
  if (ctx.profile.config.maxDailyMicros === undefined) return ok(undefined);
  const budget = budgetNow(ctx, now);
  if (budget.level !== "over" || budget.limitMicros === undefined) return ok(undefined);
  const message = budget.problem === undefined
    ? `${formatUsd(budget.spentMicros)} of ${
      formatUsd(budget.limitMicros)
    } are spent today: no worker starts before midnight, ` +
      "or before max_daily_usd is raised"
    : `what was spent today cannot be read, so no worker starts: ${budget.problem}`;
  return await raise(ctx, { source: "budget", message, key: `budget-${localDay(now)}`, once: true });
}
