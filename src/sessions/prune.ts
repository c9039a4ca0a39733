import { join } from "node:path";
import { isId } from "../base/id.ts";
import type { Context } from "../profile/profile.ts";
import { forgetEnd } from "./ends.ts";
import { killSession } from "./kill.ts";
import { NEW_PREFIX, trashName, UNSTARTED_MS, whileNoneStarts } from "./launch.ts";
import { FILES, generationDir, parseEndName, sessionDir } from "./layout.ts";
import { generationsOf, knownGenerations, processesOf, readSession } from "./read.ts";
import { isOver, type SessionRef } from "./schema.ts";

/** What a launcher that died left behind is swept when it is this old. */
const DEBRIS_MS = 3_600_000;

/** Whether a record may go: it is over and nothing of it is left. */
export async function isBuriable(ctx: Context, ref: SessionRef): Promise<boolean> {
  const { state } = await readSession(ctx, ref);
  if (state.kind === "unstarted") return age(ctx, generationDir(ctx.profile.paths, ref)) >= UNSTARTED_MS;
  if (!isOver(state)) return false;
  return (await processesOf(ctx, ref))?.length === 0;
}

/**
 * Removes the record of a generation that is over; with `kill` what is left of it is ended first. False when processes are left: a
 * record is never forgotten before they are. Out of sight in one rename, then deleted: a crash in between leaves trash, not half a record.
 */
export async function bury(ctx: Context, ref: SessionRef, options: { readonly kill: boolean }): Promise<boolean> {
  if (!await isBuriable(ctx, ref)) {
    if (!options.kill) return false;
    const ended = await killSession(ctx, ref, { by: "prune", why: "kill", graceMs: 1_000 });
    if (!ended.ok || ended.value.left.length > 0 || !await isBuriable(ctx, ref)) return false;
  }
  const dir = generationDir(ctx.profile.paths, ref);
  const trash = trashName(ctx, ref);
  if (ctx.os.files.stat(dir).ok && !ctx.os.files.rename(dir, trash).ok) return false;
  forgetEnd(ctx, ref);
  ctx.os.files.removeTree(trash);
  await forgetId(ctx, ref.id);
  return true;
}

/**
 * Removes what is left of an id of which no generation is, and lets `also` remove what others keep of it. Nothing is removed while there
 * is one; no start can come in between.
 */
export async function forgetId(ctx: Context, id: string, also?: () => void): Promise<void> {
  await whileNoneStarts(ctx, () => {
    if (knownGenerations(ctx, id)?.length !== 0) return;
    ctx.os.files.removeTree(sessionDir(ctx.profile.paths, id));
    also?.();
  });
}

/** Every generation on disk, by id and number. */
export function allGenerations(ctx: Context): readonly SessionRef[] {
  const listed = ctx.os.files.list(ctx.profile.paths.sessions);
  if (!listed.ok) return [];
  const ids = listed.value.filter(({ name, kind }) => kind === "dir" && isId(name)).map(({ name }) => name);
  return ids.flatMap((id) => generationsOf(ctx, id).map((generation) => ({ id, generation })));
}

/** When a generation ended, as far as its files tell: the last time its directory changed. Milliseconds since 1970. */
export function endedAt(ctx: Context, ref: SessionRef): number | undefined {
  const stamp = ctx.os.files.stat(generationDir(ctx.profile.paths, ref));
  return stamp.ok ? stamp.value.mtimeMs : undefined;
}

/** Sweeps what launches and burials that were cut off left behind. */
export async function sweepDebris(ctx: Context): Promise<void> {
  const { sessions, ends } = ctx.profile.paths;
  const listed = ctx.os.files.list(sessions);
  if (!listed.ok) return;
  for (const { name } of listed.value) {
    const path = join(sessions, name);
    if (name.startsWith(".trash-") || (name.startsWith(NEW_PREFIX) && age(ctx, path) > DEBRIS_MS)) {
      ctx.os.files.removeTree(path);
    }
    if (isId(name) && generationsOf(ctx, name).length === 0) await forgetId(ctx, name);
  }
  const markers = ctx.os.files.list(ends);
  for (const { name } of markers.ok ? markers.value : []) {
    const marker = parseEndName(name);
    if (marker !== undefined && isGone(ctx, generationDir(ctx.profile.paths, marker))) {
      ctx.os.files.remove(join(ends, name));
    }
  }
}

function isGone(ctx: Context, path: string): boolean {
  const stamp = ctx.os.files.stat(path);
  return !stamp.ok && stamp.failure.code === "absent";
}

/** Takes claims without a process away, whose launcher died. */
export async function sweepUnstarted(ctx: Context, refs: readonly SessionRef[]): Promise<void> {
  for (const ref of refs) {
    const dir = generationDir(ctx.profile.paths, ref);
    if (ctx.os.files.stat(join(dir, FILES.sup)).ok || age(ctx, dir) < UNSTARTED_MS) continue;
    await bury(ctx, ref, { kill: false });
  }
}

function age(ctx: Context, path: string): number {
  const stamp = ctx.os.files.stat(path);
  return stamp.ok ? Math.max(0, ctx.os.clock.now() - stamp.value.mtimeMs) : Infinity;
}
