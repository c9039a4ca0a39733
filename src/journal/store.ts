import { fail, ioFailure, type Result, sentence } from "../failure.ts";
import { kindWords } from "../os/files.ts";
import { ok } from "../base/result.ts";
import { appendRotating } from "../os/guarded_files.ts";
import type { Context } from "../profile/profile.ts";
import { eventLine, journalLine } from "./format.ts";
import { type EventEntry, type EventLine, eventSchema } from "./schema.ts";

/** How many rotated files stay beside the journal and beside the events. */
const KEEP_ROTATED = 3;

/** Bytes read from the end at first; doubled while lines are missing. */
const FIRST_LOOK = 16_384;

/**
 * Appends one line to `journal.md`: stamped, flattened, redacted, in one write under the lock of the data dir, which also guards the
 * rotation. A failure is told; whether it matters is the caller's to say (it never undoes what was done).
 */
export async function appendJournal(ctx: Context, text: string): Promise<Result<void>> {
  const { os, profile } = ctx;
  const written = await appendRotating(os, profile.paths.journal, {
    line: journalLine(os.clock.now(), text),
    maxBytes: profile.config.journalMaxBytes,
    keep: KEEP_ROTATED,
  });
  return written.ok ? ok(undefined) : ioFailure("write the journal", written.failure);
}

/** The last `n` lines, oldest first, also across a rotation. Empty when there is no journal, or none that can be read: display is lenient. */
export function journalTail(ctx: Context, n: number): readonly string[] {
  return lastLines(ctx, ctx.profile.paths.journal, n);
}

/** The last `n` lines, or why they cannot be read. */
export function readJournal(ctx: Context, n: number): Result<readonly string[]> {
  const { journal } = ctx.profile.paths;
  const stamp = ctx.os.files.stat(journal);
  if (!stamp.ok && stamp.failure.code !== "absent") return ioFailure("read the journal", stamp.failure);
  if (stamp.ok && stamp.value.kind !== "file") {
    return fail("unreadable", "read the journal", `${journal} is ${kindWords(stamp.value.kind)}, not a regular file`);
  }
  const looked = ctx.os.files.readTail(journal, 1);
  if (!looked.ok && looked.failure.code !== "absent") return ioFailure("read the journal", looked.failure);
  return ok(journalTail(ctx, n));
}

/**
 * Appends an event. Never fails the caller: what was done stays done, and a bookkeeping trouble is one line on stderr.
 */
export async function appendEvent(ctx: Context, entry: EventEntry): Promise<void> {
  const { os, profile } = ctx;
  const written = await appendRotating(os, profile.paths.events, {
    line: eventLine(os.clock.now(), entry),
    maxBytes: profile.config.eventsMaxBytes,
    keep: KEEP_ROTATED,
  });
  if (!written.ok) warnBookkeeping(ctx, ioFailure("record the event", written.failure));
}

/** Says on stderr that something done could not be written down. */
export function warnBookkeeping(ctx: Context, outcome: Result<void>): void {
  if (!outcome.ok) ctx.os.terminal.writeErr(`looop: it is done, but: ${sentence(outcome.failure)}\n`);
}

/** The last `n` events that can be read, oldest first; lines that are no event of ours are left out. */
export function eventTail(ctx: Context, n: number): readonly EventLine[] {
  const events: EventLine[] = [];
  for (const line of lastLines(ctx, ctx.profile.paths.events, n)) {
    const event = parseEvent(line);
    if (event !== undefined) events.push(event);
  }
  return events;
}

function parseEvent(line: string): EventLine | undefined {
  try {
    const parsed = eventSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function lastLines(ctx: Context, path: string, n: number): readonly string[] {
  const lines = tailOf(ctx, path, n);
  for (let rotated = 1; lines.length < n && rotated <= KEEP_ROTATED; rotated++) {
    const older = tailOf(ctx, `${path}.${rotated}`, n - lines.length);
    if (older.length === 0) break;
    lines.unshift(...older);
  }
  return lines;
}

function tailOf(ctx: Context, path: string, n: number): string[] {
  if (n <= 0) return [];
  for (let bytes = FIRST_LOOK;; bytes *= 4) {
    const tail = ctx.os.files.readTail(path, bytes);
    if (!tail.ok) return [];
    const whole = new TextDecoder().decode(tail.value.bytes).split("\n");
    if (tail.value.offset > 0) whole.shift(); // cut in its middle
    const lines = whole.filter((line) => line !== "");
    if (lines.length >= n || tail.value.offset === 0) return lines.slice(-n);
  }
}
