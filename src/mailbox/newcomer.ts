import { dirname, join } from "node:path";
import { ok } from "../base/result.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { ARCHIVE_NAME, deskDir } from "./layout.ts";

/** Where a worker's asks are counted. */
export function askCounterPath(ctx: Context, worker: string): string {
  return join(deskDir(ctx.profile.paths, worker), "ask.counter");
}

/**
 * What has to be known before an id asks that has no counter: the highest number that it has in the archive (0: none), since its desk
 * may have been lost and no ask id is ever used twice. A conflict when another id differs from it only in case. Reads whole archives: for
 * the first ask of an id alone.
 */
export function newcomer(ctx: Context, worker: string, thing: string): Result<number> {
  if (ctx.os.files.stat(askCounterPath(ctx, worker)).ok) return ok(0);
  const twin = twinOf(ctx, worker, thing);
  if (!twin.ok) return twin;
  if (twin.value !== undefined) {
    return fail("conflict", thing, `there is "${twin.value}", and ids may not differ only in case`, {
      hint: `ask as ${twin.value}, or take another id`,
    });
  }
  return highestArchived(ctx, worker, thing);
}

/** The id that has asked before, or is a worker's, and that differs from this one only in case; undefined when there is none. */
export function twinOf(ctx: Context, id: string, thing: string): Result<string | undefined> {
  const { files } = ctx.os;
  const { workers } = ctx.profile.paths;
  const lower = id.toLowerCase();
  const differs = (other: string): boolean => other !== id && other.toLowerCase() === lower;
  for (const dir of [dirname(deskDir(ctx.profile.paths, id)), workers]) {
    const listed = files.list(dir);
    if (!listed.ok && listed.failure.code !== "absent") return ioFailure(thing, listed.failure);
    const names = listed.ok ? listed.value.map(({ name }) => dir === workers ? name.replace(/\.json$/, "") : name) : [];
    // A desk is there as soon as somebody tried; only who asked is known by its counter.
    const twin = names.find((name) => differs(name) && (dir === workers || files.stat(askCounterPath(ctx, name)).ok));
    if (twin !== undefined) return ok(twin);
  }
  return ok(undefined);
}

/** Looks for the ids as they are written: cheap beside reading each line, and a number too many does no harm. */
function highestArchived(ctx: Context, worker: string, thing: string): Result<number> {
  const { mailbox } = ctx.profile.paths;
  const listed = ctx.os.files.list(mailbox);
  if (!listed.ok) return listed.failure.code === "absent" ? ok(0) : ioFailure(thing, listed.failure);
  const written = new RegExp(`"id":"${worker.replaceAll(".", "\\.")}-([1-9][0-9]{0,14})"`, "g");
  let highest = 0;
  for (const { name } of listed.value) {
    if (!ARCHIVE_NAME.test(name)) continue;
    const read = ctx.os.files.read(join(mailbox, name));
    if (read.kind === "unreadable") return ioFailure(thing, read.failure);
    for (const [, n] of read.kind === "text" ? read.text.matchAll(written) : []) highest = Math.max(highest, Number(n));
  }
  return ok(highest);
}
