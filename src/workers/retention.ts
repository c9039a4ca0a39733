import { join } from "node:path";
import type { Context } from "../profile/profile.ts";
import { allGenerations, bury, endedAt, forgetId, isBuriable, sweepDebris, sweepUnstarted } from "../sessions/prune.ts";
import type { SessionRef } from "../sessions/schema.ts";
import { generationsOf } from "../sessions/read.ts";
import { promptFileOf } from "./process.ts";
import { listRecords, readRecord, recordPath } from "./store.ts";
import { verifyOwed } from "./verify.ts";
import { listWorkers } from "./views.ts";

/** A generation that is over and of which no process is left. */
export interface Prunable extends SessionRef {
  /** Its check has not run yet: it stays, because its verdict would be shown nowhere. */
  readonly owesCheck: boolean;
}

/** Sessions that are over and of which no process is left. */
export async function prunable(ctx: Context): Promise<readonly Prunable[]> {
  const owing = await owingChecks(ctx);
  const found: Prunable[] = [];
  for (const ref of allGenerations(ctx)) {
    if (await isBuriable(ctx, ref)) found.push({ ...ref, owesCheck: owing(ref) });
  }
  return found;
}

/** Tells the generations whose check the pulse, or the next one, is yet to run: what never began and what was started anew has none. */
async function owingChecks(ctx: Context): Promise<(ref: SessionRef) => boolean> {
  const owed = verifyOwed(await listWorkers(ctx, ctx.os.clock.now()));
  return (ref) => owed.some(({ id, generation }) => id === ref.id && generation === ref.generation);
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
  const owing = await owingChecks(ctx);
  for (const ref of allGenerations(ctx)) {
    const ended = endedAt(ctx, ref);
    // A worker whose question is still open keeps its record, so that whoever answers sees who asked.
    if (ended === undefined || options.now - ended < options.ttlMs || options.asking.has(ref.id)) continue;
    // The first beat of a pulse that was away for long finds both due: the check comes first.
    if (owing(ref)) continue;
    if (await isBuriable(ctx, ref) && await forgetWorker(ctx, ref)) gone.push(ref.id);
  }
  await sweepUnstarted(ctx, allGenerations(ctx));
  await sweepDebris(ctx);
  for (const { id } of listRecords(ctx)) if (generationsOf(ctx, id).length === 0) await forgetRecord(ctx, id);
  sweepPrompts(ctx, options.now);
  return gone;
}

/** Long enough for any start to have written its record. */
const PROMPT_MS = 3_600_000;

/** Removes prompts of which no record speaks: of starts that were cut off, and of earlier lives of an id that was started again. */
function sweepPrompts(ctx: Context, now: number): void {
  const { prompts, workers } = ctx.profile.paths;
  const listed = ctx.os.files.list(prompts);
  const records = ctx.os.files.list(workers);
  if (!listed.ok || !records.ok) return;
  // Every record must be known: one that cannot be read may be the one that speaks of it.
  const known = records.value.map(({ name }) => readRecord(ctx, name.replace(/\.json$/, "")));
  if (known.some((record) => !record.ok)) return;
  const spoken = new Set(known.map((record) => record.ok && record.value && promptFileOf(ctx, record.value)));
  for (const { name } of listed.value) {
    const path = join(prompts, name);
    const stamp = ctx.os.files.stat(path);
    if (!/-[0-9a-f]{8}\.md$/.test(name) || spoken.has(path) || !stamp.ok) continue;
    if (now - stamp.value.mtimeMs >= PROMPT_MS) ctx.os.files.remove(path);
  }
}
