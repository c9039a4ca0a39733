import { join } from "node:path";
import { ok } from "../base/result.ts";
import { ioFailure, type Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { FILES, generationDir } from "./layout.ts";
import { type LogHead, logHeadSchema, type SessionRef } from "./schema.ts";

/** What is kept of a terminal's output. Offsets count all bytes ever shown, also those that are no longer kept. */
export interface Log {
  readonly path: string;
  /** The first offset that is kept, and the one after the last. */
  readonly head: number;
  readonly end: number;
  /** The offset at which the file begins: 0 where blocks can be given back without moving the rest. */
  readonly base: number;
  /** What sets a terminal up as it was at `head`. */
  readonly modes: string;
}

/** How far back `tail` looks for line ends: output without any must not be read whole. */
const TAIL_MAX = 16 * 1024 * 1024;
const BLOCK = 64 * 1024;

/** The file of a generation's log. */
export function logPath(ctx: Context, ref: SessionRef): string {
  return join(generationDir(ctx.profile.paths, ref), FILES.log);
}

/** The log of a generation as it is now. */
export function openLog(ctx: Context, ref: SessionRef): Result<Log> {
  const dir = generationDir(ctx.profile.paths, ref);
  const path = logPath(ctx, ref);
  const stamp = ctx.os.files.stat(path);
  if (!stamp.ok) return ioFailure(`read the log of "${ref.id}"`, stamp.failure);
  const head = readHead(ctx, dir);
  const base = typeof head?.base === "number" ? head.base : 0;
  const end = base + stamp.value.size;
  return ok({ path, head: Math.min(head?.head ?? 0, end), end, base, modes: head?.modes ?? "" });
}

function readHead(ctx: Context, dir: string): (LogHead & { readonly base?: unknown }) | undefined {
  const text = ctx.os.files.readListed(join(dir, FILES.logHead));
  if (text === undefined) return undefined;
  try {
    const parsed = logHeadSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Up to `maxBytes` of the log from an offset on; from the first kept one when that is later. */
export function readLog(
  ctx: Context,
  log: Log,
  from: number,
  maxBytes: number,
): Result<{ readonly bytes: Uint8Array; readonly offset: number }> {
  const offset = Math.max(from, log.head);
  if (offset >= log.end) return ok({ bytes: new Uint8Array(), offset: Math.min(offset, log.end) });
  const read = ctx.os.files.readFrom(log.path, offset - log.base, Math.min(maxBytes, log.end - offset));
  return read.ok ? ok({ bytes: read.value, offset }) : ioFailure(`read ${log.path}`, read.failure);
}

/** The offset at which the last `lines` lines begin; the newline at the very end ends a line, it does not start one. */
export function tailOffset(ctx: Context, log: Log, lines: number): Result<number> {
  if (lines <= 0) return ok(log.end);
  const stop = Math.max(log.head, log.end - TAIL_MAX);
  let found = 0;
  for (let end = log.end; end > stop;) {
    const start = Math.max(stop, end - BLOCK);
    const block = readLog(ctx, log, start, end - start);
    if (!block.ok) return block;
    const { bytes } = block.value;
    for (let i = bytes.length - 1; i >= 0; i--) {
      if (bytes[i] !== 0x0a || start + i === log.end - 1) continue;
      if (++found === lines) return ok(start + i + 1);
    }
    end = start;
  }
  return ok(stop);
}

/** The offset from which on everything was shown after `since` (milliseconds since 1970): at least that, as looks are seconds apart. */
export function offsetSince(ctx: Context, ref: SessionRef, since: number): number {
  const text = ctx.os.files.readListed(join(generationDir(ctx.profile.paths, ref), TIMES)) ?? "";
  let offset = 0;
  for (const line of text.split("\n")) {
    const [ts, at] = line.split(" ").map(Number);
    if (ts === undefined || at === undefined || !(ts < since)) break;
    offset = at;
  }
  return offset;
}

/** Lines `<ms since 1970> <offset>`, appended by the pulse when the log has grown. */
export const TIMES = "times";

/** Notes that the log had grown to this offset by now, so that `since` can find its place. Display may miss it. */
export function noteTime(ctx: Context, ref: SessionRef, at: { readonly now: number; readonly offset: number }): void {
  ctx.os.files.append(join(generationDir(ctx.profile.paths, ref), TIMES), `${at.now} ${at.offset}\n`);
}
