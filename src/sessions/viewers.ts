import { join } from "node:path";
import { ok } from "../base/result.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
import type { Lock } from "../os/lock.ts";
import type { Context } from "../profile/profile.ts";
import { FILES, generationDir } from "./layout.ts";
import { type SessionRef, type Viewer, viewerSchema } from "./schema.ts";
import { until } from "./until.ts";

/** A viewer that is attached now. */
export interface LiveViewer extends Viewer {
  /** Rises with every viewer: the highest came last. */
  readonly number: number;
}

/** One's own place among the viewers of a session. */
export interface Place {
  readonly number: number;
  /** Says anew how large this viewer's terminal is. */
  update(viewer: Viewer): void;
  leave(): void;
}

/** Somebody else's look at a lock lasts microseconds; more tries than this mean something else. */
const TRIES = 50;

/** The directory in which each viewer of a generation holds a lock for as long as it lives. */
export function viewersDir(ctx: Context, ref: SessionRef): string {
  return join(generationDir(ctx.profile.paths, ref), FILES.viewers);
}

/** Takes a place among the viewers. What dead ones have left is removed first. */
export function joinViewers(ctx: Context, ref: SessionRef, viewer: Viewer): Result<Place> {
  const { files, locks } = ctx.os;
  const dir = viewersDir(ctx, ref);
  const made = files.makeDir(dir);
  if (!made.ok) return ioFailure(`attach to "${ref.id}"`, made.failure);
  for (const number of numbersIn(ctx, dir)) sweep(ctx, dir, number);
  for (let tries = 0; tries < TRIES; tries++) {
    const number = Math.max(0, ...numbersIn(ctx, dir)) + 1;
    const lock = locks.tryAcquire(join(dir, String(number)));
    if (lock === undefined) continue; // another came in this instant, or looks
    if (lock.isCurrent()) return ok(placeOf(ctx, { dir, number, lock, viewer }));
    lock.release(); // swept away between its making and its locking
  }
  return fail("conflict", `attach to "${ref.id}"`, "too many attach to it at once", { hint: "try it again" });
}

function placeOf(
  ctx: Context,
  from: { readonly dir: string; readonly number: number; readonly lock: Lock; readonly viewer: Viewer },
): Place {
  const { dir, number, lock } = from;
  const update = (viewer: Viewer): void => {
    // Another viewer that misses it takes this one for one without a size: nothing breaks.
    ctx.os.files.replace(sizeFile(dir, number), `${JSON.stringify({ v: 1, ...viewer })}\n`, { durability: "none" });
  };
  update(from.viewer);
  return {
    number,
    update,
    leave: () => {
      ctx.os.files.remove(sizeFile(dir, number), { durability: "none" });
      ctx.os.files.remove(join(dir, String(number)), { durability: "none" });
      lock.release();
    },
  };
}

/** Who is attached now, in the order in which they came. */
export function liveViewers(ctx: Context, ref: SessionRef): readonly LiveViewer[] {
  const dir = viewersDir(ctx, ref);
  return numbersIn(ctx, dir).filter((number) => ctx.os.locks.isHeld(join(dir, String(number)))).map((number) => ({
    ...readViewer(ctx, sizeFile(dir, number)),
    number,
  }));
}

/** How long viewers have to leave: all they do is to give their terminal back. */
const LEAVE_MS = 5_000;

/** Tells all viewers of a session to leave and waits until they have. Answers how many that were. */
export async function detachViewers(ctx: Context, ref: SessionRef): Promise<Result<number>> {
  const thing = `detach from "${ref.id}"`;
  const told = liveViewers(ctx, ref).map(({ number }) => number);
  if (told.length === 0) return ok(0);
  const written = ctx.os.files.replace(join(generationDir(ctx.profile.paths, ref), FILES.detach), "");
  if (!written.ok) return ioFailure(thing, written.failure);
  const left = (): number => liveViewers(ctx, ref).filter(({ number }) => told.includes(number)).length;
  const gone = await until(ctx.os, () => left() === 0 ? true : undefined, {
    dirs: [viewersDir(ctx, ref)],
    timeoutMs: LEAVE_MS,
    everyMs: 200,
  });
  if (gone) return ok(told.length);
  return fail("failed", thing, `${left()} of ${told.length} viewers have not left`, {
    hint: "their processes may be stopped",
  });
}

function readViewer(ctx: Context, path: string): Viewer {
  try {
    const parsed = viewerSchema.safeParse(JSON.parse(ctx.os.files.readListed(path) ?? ""));
    if (parsed.success) return parsed.data;
  } catch { /* it is just coming or going */ }
  return { read_only: true };
}

function numbersIn(ctx: Context, dir: string): readonly number[] {
  const listed = ctx.os.files.list(dir);
  if (!listed.ok) return [];
  return listed.value.filter(({ name }) => /^[1-9][0-9]{0,9}$/.test(name)).map(({ name }) => Number(name))
    .sort((a, b) => a - b);
}

/** Only who holds the lock may remove the file: a viewer between making and locking its own notices that it is gone, and takes another. */
function sweep(ctx: Context, dir: string, number: number): void {
  const path = join(dir, String(number));
  const lock = ctx.os.locks.tryAcquire(path);
  if (lock === undefined) return;
  if (lock.isCurrent()) {
    ctx.os.files.remove(sizeFile(dir, number));
    ctx.os.files.remove(path);
  }
  lock.release();
}

function sizeFile(dir: string, number: number): string {
  return join(dir, `${number}.json`);
}
