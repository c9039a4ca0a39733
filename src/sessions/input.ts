import { join } from "node:path";
import { ok } from "../base/result.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
import type { FifoWriter } from "../os/fifo.ts";
import type { Context } from "../profile/profile.ts";
import { dependsOnCursorMode, keyBytes } from "./keys.ts";
import { FILES, generationDir } from "./layout.ts";
import { openLog, readLog } from "./log.ts";
import { APPLICATION_CURSOR, BRACKETED_PASTE, isOn, type Modes, newModes, scanModes } from "./modes.ts";
import { readLine } from "./read.ts";
import type { SessionRef } from "./schema.ts";
import { latin1 } from "./strip.ts";
import { until } from "./until.ts";

/** What typing did. `offset` is the log's end before the first byte went in, so that what follows can be waited for from there. */
export interface Sent {
  readonly sent: number;
  readonly offset: number;
  /** The log's end when the text had been echoed and before Enter went in. */
  readonly echoedOffset: number;
  /** Asked to confirm: the terminal showed something after Enter. */
  readonly confirmed?: true | undefined;
  /** A line was longer than these bytes, which is all that the terminal keeps of one for a program that reads lines. */
  readonly lineCutAt?: number | undefined;
}

/** How a text is typed. */
export interface SendOptions {
  /** Ends the text with Enter. */
  readonly enter: boolean;
  /** Sends Enter again, up to three times, until the terminal shows something. */
  readonly confirm?: boolean;
  /** The text is bytes as they are, a Latin-1 character each: no brackets, no pause. */
  readonly raw?: boolean;
}

/** What a pipe takes in one piece, whatever others write. */
const PIECE = 4096;
/** How long unread input is waited for before the rest is given up. */
const STALLED_MS = 10_000;
/** Programs take text and Enter in one burst for a paste: Enter comes after this long without output. */
const QUIET_MS = 150;
const QUIET_MAX_MS = 1_500;
const CONFIRM_MS = 2_000;
/** Texts longer than this are pasted in brackets where the program knows them. */
const PASTE_FROM = 200;

/** Types a text into a session. Refused with the reason when nobody reads there any more. */
export async function sendText(
  ctx: Context,
  ref: SessionRef,
  text: string,
  options: SendOptions,
): Promise<Result<Sent>> {
  const log = openLog(ctx, ref);
  if (!log.ok) return log;
  const offset = log.value.end;
  const typed = options.raw === true
    ? Uint8Array.from(text, (byte) => byte.charCodeAt(0))
    : new TextEncoder().encode(await pasted(ctx, ref, text));
  const lineCutAt = await cutAt(ctx, ref, typed);
  const cut = lineCutAt === undefined ? {} : { lineCutAt };
  let sent = 0;
  if (typed.length > 0) {
    const written = await writeInput(ctx, ref, typed);
    if (!written.ok) return written;
    sent += written.value;
  }
  if (!options.enter) return ok({ sent, offset, echoedOffset: endOf(ctx, ref, offset), ...cut });
  if (options.raw !== true && typed.length > 0) await untilQuiet(ctx, ref, QUIET_MS, QUIET_MAX_MS);
  const echoedOffset = endOf(ctx, ref, offset);
  for (let attempt = 0;; attempt++) {
    const before = endOf(ctx, ref, offset);
    const enter = await writeInput(ctx, ref, new TextEncoder().encode("\r"));
    if (!enter.ok) return enter;
    sent += enter.value;
    if (options.confirm !== true) return ok({ sent, offset, echoedOffset, ...cut });
    if (await untilGrown(ctx, ref, before, CONFIRM_MS)) {
      return ok({ sent, offset, echoedOffset, confirmed: true, ...cut });
    }
    if (attempt < 3) continue;
    return fail(
      "timed_out",
      `confirm what was typed into "${ref.id}"`,
      `it showed nothing after Enter, ${attempt + 1} times`,
      {
        hint: `it has the text: looop shot ${ref.id}`,
        data: { sent, offset, echoed_offset: echoedOffset, confirmed: false },
      },
    );
  }
}

/** How much of a line a terminal keeps for a program that has not read it yet: its kernel drops the rest without a word. */
const LINE_MAX = { linux: 4095, darwin: 1023 };

/** What a line of these bytes will be cut to; undefined when none is too long, or the program takes its keys one by one. */
async function cutAt(ctx: Context, ref: SessionRef, typed: Uint8Array): Promise<number | undefined> {
  const most = ctx.os.environment.platform === "darwin" ? LINE_MAX.darwin : LINE_MAX.linux;
  if (longestLine(typed) <= most) return undefined;
  const pts = readLine(ctx, join(generationDir(ctx.profile.paths, ref), FILES.pts));
  if (pts === undefined) return undefined;
  const modes = await ctx.os.processes.sh('stty -a <"$1"', [pts]);
  return modes.code === 0 && /(^|\s)icanon/.test(modes.stdout) ? most : undefined;
}

function longestLine(bytes: Uint8Array): number {
  let [longest, start] = [0, 0];
  for (let at = 0; at <= bytes.length; at++) {
    if (at < bytes.length && bytes[at] !== 0x0d && bytes[at] !== 0x0a) continue;
    longest = Math.max(longest, at - start);
    start = at + 1;
  }
  return longest;
}

/** Presses keys by name, one after the other. Nothing is sent when one of them is no key. */
export async function sendKeys(ctx: Context, ref: SessionRef, keys: readonly string[]): Promise<Result<Sent>> {
  const log = openLog(ctx, ref);
  if (!log.ok) return log;
  const application = keys.some(dependsOnCursorMode) && isOn(await modesNow(ctx, ref), APPLICATION_CURSOR);
  let bytes = "";
  for (const key of keys) {
    const code = keyBytes(key, application);
    if (code === undefined) {
      return fail("usage", `press "${key}"`, "there is no such key", {
        hint: "for example: Enter, Up, F5, C-c, M-x, S-Tab",
      });
    }
    bytes += code;
  }
  const written = await writeInput(ctx, ref, new TextEncoder().encode(bytes));
  if (!written.ok) return written;
  return ok({ sent: written.value, offset: log.value.end, echoedOffset: log.value.end });
}

async function pasted(ctx: Context, ref: SessionRef, text: string): Promise<string> {
  const long = text.length > PASTE_FROM || text.includes("\n");
  if (!long || !isOn(await modesNow(ctx, ref), BRACKETED_PASTE)) return text.replaceAll("\n", "\r");
  // What is pasted must not be able to end the paste and go on as keys.
  return `\x1b[200~${text.replaceAll("\x1b[201~", "").replaceAll("\n", "\r")}\x1b[201~`;
}

/** What the program has switched its terminal to. */
export async function modesNow(ctx: Context, ref: SessionRef): Promise<Modes> {
  const modes = newModes();
  const log = openLog(ctx, ref);
  if (!log.ok) return modes;
  scanModes(modes, log.value.modes);
  for (let at = log.value.head; at < log.value.end;) {
    const block = readLog(ctx, log.value, at, 1024 * 1024);
    if (!block.ok || block.value.bytes.length === 0) break;
    scanModes(modes, latin1(block.value.bytes));
    at = block.value.offset + block.value.bytes.length;
    await Promise.resolve();
  }
  return modes;
}

/** Writes bytes to the session's input, in pieces that never mix with another writer's; answers how many went in. */
export async function writeInput(ctx: Context, ref: SessionRef, bytes: Uint8Array): Promise<Result<number>> {
  const dir = generationDir(ctx.profile.paths, ref);
  const thing = `type into "${ref.id}"`;
  const lock = bytes.length > PIECE ? await ctx.os.locks.acquire(join(dir, FILES.inputLock), STALLED_MS) : undefined;
  if (bytes.length > PIECE && lock === undefined) return fail("conflict", thing, "another long text is being typed");
  try {
    const writer = await ctx.os.fifos.openWriter(join(dir, FILES.input));
    if (!writer.ok) {
      const hint = `looop restart ${ref.id}`;
      return writer.failure.code === "absent" || writer.failure.code === "not_regular"
        ? fail("failed", thing, "its input pipe is gone", { hint })
        : ioFailure(thing, writer.failure);
    }
    if (writer.value === undefined) return fail("conflict", thing, "it has ended", { hint: `looop log ${ref.id}` });
    try {
      return await writeAll(ctx, ref, writer.value, bytes);
    } finally {
      writer.value.close();
    }
  } finally {
    lock?.release();
  }
}

async function writeAll(ctx: Context, ref: SessionRef, writer: FifoWriter, bytes: Uint8Array): Promise<Result<number>> {
  const thing = `type into "${ref.id}"`;
  let at = 0;
  let last = ctx.os.clock.ticks();
  for (let pause = 1; at < bytes.length;) {
    const written = writer.write(bytes.subarray(at, at + PIECE));
    const data = { sent: at };
    if (!written.ok) return ioFailure(thing, written.failure);
    const wrote = written.value;
    if (wrote === "closed") return fail("conflict", thing, `it ended after ${at} of ${bytes.length} bytes`, { data });
    if (wrote > 0) {
      at += wrote;
      last = ctx.os.clock.ticks();
      pause = 1;
      continue;
    }
    if (ctx.os.clock.ticks() - last > STALLED_MS) {
      return fail("timed_out", thing, `it does not read: ${at} of ${bytes.length} bytes went in`, { data });
    }
    await ctx.os.clock.sleep(pause);
    pause = Math.min(pause * 2, 50);
  }
  return ok(at);
}

function endOf(ctx: Context, ref: SessionRef, otherwise: number): number {
  const log = openLog(ctx, ref);
  return log.ok ? log.value.end : otherwise;
}

/** Waits until the log has not grown for `quietMs`, at most `maxMs`. True when it was quiet. */
export async function untilQuiet(
  ctx: Context,
  ref: SessionRef,
  quietMs: number,
  maxMs: number | undefined,
): Promise<boolean> {
  let size = endOf(ctx, ref, -1);
  let since = ctx.os.clock.ticks();
  const quiet = await until(ctx.os, () => {
    const now = endOf(ctx, ref, -1);
    if (now !== size) {
      size = now;
      since = ctx.os.clock.ticks();
    }
    return ctx.os.clock.ticks() - since >= quietMs ? true : undefined;
  }, {
    dirs: [generationDir(ctx.profile.paths, ref)],
    timeoutMs: maxMs,
    nextMs: () => Math.max(1, quietMs - (ctx.os.clock.ticks() - since)),
  });
  return quiet === true;
}

async function untilGrown(ctx: Context, ref: SessionRef, before: number, maxMs: number): Promise<boolean> {
  const grown = await until(ctx.os, () => endOf(ctx, ref, before) > before ? true : undefined, {
    dirs: [generationDir(ctx.profile.paths, ref)],
    timeoutMs: maxMs,
  });
  return grown === true;
}
