import { join } from "node:path";
import { ok } from "../base/result.ts";
import { ioFailure, type Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { noteEvent } from "./events.ts";
import { FILES, generationDir } from "./layout.ts";
import { openLog, readLog } from "./log.ts";
import { modesPrefix, newModes, scanModes } from "./modes.ts";
import { platformOf } from "./platform.ts";
import type { LogHead, SessionRef } from "./schema.ts";
import { latin1 } from "./strip.ts";

/** A log is cut back when it is this much over its size, so that a busy one is not cut at every look. */
const SLACK = 1.125;
const BLOCK = 1024 * 1024;
/**
 * How much is read for the terminal's modes at either end of what goes. Programs switch modes when they begin and around what they draw;
 * a flood that outruns this is cut sooner for it, and the disk is what it threatens.
 */
const SCANNED = 16 * 1024 * 1024;
/** How far beyond the wanted place a line's end is looked for: readers begin there, and should begin with a line. */
const LINE_MAX = 64 * 1024;

/**
 * Keeps the last `maxBytes` of a session's log: gives the blocks before them back to the disk, while the program goes on writing. Offsets
 * stay what they are. The new head is written down first, with what the program has switched its terminal to by then: a crash in
 * between leaves blocks that nobody reads, and the next look gives them back. Answers how many bytes went; 0 where nothing was to do, or where
 * the file system cannot do it.
 */
export async function capLog(ctx: Context, ref: SessionRef, maxBytes: number): Promise<Result<number>> {
  const log = openLog(ctx, ref);
  if (!log.ok) return log;
  const { head, end, base } = log.value;
  if (maxBytes <= 0 || end - head <= maxBytes * SLACK) return ok(0);
  const modes = newModes();
  scanModes(modes, log.value.modes);
  const wanted = end - maxBytes;
  let at = head;
  while (at < wanted) {
    if (at >= head + SCANNED) at = Math.max(at, wanted - SCANNED);
    const block = readLog(ctx, log.value, at, Math.min(BLOCK, wanted - at));
    if (!block.ok) return block;
    if (block.value.bytes.length === 0) break;
    scanModes(modes, latin1(block.value.bytes));
    at += block.value.bytes.length;
    await ctx.os.clock.sleep(0); // other work of the pulse comes in between
  }
  const rest = readLog(ctx, log.value, at, LINE_MAX);
  if (!rest.ok) return rest;
  const line = rest.value.bytes.indexOf(10);
  const cut = line < 0 ? 0 : line + 1;
  scanModes(modes, latin1(rest.value.bytes.subarray(0, cut)));
  const next: LogHead & { readonly base: number } = { v: 1, head: at + cut, modes: modesPrefix(modes), base };
  const written = ctx.os.files.replace(
    join(generationDir(ctx.profile.paths, ref), FILES.logHead),
    `${JSON.stringify(next)}\n`,
  );
  if (!written.ok) return ioFailure(`cut the log of "${ref.id}"`, written.failure);
  noteEvent(ctx, ref, { event: "gap", offset: head, bytes: next.head - head });
  const given = await platformOf(ctx.os).punch(ctx.os, log.value.path, next.head - base);
  return ok(given ? next.head - head : 0);
}
