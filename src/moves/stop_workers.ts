import { ok } from "../base/result.ts";
import { ioFailure, type Result } from "../failure.ts";
import { actorWord } from "../journal/format.ts";
import { orphanAsks } from "../mailbox/lifecycle.ts";
import type { Actor, Context } from "../profile/profile.ts";
import { GRACE_MS, killSessions } from "../sessions/kill.ts";
import { allGenerations } from "../sessions/prune.ts";
import { isAlive } from "../sessions/schema.ts";

/** What stopping the fleet saw. */
export interface FleetStop {
  readonly stopped: readonly string[];
  /** Workers of which processes are left; without a number where none can be told to be theirs. */
  readonly left: readonly { readonly id: string; readonly pids: readonly number[] }[];
}

/**
 * Ends all workers together, also what is left of those that have ended and those that are just being started; their asks are left
 * orphaned, to be answered and taken up by a later generation.
 */
export async function stopAllWorkers(ctx: Context, actor: Actor): Promise<Result<FleetStop>> {
  const listed = ctx.os.files.list(ctx.profile.paths.sessions);
  // What cannot be seen is not stopped.
  if (!listed.ok && listed.failure.code !== "absent") return ioFailure("stop the workers", listed.failure);
  const refs = allGenerations(ctx);
  if (refs.length === 0) return ok({ stopped: [], left: [] });
  const ended = await killSessions(ctx, refs, { by: actorWord(actor), why: "kill", graceMs: GRACE_MS });
  if (!ended.ok) return ended;
  const stopped = new Set(ended.value.filter(({ killed }) => killed).map(({ id }) => id));
  const left = ended.value.filter(({ left, state }) => left.length > 0 || isAlive(state)).map(({ id, left }) => ({
    id,
    pids: left,
  }));
  for (const { id } of left) stopped.delete(id);
  for (const id of [...stopped, ...left.map(({ id }) => id)]) {
    const orphaned = await orphanAsks(ctx, id);
    if (!orphaned.ok) return orphaned;
  }
  return ok({ stopped: [...stopped], left });
}
