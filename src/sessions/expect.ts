import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import type { Matched } from "../os/matcher.ts";
import type { Context } from "../profile/profile.ts";
import { generationDir } from "./layout.ts";
import { openLog, readLog } from "./log.ts";
import { mayShowMore } from "./more.ts";
import type { SessionRef } from "./schema.ts";
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
  /** A regular expression; its lines begin at `^` and end at `$`. */
  readonly source: string;
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal;
}

const BLOCK = 1024 * 1024;

/** The last look comes when the time is over: an expression that ends at all has this long for it. */
const LAST_LOOK_MS = 1_000;

/** A match may begin so far before what is new: it is searched again with it. */
const OVERLAP = 64 * 1024;

type Look =
  | { readonly kind: "match"; readonly match: Match }
  | { readonly kind: "ended" }
  /** The time was over, or somebody interrupted, while the expression was at work. */
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly failure: Result<never> };

/** Waits until the session's output (escapes taken out) matches, from an offset on; a session that ends without is a failure. */
export async function expectOutput(
  ctx: Context,
  ref: SessionRef,
  options: ExpectOptions & { readonly from: number },
): Promise<Result<Match>> {
  let searched = options.from;
  return await search(ctx, ref, options, async (exec) => {
    const over = !(await mayShowMore(ctx, ref));
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
      const match = await exec(stripped.text);
      if (match === "stopped") return { kind: "stopped" };
      if (match !== undefined) {
        const { index, matched, groups } = match;
        const start = offset + stripped.rawOffset(index);
        const end = offset + stripped.rawOffset(index + matched.length);
        return { kind: "match", match: { matched, groups, start, end } };
      }
      const next = offset + cut;
      if (last || next <= searched) {
        searched = Math.max(searched, next);
        return over ? { kind: "ended" } : undefined;
      }
      searched = next;
    }
  });
}

/** Waits until a row of the screen, or several joined by line ends, matches. */
export async function expectScreen(ctx: Context, ref: SessionRef, options: ExpectOptions): Promise<Result<Match>> {
  return await search(ctx, ref, options, async (exec) => {
    const over = !(await mayShowMore(ctx, ref));
    const screen = await readScreen(ctx, ref);
    if (!screen.ok) return { kind: "failed", failure: screen };
    const match = await exec(screen.value.lines.join("\n"));
    if (match === "stopped") return { kind: "stopped" };
    if (match !== undefined) return { kind: "match", match: { matched: match.matched, groups: match.groups } };
    return over ? { kind: "ended" } : undefined;
  });
}

type Exec = (text: string) => Promise<Matched | undefined | "stopped">;

/** Looks at each event until something is found; an interrupt, and soon after it the deadline, also stop an expression in the middle of its work. */
async function search(
  ctx: Context,
  ref: SessionRef,
  options: ExpectOptions,
  look: (exec: Exec) => Promise<Look | undefined>,
): Promise<Result<Match>> {
  const { os, profile } = ctx;
  const { timeoutMs, signal } = options;
  const matcher = os.matchers.open(options.source);
  const over = new AbortController();
  const stop = new AbortController();
  const leave = (): void => stop.abort();
  signal.addEventListener("abort", leave);
  if (timeoutMs !== undefined) os.clock.sleep(timeoutMs + LAST_LOOK_MS, over.signal).then(leave);
  try {
    const found = await until<Look>(os, () => look((text) => matcher.exec(text, stop.signal)), {
      dirs: [generationDir(profile.paths, ref), profile.paths.ends],
      timeoutMs,
      signal,
      everyMs: 1_000,
    });
    return verdict(ref, options, found);
  } finally {
    signal.removeEventListener("abort", leave);
    over.abort();
    matcher.close();
  }
}

function verdict(ref: SessionRef, options: ExpectOptions, found: Look | undefined): Result<Match> {
  const thing = `see /${options.source}/ in "${ref.id}"`;
  if (options.signal.aborted) return fail("interrupted", thing, "interrupted");
  if (found === undefined) {
    return fail("timed_out", thing, "it did not come in time", { hint: `looop shot ${ref.id}` });
  }
  switch (found.kind) {
    case "stopped":
      return fail("timed_out", thing, "the time was over before the output was searched", {
        hint: "a simpler expression: repeats within repeats, such as (a+)+, can take for ever",
      });
    case "match":
      return ok(found.match);
    case "ended":
      return fail("failed", thing, "the session has ended without it", { hint: `looop log ${ref.id} --tail 50` });
    case "failed":
      return found.failure;
  }
}
