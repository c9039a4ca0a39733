import { ok } from "../base/result.ts";
import type { Result } from "../failure.ts";
import { actorWord } from "../journal/format.ts";
import { orphanAsks } from "../mailbox/lifecycle.ts";
import type { Actor, Context } from "../profile/profile.ts";
import { GRACE_MS, killSessions } from "../sessions/kill.ts";
import { readSessions } from "../sessions/read.ts";
import { isOver, type SessionRef } from "../sessions/schema.ts";
import { listRecords } from "../workers/store.ts";

/** What stopping the fleet saw. */
export interface FleetStop {
  readonly stopped: readonly string[];
  /** Workers of which processes are left. */
  readonly left: readonly { readonly id: string; readonly pids: readonly number[] }[];
}

/** Ends all workers together; their asks are left orphaned, to be answered and taken up by a later generation. */
export async function stopAllWorkers(ctx: Context, actor: Actor): Promise<Result<FleetStop>> {
  const views = await readSessions(ctx, listRecords(ctx).map(({ id, generation }) => ({ id, generation })));
  const refs: SessionRef[] = views
    .filter(({ state }) => !isOver(state) && state.kind !== "unstarted")
    .map(({ id, generation }) => ({ id, generation }));
  if (refs.length === 0) return ok({ stopped: [], left: [] });
  const ended = await killSessions(ctx, refs, { by: actorWord(actor), why: "kill", graceMs: GRACE_MS });
  if (!ended.ok) return ended;
  for (const { id } of refs) {
    const orphaned = await orphanAsks(ctx, id);
    if (!orphaned.ok) return orphaned;
  }
  return ok({
    stopped: ended.value.filter(({ left }) => left.length === 0).map(({ id }) => id),
    left: ended.value.filter(({ left }) => left.length > 0).map(({ id, left }) => ({ id, pids: left })),
  });
}
