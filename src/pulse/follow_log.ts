import { ok } from "../base/result.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { pulseLogPath } from "./log.ts";

/** Which lines of the pulse's log are wanted. */
export interface LogQuery {
  /** The last so many. */
  readonly tail: number;
  /** Only those written within this span before now, in milliseconds. */
  readonly sinceMs?: number | undefined;
  readonly grep?: RegExp | undefined;
  /** Goes on with new lines until `signal`. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/** How much is read at once. */
const CHUNK = 256 * 1024;

/** Beside the file events, a look. */
const LOOK_MS = 1_000;

/**
 * The lines of the pulse's log, oldest first, as they lie there (NDJSON), across one rotation; with `follow` also those to come.
 * Fails when there is no log.
 */
export async function* followPulseLog(ctx: Context, query: LogQuery): AsyncIterable<Result<string>> {
  const { os } = ctx;
  const path = pulseLogPath(ctx);
  let woken = new AbortController();
  const wake = (): void => woken.abort();
  // Armed before the first read, so that no line falls in between.
  const watch = query.follow ? os.watches.open([ctx.profile.paths.pulse], wake) : undefined;
  query.signal.addEventListener("abort", wake, { once: true });
  try {
    const now = os.files.stat(path);
    if (!now.ok && (now.failure.code !== "absent" || !query.follow)) {
      yield now.failure.code === "absent"
        ? fail("not_found", "show the log of the pulse", "it has not run yet", { hint: "looop up" })
        : ioFailure("show the log of the pulse", now.failure);
      return;
    }
    const since = query.sinceMs === undefined ? -Infinity : os.clock.now() - query.sinceMs;
    const wanted = (line: string): boolean => instantOf(line) >= since && (query.grep?.test(line) ?? true);
    let place = { ino: now.ok ? now.value.ino : 0, offset: now.ok ? now.value.size : 0 };
    for (const line of lastLines(ctx, place.offset, { count: query.tail, wanted })) yield ok(line);
    let rest = "";
    while (query.follow && !query.signal.aborted) {
      const read = readOn(ctx, place);
      place = read.place;
      rest += read.text;
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "" && wanted(line)) yield ok(line);
      if (read.text !== "") continue;
      await os.clock.sleep(LOOK_MS, woken.signal);
      woken = new AbortController();
    }
  } finally {
    watch?.close();
    query.signal.removeEventListener("abort", wake);
  }
}

interface Place {
  readonly ino: number;
  readonly offset: number;
}

/** What was written behind `place`. After a rotation first the end of the old file, then the new one from its start. */
function readOn(ctx: Context, place: Place): { readonly text: string; readonly place: Place } {
  const { files } = ctx.os;
  const path = pulseLogPath(ctx);
  const stamp = files.stat(path);
  if (!stamp.ok) return { text: "", place };
  const { ino, size } = stamp.value;
  if (ino === place.ino) {
    const read = size > place.offset ? wholeLines(ctx, path, place.offset) : { text: "", bytes: 0 };
    return { text: read.text, place: { ino, offset: place.offset + read.bytes } };
  }
  const old = files.stat(`${path}.1`);
  const left = old.ok && old.value.ino === place.ino && old.value.size > place.offset
    ? wholeLines(ctx, `${path}.1`, place.offset)
    : { text: "", bytes: 0 };
  return left.bytes > 0
    ? { text: left.text, place: { ino: place.ino, offset: place.offset + left.bytes } }
    : { text: "", place: { ino, offset: 0 } };
}

/** From `offset` on, up to the last newline there: a character or line cut in its middle waits for the next look. */
function wholeLines(ctx: Context, path: string, offset: number): { readonly text: string; readonly bytes: number } {
  const read = ctx.os.files.readFrom(path, offset, CHUNK);
  if (!read.ok) return { text: "", bytes: 0 };
  const end = read.value.lastIndexOf(10) + 1;
  return { text: new TextDecoder().decode(read.value.subarray(0, end)), bytes: end };
}

function lastLines(
  ctx: Context,
  size: number,
  query: { readonly count: number; wanted(line: string): boolean },
): readonly string[] {
  const path = pulseLogPath(ctx);
  const text = textUpTo(ctx, path, size);
  let lines = text.split("\n").filter((line) => line !== "" && query.wanted(line));
  if (lines.length < query.count) {
    const old = ctx.os.files.read(`${path}.1`);
    const older = old.kind === "text" ? old.text.split("\n") : [];
    lines = [...older.filter((line) => line !== "" && query.wanted(line)), ...lines];
  }
  return query.count <= 0 ? [] : lines.slice(-query.count);
}

/** The first `size` bytes: what is there beyond is read on later. */
function textUpTo(ctx: Context, path: string, size: number): string {
  const read = ctx.os.files.readFrom(path, 0, size);
  return read.ok ? new TextDecoder().decode(read.value) : "";
}

/** When a line was written; now for one that does not say. */
function instantOf(line: string): number {
  const at = Date.parse(/"ts":"([^"]+)"/.exec(line)?.[1] ?? "");
  return Number.isNaN(at) ? Infinity : at;
}
