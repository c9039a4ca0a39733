import { join } from "node:path";
import { parseAskId } from "../base/id.ts";
import { ok } from "../base/result.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { nextNumber, withDesk } from "./desk.ts";
import { deskDir, tellPath, toldDir } from "./layout.ts";
import { idOfName, parseFound, stored } from "./read.ts";
import { idsOf } from "./raise.ts";
import { readingSchema, type Tell, tellSchema } from "./schema.ts";

/** How long a reader has the tells to itself: it prints them and marks them in milliseconds; one that died is waited for no longer. */
export const READING_MS = 2_000;

/** How long a reader stands in line before it says that somebody else reads. */
const READ_PATIENCE_MS = 10_000;

/** A message for a worker. */
export interface TellRequest {
  readonly worker: string;
  readonly text: string;
  /** Who sends it, in a word. */
  readonly by: string;
  /** The flag that it answers: the same flag never tells twice. */
  readonly source?: string | undefined;
}

/**
 * Queues a message: accepted means on disk. Numbers are given out and files appear under the worker's lock, so the order of the numbers
 * is the order in which messages were accepted, and the order in which they are read.
 */
export function queueTell(ctx: Context, request: TellRequest): Promise<Result<Tell>> {
  const { os, profile } = ctx;
  const { worker, text, by, source } = request;
  const thing = `tell "${worker}"`;
  return withDesk(ctx, { worker, thing }, () => {
    const waitingIds = tellIds(ctx, profile.paths.tells, worker, thing);
    if (!waitingIds.ok) return waitingIds;
    const toldIds = tellIds(ctx, toldDir(profile.paths), worker, thing);
    if (!toldIds.ok) return toldIds;
    const [waiting, told] = [waitingIds.value, toldIds.value];
    if (source !== undefined) {
      const before = [
        ...waiting.map((id) => readTell(ctx, tellPath(profile.paths, id))),
        ...told.map((id) => readTell(ctx, join(toldDir(profile.paths), `${id}.json`))),
      ].find((tell) => tell?.source === source);
      if (before !== undefined) return ok(before);
    }
    for (let atLeast = highest([...waiting, ...told]);; atLeast++) {
      const number = nextNumber(ctx, { worker, kind: "tell", thing, atLeast });
      if (!number.ok) return number;
      const id = `${worker}-${number.value}`;
      const tell: Tell = {
        v: 1,
        id,
        worker,
        text,
        by,
        ...(source === undefined ? {} : { source }),
        ts: os.clock.now(),
      };
      const published = os.files.publish(tellPath(profile.paths, id), stored(tell));
      if (!published.ok) return ioFailure(thing, published.failure);
      if (published.value === "published") return ok(tell);
    }
  });
}

function highest(ids: readonly string[]): number {
  return ids.reduce((most, id) => Math.max(most, parseAskId(id)?.n ?? 0), 0);
}

/** The messages in a directory, by number. A directory that is not there is empty; one that cannot be read is not. */
function tellIds(ctx: Context, dir: string, worker: string, thing: string): Result<readonly string[]> {
  const listed = ctx.os.files.list(dir);
  if (!listed.ok) return listed.failure.code === "absent" ? ok([]) : ioFailure(thing, listed.failure);
  return ok(idsOf(listed.value.flatMap(({ name }) => idOfName(name) ?? []), worker));
}

function readTell(ctx: Context, path: string): Tell | undefined {
  const found = parseFound(tellSchema, ctx.os.files.read(path));
  return found.kind === "present" ? found.value : undefined;
}

/** Messages that one reader was given, to print and then to mark. */
export interface TellBatch {
  readonly worker: string;
  readonly nonce: string;
  readonly tells: readonly Tell[];
  /** Messages whose files cannot be read: said, and left where they lie. */
  readonly problems: readonly string[];
}

/**
 * The messages that this worker has not read, in order, and for a moment nobody else's to read. `finishTells` marks them once they are
 * printed; without it they are given again, with the same ids. With `wait` false, an empty batch while somebody else reads.
 */
export async function readTells(
  ctx: Context,
  worker: string,
  options: { readonly wait: boolean },
): Promise<Result<TellBatch>> {
  const { os, profile } = ctx;
  const none: TellBatch = { worker, nonce: "", tells: [], problems: [] };
  const thing = `read the messages to "${worker}"`;
  const end = os.clock.ticks() + READ_PATIENCE_MS;
  for (;;) {
    // Nothing there is by far the usual case: one listing, no lock, nothing written.
    const ids = tellIds(ctx, profile.paths.tells, worker, thing);
    if (!ids.ok) return ids;
    if (ids.value.length === 0) return ok(none);
    const taken = await withDesk(ctx, { worker, thing }, () => takeTells(ctx, worker, thing));
    if (!taken.ok) return taken;
    if (taken.value.kind === "batch") return ok(taken.value.batch);
    if (!options.wait) return ok(none);
    if (os.clock.ticks() >= end) {
      return fail("conflict", thing, "another process is reading them", {
        hint: "run it again",
      });
    }
    await os.clock.sleep(Math.min(taken.value.ms, 100));
  }
}

type Taken = { readonly kind: "batch"; readonly batch: TellBatch } | { readonly kind: "wait"; readonly ms: number };

function takeTells(ctx: Context, worker: string, thing: string): Result<Taken> {
  const { os, profile } = ctx;
  const now = os.clock.now();
  const reading = parseFound(readingSchema, os.files.read(readingPath(ctx, worker)));
  if (reading.kind === "present") {
    const left = reading.value.until - now;
    // A clock that was set back must not make the line endless.
    if (left > 0 && left <= READING_MS) return ok({ kind: "wait", ms: left });
  }
  const tells: Tell[] = [];
  const problems: string[] = [];
  const ids = tellIds(ctx, profile.paths.tells, worker, thing);
  if (!ids.ok) return ids;
  for (const id of ids.value) {
    const found = parseFound(tellSchema, os.files.read(tellPath(profile.paths, id)));
    if (found.kind === "present") tells.push(found.value);
    // It may well be readable in a moment, and what was said after it must not be read before it.
    if (found.kind === "corrupt" && found.transient === true) {
      return fail("unreadable", thing, `message ${id} ${found.problem}`, { hint: "run it again; looop doctor" });
    }
    if (found.kind === "corrupt") problems.push(`message ${id} ${found.problem}`);
  }
  const nonce = crypto.randomUUID();
  if (tells.length > 0) {
    const written = os.files.replace(readingPath(ctx, worker), stored({ nonce, until: now + READING_MS }), {
      durability: "none",
    });
    if (!written.ok) return ioFailure(thing, written.failure);
  }
  return ok({ kind: "batch", batch: { worker, nonce, tells, problems } });
}

function readingPath(ctx: Context, worker: string): string {
  return join(deskDir(ctx.profile.paths, worker), "reading.json");
}

/** Marks messages as read, in order: a crash on the way repeats the rest of them. What was marked by somebody else stays so. */
export function finishTells(ctx: Context, batch: TellBatch): Promise<Result<void>> {
  if (batch.tells.length === 0) return Promise.resolve(ok(undefined));
  const thing = `mark the messages to "${batch.worker}" as read`;
  return withDesk(ctx, { worker: batch.worker, thing }, () => {
    const moved = moveToTold(ctx, batch.tells.map(({ id }) => id), thing);
    if (!moved.ok) return moved;
    const path = readingPath(ctx, batch.worker);
    const reading = parseFound(readingSchema, ctx.os.files.read(path));
    if (reading.kind !== "present" || reading.value.nonce === batch.nonce) ctx.os.files.remove(path);
    return ok(undefined);
  });
}

function moveToTold(ctx: Context, ids: readonly string[], thing: string): Result<void> {
  const { os, profile } = ctx;
  const made = os.files.makeDir(toldDir(profile.paths));
  if (!made.ok) return ioFailure(thing, made.failure);
  for (const id of ids) {
    const moved = os.files.rename(tellPath(profile.paths, id), join(toldDir(profile.paths), `${id}.json`));
    if (!moved.ok && moved.failure.code !== "absent") return ioFailure(thing, moved.failure);
  }
  return ok(undefined);
}

/** A worker's life is over: what it has not read goes where read messages lie, so that no later worker of that id is given it. */
export async function clearTells(ctx: Context, worker: string): Promise<Result<void>> {
  const { tells } = ctx.profile.paths;
  const thing = `clear the messages to "${worker}"`;
  const ids = tellIds(ctx, tells, worker, thing);
  if (!ids.ok || ids.value.length === 0) return ids.ok ? ok(undefined) : ids;
  return await withDesk(ctx, { worker, thing }, () => {
    const now = tellIds(ctx, tells, worker, thing);
    return now.ok ? moveToTold(ctx, now.value, thing) : now;
  });
}

/** How many messages a worker has not read; none when that cannot be told, since this is for showing. */
export function waitingTells(ctx: Context, worker: string): number {
  const ids = tellIds(ctx, ctx.profile.paths.tells, worker, "count messages");
  return ids.ok ? ids.value.length : 0;
}

/** Removes read messages that are older than config `keep.tells`. Answers how many; never fails: what stays is tried again. */
export function pruneTells(ctx: Context, now: number): number {
  const { os, profile } = ctx;
  const dir = toldDir(profile.paths);
  const listed = os.files.list(dir);
  if (!listed.ok) return 0;
  let removed = 0;
  for (const { name } of listed.value) {
    const stamp = os.files.stat(join(dir, name));
    if (!stamp.ok || now - stamp.value.mtimeMs <= profile.config.keep.tellsMs) continue;
    if (os.files.remove(join(dir, name)).ok) removed++;
  }
  return removed;
}
