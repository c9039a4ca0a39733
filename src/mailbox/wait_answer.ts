import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { isUpgraded } from "../profile/upgraded.ts";
import { forceHint } from "./delivery.ts";
import { answerPath, askPath } from "./layout.ts";
import { readAnswer, readAsk } from "./read.ts";
import { resolveExpired } from "./resolve.ts";
import type { Answer, Ask } from "./schema.ts";

/** The look behind the file events, and the look when there are none to be had. */
const SLOW_LOOK_MS = 5_000;
const BLIND_LOOK_MS = 1_000;

/** For how long a file that cannot be read may be a passing trouble (too many open files, a busy disk). */
const TROUBLE_MS = 5_000;

/** What a wait for an answer came to. `pending`: the time is over; `interrupted`: a signal; the ask stays open in both cases. */
export type Waited =
  | { readonly kind: "answered"; readonly ask: Ask; readonly answer: Answer }
  | { readonly kind: "withdrawn"; readonly ask: Ask; readonly answer: Answer }
  | { readonly kind: "pending" }
  /** A newer looop has taken the profile or the ask over while this one waited. */
  | { readonly kind: "upgraded" }
  | { readonly kind: "interrupted" };

/** What one look at an ask tells. */
type Look =
  | { readonly kind: "done"; readonly outcome: Result<Waited> }
  | { readonly kind: "waiting"; readonly ask: Ask }
  | { readonly kind: "newer"; readonly what: "ask" | "answer"; readonly problem: string }
  | { readonly kind: "trouble"; readonly problem: string };

/**
 * Waits until an ask is answered, withdrawn or expired. Woken by file events: the watch is armed before the first look, so nothing that
 * happens in between is missed; a slow look stands behind. An ask that vanished, an ask or answer that is damaged, and files that stay
 * unreadable end the wait with what to do; it never waits silently for what cannot come.
 */
export async function waitForAnswer(
  ctx: Context,
  id: string,
  limits: { readonly timeoutMs?: number | undefined; readonly signal: AbortSignal },
): Promise<Result<Waited>> {
  const { os, profile } = ctx;
  const end = os.clock.ticks() + (limits.timeoutMs ?? Number.POSITIVE_INFINITY);
  const own = new Set([askPath(profile.paths, id), answerPath(profile.paths, id)]);
  let wake = new AbortController();
  const watch = os.watches.open([profile.paths.answers, profile.paths.asks], (paths, rescan) => {
    if (rescan || paths.some((path) => own.has(path))) wake.abort();
  });
  const leave = (): void => wake.abort();
  limits.signal.addEventListener("abort", leave);
  let troubledSince: number | undefined;
  try {
    for (let first = true;; first = false) {
      wake = new AbortController();
      const look = await lookAt(ctx, id);
      if (look.kind === "done") return look.outcome;
      // Begun on what is newer than it, the same line would go in circles. (An ask was understood when it was raised, or found again.)
      if (look.kind === "newer" && look.what === "answer" && first) {
        return fail("newer", waiting(id), look.problem, { hint: "looop upgrade" });
      }
      if (look.kind === "newer" || (!first && isUpgraded(ctx))) return ok({ kind: "upgraded" });
      if (limits.signal.aborted) return ok({ kind: "interrupted" });
      const ticks = os.clock.ticks();
      if (ticks >= end) return ok({ kind: "pending" });
      troubledSince = look.kind === "trouble" ? troubledSince ?? ticks : undefined;
      if (look.kind === "trouble" && ticks - (troubledSince ?? ticks) >= TROUBLE_MS) {
        return unreadable(id, look.problem);
      }
      const every = watch.lost || look.kind === "trouble" ? BLIND_LOOK_MS : SLOW_LOOK_MS;
      const untilExpiry = look.kind === "waiting" && look.ask.expires !== undefined
        ? Math.max(1, look.ask.expires - os.clock.now())
        : every;
      await os.clock.sleep(Math.min(every, untilExpiry, end - ticks), wake.signal);
    }
  } finally {
    limits.signal.removeEventListener("abort", leave);
    watch.close();
  }
}

async function lookAt(ctx: Context, id: string): Promise<Look> {
  // The answer first: a pair that was archived in this moment loses its ask before its answer.
  const answer = readAnswer(ctx, id);
  const ask = readAsk(ctx, id);
  if (answer.kind === "corrupt" && answer.newer === true) {
    return { kind: "newer", what: "answer", problem: answer.problem };
  }
  if (ask.kind === "corrupt" && ask.newer === true) return { kind: "newer", what: "ask", problem: ask.problem };
  if (answer.kind === "corrupt") {
    if (answer.transient === true) return { kind: "trouble", problem: answer.problem };
    return done(fail("corrupt", waiting(id), answer.problem, { hint: forceHint(id) }));
  }
  if (ask.kind === "corrupt") {
    if (ask.transient === true) return { kind: "trouble", problem: ask.problem };
    return done(fail("corrupt", waiting(id), ask.problem, {
      hint: `looop asks withdraw ${id} clears it away; the same line again asks anew`,
    }));
  }
  if (ask.kind === "absent") {
    return done(fail("not_found", waiting(id), "the ask is gone: its file was removed, or its session began anew", {
      hint: "the same line again asks anew",
    }));
  }
  if (answer.kind === "present") {
    const kind = answer.value.by.kind === "withdrawn" ? "withdrawn" : "answered";
    return done(ok({ kind, ask: ask.value, answer: answer.value }));
  }
  if (await resolveExpired(ctx, ask.value)) return await lookAt(ctx, id);
  return { kind: "waiting", ask: ask.value };
}

function done(outcome: Result<Waited>): Look {
  return { kind: "done", outcome };
}

function waiting(id: string): string {
  return `wait for the answer to "${id}"`;
}

function unreadable(id: string, problem: string): Result<never> {
  return fail("unreadable", waiting(id), problem, {
    hint: "looop doctor; then run the same line again, the ask stays open",
  });
}
