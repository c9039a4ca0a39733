import { appendEvent } from "../journal/store.ts";
import type { Notice } from "../notices/schema.ts";
import { type HookFailure, runNotifyHooks, unhandedNotices } from "../notices/process.ts";
import type { Context } from "../profile/profile.ts";

/**
 * Hands every notice that the scripts of `notify.d/` have not had to them, and writes an event for each one that failed. Never fails:
 * the notice itself is there all the same. Done by the pulse after each beat, and by whoever raises a notice while no pulse lives.
 */
export async function handOverNotices(ctx: Context): Promise<readonly HookFailure[]> {
  const failures = await Promise.all(unhandedNotices(ctx).map((notice) => handOver(ctx, notice)));
  return failures.flat();
}

async function handOver(ctx: Context, notice: Notice): Promise<readonly HookFailure[]> {
  const failures = await runNotifyHooks(ctx, notice);
  for (const { hook, message } of failures) {
    await appendEvent(ctx, {
      actor: { kind: "pulse" },
      verb: "notify.hook",
      ids: [String(notice.n)],
      outcome: "failed",
      more: { hook, problem: message },
    });
  }
  return failures;
}
