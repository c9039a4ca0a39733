import { basename, dirname, join } from "node:path";
import { ioFailure, type Result } from "../failure.ts";
import { kindWords } from "../os/files.ts";
import { ok, type Outcome } from "../base/result.ts";
import { localDay, localDayBounds } from "../base/local_time.ts";
import type { OsFailure } from "../os/sys.ts";
import { withFileLock } from "../os/guarded_files.ts";
import type { Context } from "../profile/profile.ts";
import { type CostEntry, costLine } from "./format.ts";
import { type Tally, tally } from "./scan.ts";
import type { Budget } from "./schema.ts";

/** How much of the ledger is read at once when it is read from its end. */
const BLOCK = 65_536;

/** How much is read at once when all of it is read. */
const LARGE_BLOCK = 1 << 20;

/** Share of the limit from which the budget is near. */
const NEAR = 0.8;

/**
 * Appends one line to the ledger, in one write under its lock: never torn, never mixed with another, never
 * glued to a line that a power cut left without its newline.
 */
export async function appendCost(ctx: Context, entry: CostEntry): Promise<Result<void>> {
  const { files } = ctx.os;
  const path = ctx.profile.paths.cost;
  const written = await withFileLock(ctx.os, path, () => {
    const last = files.readTail(path, 1);
    const torn = last.ok && last.value.bytes.length === 1 && last.value.bytes[0] !== 0x0a;
    return files.append(path, `${torn ? "\n" : ""}${costLine(entry)}\n`);
  });
  return written.ok ? ok(undefined) : ioFailure("write the cost ledger", written.failure);
}

/** Makes an empty ledger when there is none: a sandbox can be given a file to write only while it is there. */
export function ensureLedger(ctx: Context): Result<void> {
  const made = ctx.os.files.publish(ctx.profile.paths.cost, "");
  return made.ok ? ok(undefined) : ioFailure("make the cost ledger", made.failure);
}

/**
 * What the local day of `now` has cost so far, in micro-dollars. Read from the end of the ledger backwards, to the first block
 * that has lines but none of today (single lines may stand out of order: several processes write, and clocks are set).
 */
export function todayMicros(ctx: Context, now: number): Result<number> {
  const sum = settled(ctx, () => {
    const today = tally(localDayBounds(now));
    const files = [...segments(ctx), ctx.profile.paths.cost];
    for (const path of files.reverse()) {
      const more = feedBackwards(ctx, path, today);
      if (!more.ok) return more;
      if (!more.value) break;
    }
    return ok(today);
  });
  return sum.ok ? ok(sum.value.micros) : ioFailure("read the cost ledger", sum.failure);
}

/**
 * Where today's spend stands against `max_daily_usd`. A ledger that cannot be read counts as used up when there is a limit
 * (a gate fails closed) and says so in `problem`.
 */
export function budgetNow(ctx: Context, now: number): Budget {
  const limitMicros = ctx.profile.config.maxDailyMicros;
  const spent = todayMicros(ctx, now);
  if (!spent.ok) {
    const level = limitMicros === undefined ? "none" : "over";
    return { spentMicros: 0, limitMicros, level, problem: spent.failure.state };
  }
  return { spentMicros: spent.value, limitMicros, level: levelOf(spent.value, limitMicros) };
}

function levelOf(spent: number, limit: number | undefined): Budget["level"] {
  if (limit === undefined) return "none";
  if (spent >= limit) return "over";
  return spent >= limit * NEAR ? "near" : "under";
}

/** The tally of the whole ledger, or of one local day of it. */
export function tallyLedger(ctx: Context, window?: { readonly start: number; readonly end: number }): Result<Tally> {
  const all = settled(ctx, () => {
    const sum = tally(window);
    for (const path of [...segments(ctx), ctx.profile.paths.cost]) {
      const read = feedForwards(ctx, path, sum);
      if (!read.ok) return read;
    }
    return ok(sum);
  });
  return all.ok ? all : ioFailure("read the cost ledger", all.failure);
}

/**
 * Upkeep: when the ledger begins in a past month, it becomes the segment `cost-YYYY-MM.jsonl` of that month by one rename (`-2`, `-3` when
 * the name is taken) and the next append begins a new ledger. Lines are never copied, so that no crash can count one twice; a few lines of
 * the new month may lie in the segment of the old one, where readers look for them: it is the lines' own time that counts. Answers whether it did so.
 */
export async function rollUpCost(ctx: Context, now: number): Promise<Result<boolean>> {
  const { os, profile } = ctx;
  const { cost } = profile.paths;
  const month = firstMonth(ctx);
  if (month === undefined || month >= localDay(now).slice(0, 7)) return ok(false);
  const done = await withFileLock(os, cost, (): Outcome<boolean, OsFailure> => {
    if (firstMonth(ctx) !== month) return ok(false); // another pulse, or a person, was first
    for (let n = 1;; n++) {
      const path = join(dirname(cost), n === 1 ? `cost-${month}.jsonl` : `cost-${month}-${n}.jsonl`);
      const taken = os.files.stat(path);
      if (taken.ok) continue;
      if (taken.failure.code !== "absent") return taken; // only an absence that is proven is one
      const renamed = os.files.rename(cost, path);
      return renamed.ok ? ok(true) : renamed;
    }
  });
  if (done.ok && done.value) ensureLedger(ctx); // not worth a failure: the next append makes one, too
  return done.ok ? done : ioFailure("roll up the cost ledger", done.failure);
}

/** The local month of the first line that is a cost, as far as the first block shows one. */
function firstMonth(ctx: Context): string | undefined {
  const head = ctx.os.files.readFrom(ctx.profile.paths.cost, 0, BLOCK);
  if (!head.ok) return undefined;
  const lines = new TextDecoder().decode(head.value).split("\n");
  for (const line of lines.slice(0, 100)) {
    const one = tally();
    one.feed(line);
    const day = one.groups()[0]?.day;
    if (day !== undefined) return day.slice(0, 7);
  }
  return undefined;
}

/** The segments of past months, oldest first. */
function segments(ctx: Context): readonly string[] {
  const dir = dirname(ctx.profile.paths.cost);
  const entries = ctx.os.files.list(dir);
  if (!entries.ok) return [];
  const named: { readonly path: string; readonly key: string }[] = [];
  for (const { name } of entries.value) {
    const match = /^cost-([0-9]{4}-[0-9]{2})(?:-([0-9]{1,6}))?\.jsonl$/.exec(name);
    if (match !== null) named.push({ path: join(dir, name), key: `${match[1]}-${(match[2] ?? "1").padStart(6, "0")}` });
  }
  return named.sort((a, b) => a.key < b.key ? -1 : 1).map((segment) => segment.path);
}

/** Reads again when the ledger became a segment meanwhile: its lines would be counted twice, or not at all. */
function settled<T>(ctx: Context, read: () => Outcome<T, OsFailure>): Outcome<T, OsFailure> {
  for (let tries = 1;; tries++) {
    const before = inode(ctx);
    const value = read();
    // From absent to present is the first append: those lines are new, nothing moved.
    if (before === undefined || before === inode(ctx) || tries === 3) return value;
  }
}

function inode(ctx: Context): number | undefined {
  const stamp = ctx.os.files.stat(ctx.profile.paths.cost);
  return stamp.ok ? stamp.value.ino : undefined;
}

/** Feeds a file block by block from its end; false once a block shows that the rest is older. */
function feedBackwards(ctx: Context, path: string, today: Tally): Outcome<boolean, OsFailure> {
  const stamp = ctx.os.files.stat(path);
  if (!stamp.ok) return stamp.failure.code === "absent" ? ok(true) : stamp;
  if (stamp.value.kind !== "file") return notRegular(path, kindWords(stamp.value.kind));
  let later: Uint8Array = new Uint8Array(); // the part of a line whose beginning lies in the block before
  for (let end = stamp.value.size; end > 0;) {
    const start = Math.max(0, end - BLOCK);
    const read = ctx.os.files.readFrom(path, start, end - start);
    if (!read.ok) return read;
    const block = joined(read.value.subarray(0, end - start), later);
    const firstBreak = start === 0 ? -1 : block.indexOf(0x0a);
    const noLine = start !== 0 && firstBreak < 0;
    later = noLine ? block : block.slice(0, firstBreak + 1);
    if (!noLine && firstBreak + 1 < block.length) {
      const inside = today.feed(new TextDecoder().decode(block.subarray(firstBreak + 1)));
      if (inside === 0) return ok(false);
    }
    end = start;
  }
  return ok(true);
}

function feedForwards(ctx: Context, path: string, sum: Tally): Outcome<void, OsFailure> {
  const stamp = ctx.os.files.stat(path);
  if (!stamp.ok) return stamp.failure.code === "absent" ? ok(undefined) : stamp;
  if (stamp.value.kind !== "file") return notRegular(path, kindWords(stamp.value.kind));
  const decoder = new TextDecoder();
  let rest: Uint8Array = new Uint8Array();
  for (let at = 0;;) {
    const read = ctx.os.files.readFrom(path, at, LARGE_BLOCK);
    if (!read.ok) return read;
    if (read.value.length === 0) break;
    at += read.value.length;
    const block = rest.length === 0 ? read.value : joined(rest, read.value);
    const lastBreak = block.lastIndexOf(0x0a);
    sum.feed(decoder.decode(block.subarray(0, lastBreak + 1)));
    rest = block.slice(lastBreak + 1);
  }
  sum.feed(decoder.decode(rest));
  return ok(undefined);
}

function notRegular(path: string, what: string): { readonly ok: false; readonly failure: OsFailure } {
  const message = `${basename(path)} is ${what}, not a regular file`;
  return { ok: false, failure: { code: "not_regular", path, message } };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (second.length === 0) return first;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
