import { basename, join } from "node:path";
import { fail, ioFailure, type Result } from "../failure.ts";
import { parsedJson } from "../base/json.ts";
import { no, ok, type Outcome } from "../base/result.ts";
import { redact } from "../base/redact.ts";
import type { OsFailure } from "../os/sys.ts";
import { isGone, readEntry, stem, withDirLock } from "../os/guarded_files.ts";
import type { Context } from "../profile/profile.ts";
import { versionOf } from "../profile/records.ts";
import { counterSchema, type Notice, noticeSchema, type NoticeView } from "./schema.ts";

/** The version that this program writes, and the newest that it reads. */
const VERSION = 1;

/** The longest message that is kept, in UTF-8 bytes; a longer one is cut, and says so at its end. */
export const MESSAGE_MAX_BYTES = 8192;

/** What a notice is raised with. */
export interface NoticeEntry {
  readonly source: string;
  readonly message: string;
  /** While a notice of this key is open, the same one is not raised again. */
  readonly key?: string | undefined;
  /** Not even after it was acknowledged: once per key, as long as it is kept. */
  readonly once?: boolean | undefined;
}

/** What raising gave: the notice, and whether it is a new one. */
export interface Raised {
  readonly notice: Notice;
  readonly fresh: boolean;
}

/**
 * The notices that nobody has acknowledged, by number; one that cannot be used is there with its `problem`. The cost depends on what is
 * open: acknowledged ones lie elsewhere.
 */
export function openNotices(ctx: Context): readonly NoticeView[] {
  return readNotices(ctx, ctx.profile.paths.notices).filter((notice) => notice.acked === undefined);
}

/** The acknowledged ones that are still kept, by number. */
export function ackedNotices(ctx: Context): readonly NoticeView[] {
  return readNotices(ctx, ackedDir(ctx));
}

/** Raises a notice, or finds the open one of the same key; either way the notice. See `raise`. */
export async function raiseNotice(ctx: Context, entry: NoticeEntry): Promise<Result<Notice>> {
  const raised = await raise(ctx, entry);
  return raised.ok ? ok(raised.value.notice) : raised;
}

/**
 * Raises a notice under the next number, redacted and capped. The counter is written before the notice: a crash between the two
 * skips a number, and none is ever given twice.
 */
export async function raise(ctx: Context, entry: NoticeEntry): Promise<Result<Raised>> {
  const { os, profile } = ctx;
  const thing = "raise a notice";
  const made = os.files.makeDir(profile.paths.notices);
  if (!made.ok) return ioFailure(thing, made.failure);
  const done = await withDirLock(os, profile.paths.notices, (): Outcome<Raised, OsFailure> => {
    const known = entry.key === undefined ? undefined : knownByKey(ctx, entry.key, entry.once === true);
    if (known !== undefined) return ok({ notice: known, fresh: false });
    const number = nextNumber(ctx);
    if (!number.ok) return number;
    const notice: Notice = {
      v: 1,
      n: number.value,
      ts: os.clock.now(),
      source: entry.source,
      message: capped(redact(entry.message.slice(0, MESSAGE_MAX_BYTES * 4))),
      ...(entry.key === undefined ? {} : { key: entry.key }),
    };
    const written = os.files.publish(noticePath(ctx, notice.n), json(notice));
    return written.ok ? ok({ notice, fresh: true }) : written;
  });
  if (!done.ok) return ioFailure(thing, done.failure);
  return done.value.ok ? done.value : ioFailure(thing, done.value.failure);
}

/**
 * Acknowledges notices by number, or all open ones. Answers the numbers that were open. A number that never was is `not_found`;
 * one acknowledged before is nothing to do. The acknowledged file is written before the open one goes: a crash between shows it once more.
 * What cannot be read is put beside the acknowledged ones as it is; what a later looop wrote is its own to acknowledge.
 */
export async function ackNotices(
  ctx: Context,
  which: readonly number[] | "all",
): Promise<Result<readonly number[]>> {
  const { os, profile } = ctx;
  const thing = which === "all" ? "acknowledge the notices" : `acknowledge notice ${which.join(", ")}`;
  const open = new Map(openNotices(ctx).map((notice) => [notice.n, notice]));
  if (which !== "all") {
    const known = new Set(ackedNotices(ctx).map((notice) => notice.n));
    const missing = which.find((n) => !open.has(n) && !known.has(n) && n > lastNumber(ctx));
    if (missing !== undefined) {
      return fail("not_found", `acknowledge notice ${missing}`, "there is no such notice", { hint: "looop notices" });
    }
  }
  const isNewer = (n: number): boolean => open.get(n)?.newer === true;
  const newer = which === "all" ? undefined : which.find(isNewer);
  if (newer !== undefined) return fail("newer", thing, open.get(newer)?.problem ?? "");
  const wanted = which === "all" ? [...open.keys()].filter((n) => !isNewer(n)) : which.filter((n) => open.has(n));
  if (wanted.length === 0) return ok([]);
  const made = os.files.makeDir(ackedDir(ctx));
  if (!made.ok) return ioFailure(thing, made.failure);
  const done = await withDirLock(os, profile.paths.notices, (): Outcome<readonly number[], OsFailure> => {
    const acked: number[] = [];
    for (const n of wanted) {
      const found = os.files.read(noticePath(ctx, n));
      if (found.kind === "absent") continue; // somebody else was first: the same end
      if (found.kind === "unreadable" && found.failure.code !== "not_regular") return no(found.failure);
      const notice = found.kind === "text" ? parseNotice(found.text) : undefined;
      if (notice === undefined) {
        const moved = os.files.rename(noticePath(ctx, n), ackedPath(ctx, n));
        if (!moved.ok) return moved;
        acked.push(n);
        continue;
      }
      const written = os.files.replace(ackedPath(ctx, n), json({ ...notice, acked: os.clock.now() }));
      if (!written.ok) return written;
      const removed = os.files.remove(noticePath(ctx, n));
      if (!removed.ok) return removed;
      acked.push(n);
    }
    return ok(acked);
  });
  if (!done.ok) return ioFailure(thing, done.failure);
  return done.value.ok ? done.value : ioFailure(thing, done.value.failure);
}

/**
 * Changes a notice in place, open or acknowledged meanwhile, under the lock: `change` sees the notice as it is now and answers the
 * new one, or undefined to leave it. Answers what it made of it.
 */
export async function updateNotice(
  ctx: Context,
  n: number,
  change: (notice: Notice) => Notice | undefined,
): Promise<Result<Notice | undefined>> {
  const thing = `mark notice ${n}`;
  const done = await withDirLock(ctx.os, ctx.profile.paths.notices, (): Outcome<Notice | undefined, OsFailure> => {
    for (const path of [noticePath(ctx, n), ackedPath(ctx, n)]) {
      const notice = readNotice(ctx, path);
      if (notice === undefined) continue;
      const next = change(notice);
      if (next === undefined) return ok(undefined);
      const written = ctx.os.files.replace(path, json(next));
      return written.ok ? ok(next) : written;
    }
    return ok(undefined);
  });
  if (!done.ok) return ioFailure(thing, done.failure);
  return done.value.ok ? done.value : ioFailure(thing, done.value.failure);
}

/**
 * Retention: what was acknowledged more than `keep.notices` ago goes into a file of its month beside the others, then loses its own. A crash
 * between leaves it in both, which a reader tells by its number; it is never in neither.
 */
export async function sweepNotices(ctx: Context, now: number): Promise<Result<number>> {
  const { os, profile } = ctx;
  const due = ackedNotices(ctx).filter((notice) => (notice.acked ?? now) + profile.config.keep.noticesMs < now);
  if (due.length === 0) return ok(0);
  const done = await withDirLock(os, profile.paths.notices, (): Outcome<number, OsFailure> => {
    for (const notice of due) {
      const month = new Date(notice.ts).toISOString().slice(0, 7);
      const kept = os.files.append(join(ackedDir(ctx), `${month}.ndjson`), `${JSON.stringify(notice)}\n`, {
        sync: true,
      });
      if (!kept.ok) return kept;
      const removed = os.files.remove(ackedPath(ctx, notice.n));
      if (!removed.ok) return removed;
    }
    return ok(due.length);
  });
  if (!done.ok) return ioFailure("sweep the notices", done.failure);
  return done.value.ok ? done.value : ioFailure("sweep the notices", done.value.failure);
}

function ackedDir(ctx: Context): string {
  return join(ctx.profile.paths.notices, "acked");
}

function noticePath(ctx: Context, n: number): string {
  return join(ctx.profile.paths.notices, `${n}.json`);
}

function ackedPath(ctx: Context, n: number): string {
  return join(ackedDir(ctx), `${n}.json`);
}

function readNotices(ctx: Context, dir: string): readonly NoticeView[] {
  const entries = ctx.os.files.list(dir);
  if (!entries.ok) return [];
  const notices: NoticeView[] = [];
  for (const entry of entries.value) {
    if (entry.kind === "dir" || !/^[1-9][0-9]*\.json$/.test(entry.name)) continue;
    const path = join(dir, entry.name);
    const text = readEntry(ctx.os, dir, entry);
    const notice = parseNotice(text);
    if (notice !== undefined && `${notice.n}.json` === entry.name) notices.push(notice);
    else if (text !== undefined || !isGone(ctx.os, path)) notices.push(damaged(ctx, path, text));
  }
  return notices.sort((a, b) => a.n - b.n);
}

/** Stands for a notice that was raised, and of which no more is known. */
function damaged(ctx: Context, path: string, text: string | undefined): NoticeView {
  const version = versionOf(parsedJson(text));
  const newer = version > VERSION;
  const problem = newer ? `it was written by a newer looop (version ${version})` : "its file is not a notice";
  const stamp = ctx.os.files.stat(path);
  return {
    n: Number(stem(basename(path), ".json")),
    ts: stamp.ok ? stamp.value.mtimeMs : ctx.os.clock.now(),
    source: "looop",
    message: `this notice cannot be read: ${problem}`,
    problem,
    ...(newer && { newer }),
  };
}

function readNotice(ctx: Context, path: string): Notice | undefined {
  const found = ctx.os.files.read(path);
  return found.kind === "text" ? parseNotice(found.text) : undefined;
}

function parseNotice(text: string | undefined): Notice | undefined {
  const parsed = noticeSchema.safeParse(parsedJson(text));
  return parsed.success && (parsed.data.v ?? 1) <= VERSION ? parsed.data : undefined;
}

function knownByKey(ctx: Context, key: string, once: boolean): Notice | undefined {
  const open = openNotices(ctx).find((notice) => notice.key === key);
  return open ?? (once ? ackedNotices(ctx).findLast((notice) => notice.key === key) : undefined);
}

function counterPath(ctx: Context): string {
  return join(ctx.profile.paths.notices, ".counter");
}

/** The highest number known to have been given out: the counter, or what lies there when the counter was lost or is behind. */
function lastNumber(ctx: Context): number {
  const found = ctx.os.files.read(counterPath(ctx));
  const parsed = counterSchema.safeParse(parsedJson(found.kind === "text" ? found.text : undefined));
  return Math.max(parsed.success ? parsed.data.last : 0, ...numbersIn(ctx));
}

function numbersIn(ctx: Context): readonly number[] {
  return [ctx.profile.paths.notices, ackedDir(ctx)].flatMap((dir) => {
    const entries = ctx.os.files.list(dir);
    return entries.ok
      ? entries.value.map((entry) => Number(stem(entry.name, ".json"))).filter(Number.isSafeInteger)
      : [];
  });
}

function nextNumber(ctx: Context): Outcome<number, OsFailure> {
  const next = lastNumber(ctx) + 1;
  const written = ctx.os.files.replace(counterPath(ctx), json({ v: 1, last: next }));
  return written.ok ? ok(next) : written;
}

function capped(message: string): string {
  const bytes = new TextEncoder().encode(message);
  if (bytes.length <= MESSAGE_MAX_BYTES) return message;
  const mark = " … (cut)";
  // A character cut in its middle would decode to a replacement mark: it is left out.
  const head = new TextDecoder().decode(bytes.subarray(0, MESSAGE_MAX_BYTES - 12)).replace(/\uFFFD$/, "");
  return head + mark;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
