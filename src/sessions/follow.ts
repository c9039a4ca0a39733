import type { Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import type { Context } from "../profile/profile.ts";
import { offsetSince, openLog, readLog, tailOffset } from "./log.ts";
import { generationDir } from "./layout.ts";
import { mayShowMore } from "./more.ts";
import type { SessionRef } from "./schema.ts";
import { safeEnd } from "./strip.ts";
import { until } from "./until.ts";

/** A piece of a session's output, cut where no character and no escape sequence is split. */
export interface Piece {
  readonly id: string;
  readonly bytes: Uint8Array;
  /** The offset behind its last byte: where a next reader goes on. */
  readonly offset: number;
  /** The session has ended and nothing will follow. */
  readonly done: boolean;
}

/** Where to begin and how long to go on. */
export interface FollowOptions {
  readonly tail?: number | undefined;
  /** Milliseconds since 1970: what was shown from then on. */
  readonly since?: number | undefined;
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

const BLOCK = 1024 * 1024;

/** A busy terminal is read in gulps: an event for every few bytes would cost more than the bytes. */
const GULP_MS = 20;

/** The output of a session from where the options say, and with `follow` what comes, until it has ended and all was given. */
export async function* followLog(ctx: Context, ref: SessionRef, options: FollowOptions): AsyncIterable<Result<Piece>> {
  const begin = beginOf(ctx, ref, options);
  if (!begin.ok) return yield begin;
  let at = begin.value;
  while (!options.signal.aborted) {
    // The state first: what was written before the end was seen is then surely read.
    const over = !(await mayShowMore(ctx, ref));
    const log = openLog(ctx, ref);
    if (!log.ok) return yield log;
    const last = over || !options.follow;
    while (at < log.value.end) {
      const block = readLog(ctx, log.value, at, BLOCK);
      if (!block.ok) return yield block;
      const { bytes, offset } = block.value;
      const whole = offset + bytes.length < log.value.end || !last;
      const cut = whole ? safeEnd(bytes) : bytes.length;
      if (cut === 0) break;
      at = offset + cut;
      yield ok({ id: ref.id, bytes: bytes.subarray(0, cut), offset: at, done: over && at >= log.value.end });
    }
    if (last) return;
    await ctx.os.clock.sleep(GULP_MS, options.signal);
    await grown(ctx, ref, at, options.signal);
  }
}

function beginOf(ctx: Context, ref: SessionRef, options: FollowOptions): Result<number> {
  const log = openLog(ctx, ref);
  if (!log.ok) return log;
  const since = options.since === undefined
    ? log.value.head
    : Math.max(log.value.head, offsetSince(ctx, ref, options.since));
  if (options.tail === undefined) return ok(since);
  const tail = tailOffset(ctx, log.value, options.tail);
  return tail.ok ? ok(Math.max(since, tail.value)) : tail;
}

async function grown(ctx: Context, ref: SessionRef, at: number, signal: AbortSignal): Promise<void> {
  await until(ctx.os, async () => {
    const log = openLog(ctx, ref);
    if (!log.ok || log.value.end > at) return true;
    return await mayShowMore(ctx, ref) ? undefined : true;
  }, { dirs: [generationDir(ctx.profile.paths, ref), ctx.profile.paths.ends], signal, everyMs: 1_000 });
}
