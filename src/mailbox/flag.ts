import { ok } from "../base/result.ts";
import type { Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { raiseAsk } from "./raise.ts";
import { withdrawAsk } from "./resolve.ts";
import { openAsks } from "./store.ts";

/**
 * Raises a flag for a worker: an ask that nobody waits on. It takes the place of the one before, which is withdrawn afterwards, so that a
 * crash in between leaves two and never none. The same words again are the same flag.
 */
export async function raiseFlag(
  ctx: Context,
  flag: { readonly worker: string; readonly message: string; readonly actor: string },
): Promise<Result<{ readonly id: string; readonly fresh: boolean; readonly lowered: readonly string[] }>> {
  const raised = await raiseAsk(ctx, { worker: flag.worker, kind: "flag", prompt: flag.message });
  if (!raised.ok) return raised;
  const { id, fresh } = raised.value;
  const lowered = await lowerFlags(ctx, { ...flag, except: id, reason: "another flag took its place" });
  return lowered.ok ? ok({ id, fresh, lowered: lowered.value }) : lowered;
}

/** Withdraws the open flags of a worker; answers which. None open is fine. */
export async function lowerFlags(
  ctx: Context,
  what: { readonly worker: string; readonly actor: string; readonly reason: string; readonly except?: string },
): Promise<Result<readonly string[]>> {
  const lowered: string[] = [];
  for (const { id, ask, answer } of openAsks(ctx, ctx.os.clock.now())) {
    if (ask?.kind !== "flag" || ask.worker !== what.worker || answer !== undefined || id === what.except) continue;
    const withdrawn = await withdrawAsk(ctx, { id, reason: what.reason, actor: what.actor });
    if (withdrawn.ok) lowered.push(id);
    else if (withdrawn.failure.kind !== "conflict") return withdrawn;
  }
  return ok(lowered);
}
