import type { Context } from "../profile/profile.ts";
import { allGenerations, bury, endedAt, forgetId, isBuriable, sweepDebris, sweepUnstarted } from "../sessions/prune.ts";
import type { SessionRef } from "../sessions/schema.ts";
import { generationsOf } from "../sessions/read.ts";
import { promptFileOf } from "./process.ts";
import { listRecords, readRecord, recordPath } from "./store.ts";

/** Sessions that are over and of which no process is left. */
export async function prunable(ctx: Context): Promise<readonly SessionRef[]> {
  const refs: SessionRef[] = [];
  for (const ref of allGenerations(ctx)) if (await isBuriable(ctx, ref)) refs.push(ref);
  return refs;
}

/**
 * Removes what is kept of an ended generation: terminal first, then, when it was the last one of its worker, record and prompt. A crash in
 * between leaves a record without a terminal, which reads as unstarted and goes the next time. False when processes are left.
 */
export async function forgetWorker(ctx: Context, ref: SessionRef): Promise<boolean> {
  if (!await bury(ctx, ref, { kill: false })) return false;
  await forgetRecord(ctx, ref.id);
  return true;
}

/** Removes prompt and record, in this order, of a worker of which no generation is left. */
async function forgetRecord(ctx: Context, id: string): Promise<void> {
  await forgetId(ctx, id, () => {
    const record = readRecord(ctx, id);
    if (!record.ok || record.value === undefined) return;
    ctx.os.files.remove(promptFileOf(ctx, record.value));
    ctx.os.files.remove(recordPath(ctx, id));
  });
}

/** Upkeep: ended workers whose time is over go, and what cut-off launches and burials left. Answers the ids that went. */
export async function retainWorkers(
  ctx: Context,
  options: { readonly now: number; readonly ttlMs: number; readonly asking: ReadonlySet<string> },
): Promise<readonly string[]> {
  const gone: string[] = [];
  for (const ref of allGenerations(ctx)) {
    const ended = endedAt(ctx, ref);
    // A worker whose question is still open keeps its record, so that whoever answers sees who asked.
    if (ended === undefined || options.now - ended < options.ttlMs || options.asking.has(ref.id)) continue;
    if (await isBuriable(ctx, ref) && await forgetWorker(ctx, ref)) gone.push(ref.id);
  }
  await sweepUnstarted(ctx, allGenerations(ctx));
  await sweepDebris(ctx);
  for (const { id } of listRecords(ctx)) if (generationsOf(ctx, id).length === 0) await forgetRecord(ctx, id);
  return gone;
}
