import { join } from "node:path";
import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { FILES, generationDir } from "./layout.ts";
import { logPath, openLog } from "./log.ts";
import { hasLastWords, mayShowMore } from "./more.ts";
import { readSession, readSessions } from "./read.ts";
import { isAlive, isOver, type SessionRef, type SessionView } from "./schema.ts";
import { until } from "./until.ts";

/** How to wait. */
export interface WaitOptions {
  /** For ever when left out. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** More sessions than this are watched by their markers and the slow look alone: each death pipe holds a thread of the runtime. */
const PIPES_MAX = 4;

/** How often it is looked whether an ended session's last words are written, which no watched directory tells. */
const DRAIN_STEP_MS = 20;

/** Waits until all of the sessions (or, with `any`, one of them) have ended, and answers what they are then. */
export async function waitSessions(
  ctx: Context,
  refs: readonly SessionRef[],
  options: WaitOptions & { readonly any?: boolean },
): Promise<Result<readonly SessionView[]>> {
  const deaths: Promise<void>[] = [];
  if (refs.length <= PIPES_MAX) {
    for (const ref of refs) {
      const pipe = join(generationDir(ctx.profile.paths, ref), FILES.alive);
      const death = await ctx.os.fifos.untilWritersGone(pipe);
      if (death !== undefined) deaths.push(death.gone.catch(() => {}));
    }
  }
  const done = ({ state }: SessionView): boolean => isOver(state) || state.kind === "orphaned";
  let drains = false;
  const views = await until(ctx.os, async () => {
    const seen = await readSessions(ctx, refs);
    const needed = options.any === true ? 1 : seen.length;
    const over = seen.filter(done);
    drains = over.length >= needed;
    if (!drains) return undefined;
    // Who reads the log next shall find the last words in it.
    let silent = 0;
    for (const view of over) if (!(await hasLastWords(ctx, view))) silent++;
    return silent >= needed ? seen : undefined;
  }, {
    dirs: [ctx.profile.paths.ends],
    timeoutMs: options.timeoutMs,
    signal: options.signal,
    everyMs: 1000,
    nextMs: () => drains ? DRAIN_STEP_MS : undefined,
    also: deaths.length === 0 ? undefined : Promise.race(deaths),
  });
  if (views !== undefined) return ok(views);
  const names = refs.map(({ id }) => `"${id}"`).join(", ");
  if (options.signal?.aborted) return fail("interrupted", `wait for ${names}`, "interrupted");
  return fail("timed_out", `wait for ${names}`, "still going on", {
    hint: `looop wait ${refs.map(({ id }) => id).join(" ")}`,
  });
}

/** Waits until a session's terminal has been silent for `settleMs`, counted from its last output, or the session has ended. */
export async function waitIdle(
  ctx: Context,
  ref: SessionRef,
  options: WaitOptions & { readonly settleMs: number },
): Promise<Result<"quiet" | "ended">> {
  let due = 0;
  const seen = await until(ctx.os, async () => {
    const stamp = ctx.os.files.stat(logPath(ctx, ref));
    const silent = stamp.ok ? ctx.os.clock.now() - stamp.value.mtimeMs : 0;
    if (!isAlive((await readSession(ctx, ref)).state)) return "ended" as const;
    // A stamp ahead of the clock (which jumped back) counts from now.
    if (silent >= options.settleMs) return "quiet" as const;
    due = options.settleMs - Math.max(0, silent);
    return undefined;
  }, {
    dirs: [generationDir(ctx.profile.paths, ref), ctx.profile.paths.ends],
    timeoutMs: options.timeoutMs,
    signal: options.signal,
    nextMs: () => Math.max(1, due + 1),
  });
  if (seen !== undefined) return ok(seen);
  const thing = `wait until "${ref.id}" is quiet`;
  return options.signal?.aborted
    ? fail("interrupted", thing, "interrupted")
    : fail("timed_out", thing, "it goes on talking");
}

/** The end of a session's log, and whether the session may still add to it. */
export async function logEnd(ctx: Context, ref: SessionRef): Promise<{ readonly end: number; readonly over: boolean }> {
  // The state first: what was written before the end was seen is then surely counted.
  const over = !(await mayShowMore(ctx, ref));
  const log = openLog(ctx, ref);
  return { end: log.ok ? log.value.end : 0, over };
}
