import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { generationDir } from "./layout.ts";
import { openLog, readLog } from "./log.ts";
import { readSession } from "./read.ts";
import { isAlive, type SessionRef } from "./schema.ts";
import { readScreen } from "./screen.ts";
import { safeEnd, strip } from "./strip.ts";
import { until } from "./until.ts";

/** What was found. Offsets are those of the raw log, so that the next search can begin at `end` and miss nothing. */
export interface Match {
  readonly matched: string;
  readonly groups: readonly string[];
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

/** What to look for. */
export interface ExpectOptions {
  readonly pattern: RegExp;
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal;
}

const BLOCK = 1024 * 1024;

/** A match may begin so far before what is new: it is searched again with it. */
const OVERLAP = 64 * 1024;

type Look = { readonly kind: "match"; readonly match: Match } | { readonly kind: "ended" } | {
  readonly kind: "failed";
  readonly failure: Result<never>;
};

/** Waits until the session's output (escapes taken out) matches, from an offset on; a session that ends without is a failure. */
export async function expectOutput(
  ctx: Context,
  ref: SessionRef,
  options: ExpectOptions & { readonly from: number },
): Promise<Result<Match>> {
  let searched = options.from;
  const found = await until<Look>(ctx.os, async () => {
    const over = !isAlive((await readSession(ctx, ref)).state);
    const log = openLog(ctx, ref);
    if (!log.ok) return { kind: "failed", failure: log };
    for (;;) {
      const start = Math.max(options.from, searched - OVERLAP, log.value.head);
      const block = readLog(ctx, log.value, start, BLOCK + OVERLAP);
      if (!block.ok) return { kind: "failed", failure: block };
      const { bytes, offset } = block.value;
      const last = offset + bytes.length >= log.value.end;
      const cut = over && last ? bytes.length : safeEnd(bytes);
      const stripped = strip(bytes.subarray(0, cut));
      const match = options.pattern.exec(stripped.text);
      if (match !== null) {
        const [matched, ...groups] = match;
        return {
          kind: "match",
          match: {
            matched,
            groups: groups.map((group) => group ?? ""),
            start: offset + stripped.rawOffset(match.index),
            end: offset + stripped.rawOffset(match.index + matched.length),
          },
        };
      }
      const next = offset + cut;
      if (last || next <= searched) {
        searched = Math.max(searched, next);
        return over ? { kind: "ended" } : undefined;
      }
      searched = next;
    }
  }, watchOf(ctx, ref, options));
  return verdict(ref, options, found);
}

/** Waits until a row of the screen, or several joined by line ends, matches. */
export async function expectScreen(ctx: Context, ref: SessionRef, options: ExpectOptions): Promise<Result<Match>> {
  const found = await until<Look>(ctx.os, async () => {
    const over = !isAlive((await readSession(ctx, ref)).state);
    const screen = await readScreen(ctx, ref);
    if (!screen.ok) return { kind: "failed", failure: screen };
    const match = options.pattern.exec(screen.value.lines.join("\n"));
    if (match !== null) {
      const [matched, ...groups] = match;
      return { kind: "match", match: { matched, groups: groups.map((group) => group ?? "") } };
    }
    return over ? { kind: "ended" } : undefined;
  }, watchOf(ctx, ref, options));
  return verdict(ref, options, found);
}

function watchOf(ctx: Context, ref: SessionRef, options: ExpectOptions) {
  return {
    dirs: [generationDir(ctx.profile.paths, ref), ctx.profile.paths.ends],
    timeoutMs: options.timeoutMs,
    signal: options.signal,
    everyMs: 1_000,
  };
}

function verdict(ref: SessionRef, options: ExpectOptions, found: Look | undefined): Result<Match> {
  const thing = `see /${options.pattern.source}/ in "${ref.id}"`;
  if (found === undefined) {
    return options.signal.aborted
      ? fail("interrupted", thing, "interrupted")
      : fail("timed_out", thing, "it did not come in time", { hint: `looop shot ${ref.id}` });
  }
  switch (found.kind) {
    case "match":
      return ok(found.match);
    case "ended":
      return fail("failed", thing, "the session has ended without it", { hint: `looop log ${ref.id} --tail 50` });
    case "failed":
      return found.failure;
  }
}
