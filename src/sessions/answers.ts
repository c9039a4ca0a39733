// deno-lint-ignore-file no-control-regex -- escape sequences are what this file reads
import { join } from "node:path";
import { ok } from "../base/result.ts";
import type { Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { noteEvent, readEvents } from "./events.ts";
import { writeInput } from "./input.ts";
import { FILES, generationDir } from "./layout.ts";
import { openLog, readLog } from "./log.ts";
import { readSpec } from "./read.ts";
import { sizeOf } from "./resize.ts";
import type { SessionRef } from "./schema.ts";
import { latin1 } from "./strip.ts";

/** What programs ask their terminal: where the cursor is, whether it is well, what it is, which modes and keyboard protocol it has. */
const QUERY = /\x1b\[(?:[56]n|>?0?c|\?u|\?[0-9]+\$p)/g;

/** A query that was cut off at the end of what was read is found with the next bytes. */
const OVERLAP = 16;
/** What is read of new output at once: a query further back is too old to be answered anyway. */
const NEW_MAX = 256 * 1024;
/** How much of the output before it an emulator is fed, to know where the cursor is. */
const BEFORE_MAX = 4 * 1024 * 1024;
/** A program that asked longer ago has given up, and would take the answer for keys. */
const TOO_OLD_MS = 2_000;

/** What is new of a session's output. */
export interface NewOutput {
  /** The offset at which it begins. */
  readonly from: number;
  /** How long ago its first byte may have been shown, in milliseconds. */
  readonly ageMs: number;
}

/**
 * Answers what a session's program asked its terminal lately, while nobody is attached: without an answer many screens stay blank
 * for seconds, or for good. Answers the offset up to which the output was looked at. The emulator is loaded only on a hit.
 */
export async function answerQueries(ctx: Context, ref: SessionRef, fresh: NewOutput): Promise<Result<number>> {
  const { from } = fresh;
  const log = openLog(ctx, ref);
  if (!log.ok) return log;
  const { end, path } = log.value;
  if (end <= from) return ok(end);
  const start = Math.max(from - OVERLAP, end - NEW_MAX, log.value.head);
  const output = readLog(ctx, log.value, start, end - start);
  if (!output.ok) return output;
  const text = latin1(output.value.bytes);
  const seen = output.value.offset + output.value.bytes.length;
  const endOf = (match: RegExpExecArray): number => output.value.offset + match.index + match[0].length;
  const all = [...text.matchAll(QUERY)].filter((match) => endOf(match) > from);
  // After a late look only what was shown last is known to be young: the log's stamp is its own.
  const asked = fresh.ageMs <= TOO_OLD_MS ? all : all.slice(-1).filter((match) => endOf(match) === seen);
  const [first] = asked;
  const last = asked.at(-1);
  if (first === undefined || last === undefined || readSpec(ctx, ref)?.answers !== true) return ok(seen);
  const stamp = ctx.os.files.stat(path);
  if (!stamp.ok || ctx.os.clock.now() - stamp.value.mtimeMs > TOO_OLD_MS) return ok(seen);
  // Whoever is attached holds it: their terminal answers, and two answers would be keys that nobody pressed.
  if (ctx.os.locks.isHeld(join(generationDir(ctx.profile.paths, ref), FILES.attach))) return ok(seen);
  // What was asked before a viewer left was answered by the viewer's terminal.
  const left = readEvents(ctx, ref).findLast((event) => event.event === "detach" && event.answered === true)?.offset;
  if (left !== undefined && endOf(last) <= left) return ok(seen);
  const at = Math.max(output.value.offset + first.index, left ?? 0);
  const replies = await emulate(ctx, ref, { at, end: seen });
  if (replies !== "") {
    const written = await writeInput(ctx, ref, new TextEncoder().encode(replies));
    if (!written.ok) return written;
    noteEvent(ctx, ref, { event: "answer", bytes: written.value });
  }
  return ok(seen);
}

/** What a terminal that had shown all before `at` says to what came from there to `end`. */
async function emulate(
  ctx: Context,
  ref: SessionRef,
  span: { readonly at: number; readonly end: number },
): Promise<string> {
  const log = openLog(ctx, ref);
  if (!log.ok) return "";
  const { default: { Terminal } } = await import("@xterm/headless");
  const { columns, rows } = sizeOf(ctx, ref);
  const terminal = new Terminal({ cols: columns, rows, scrollback: 0, allowProposedApi: true });
  try {
    const begin = Math.max(log.value.head, span.at - BEFORE_MAX);
    const before = readLog(ctx, log.value, begin, span.at - begin);
    const fresh = readLog(ctx, log.value, span.at, span.end - span.at);
    if (!before.ok || !fresh.ok) return "";
    await write(terminal, log.value.modes);
    await write(terminal, before.value.bytes);
    let replies = "";
    terminal.onData((data: string) => replies += data);
    // The emulator knows no keyboard protocol but the plain one, and says nothing when it is asked.
    terminal.parser.registerCsiHandler({ prefix: "?", final: "u" }, () => {
      replies += "\x1b[?0u";
      return true;
    });
    await write(terminal, fresh.value.bytes);
    return replies;
  } finally {
    terminal.dispose();
  }
}

function write(
  terminal: { write(data: string | Uint8Array, done: () => void): void },
  data: string | Uint8Array,
): Promise<void> {
  return new Promise((resolve) => terminal.write(data, resolve));
}
