import { ok } from "../base/result.ts";
import { budgetNow } from "../cost/store.ts";
import { fail, type Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { platformOf } from "../sessions/platform.ts";
import { programProblem } from "../workers/programs.ts";
import { INSTALL_HINTS, programOf } from "../workers/runners.ts";

/** What a worker's process will be. */
export interface Life {
  /** The command line, `{{prompt_file}}` still in it. */
  readonly line: string;
  /** Where it starts; it need not be there yet. */
  readonly cwd: string;
  /** What to try when the program is missing and it is not known how to install it. */
  readonly instead: string;
}

/**
 * What every life of a worker needs, the first and any after a restart: money is left today, its program is there, and this machine
 * has terminals. Looks and changes nothing.
 */
export async function checkLife(ctx: Context, thing: string, life: Life): Promise<Result<void>> {
  const program = programOf(life.line);
  const why = program === undefined ? undefined : await programProblem(ctx.os, program, life.cwd);
  if (program !== undefined && why !== undefined) {
    return fail("failed", thing, `${program} ${why}`, { hint: INSTALL_HINTS[program] ?? life.instead });
  }
  const budget = budgetNow(ctx, ctx.os.clock.now());
  if (budget.level === "over") {
    return fail("over_budget", thing, budget.problem ?? "today's budget is used up", {
      hint: "looop cost today; looop config set max_daily_usd <amount>",
    });
  }
  const missing = await platformOf(ctx.os).problem(ctx.os);
  if (missing !== undefined) return fail("failed", thing, missing.state, { hint: missing.hint });
  return ok(undefined);
}
