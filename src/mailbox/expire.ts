import type { Context } from "../profile/profile.ts";
import { markConsumed } from "./delivery.ts";
import { resolveExpired } from "./resolve.ts";
import type { Answer, Ask, AskLiveness, AskView, Liveness } from "./schema.ts";
import { openAsks } from "./store.ts";
import { queueTell } from "./tells.ts";

/**
 * Does what time and crashes have left to do: asks whose time is over get their default, answered flags become messages to those who
 * live (`liveness` is asked for them alone). Safe to call from anybody at any time, since of many at once one gets through. Answers the
 * ids it touched; costs what is open.
 */
export async function expireDue(
  ctx: Context,
  now: number,
  liveness: AskLiveness,
  views: readonly AskView[] = openAsks(ctx, now),
): Promise<readonly string[]> {
  const touched: string[] = [];
  for (const { ask, answer, status } of views) {
    if (ask === undefined) continue;
    if (status === "expired" && answer === undefined && await resolveExpired(ctx, ask)) touched.push(ask.id);
    if (ask.kind === "flag" && answer !== undefined && status === "answered") {
      if (await settleFlag(ctx, ask, { answer, lives: await liveness(ask.worker) })) touched.push(ask.id);
    }
  }
  return touched;
}

/** When the next of these asks expires, in milliseconds since 1970; undefined when none will. */
export function nextExpiry(views: readonly AskView[]): number | undefined {
  const times = views.flatMap(({ ask, answer }) =>
    ask?.expires !== undefined && answer === undefined ? [ask.expires] : []
  );
  return times.length === 0 ? undefined : Math.min(...times);
}

/**
 * Turns an answered flag into a message to its worker, once: the message carries the flag's id, so that a crash between it and the
 * mark does not send a second one. Nobody would read one to a worker that is dead, so none is left for whoever takes its id: whether
 * the pulse or the one who answers comes first, it is over with its answer. True when it is settled.
 */
export async function settleFlag(
  ctx: Context,
  flag: Ask,
  given: { readonly answer: Answer; readonly lives: Liveness },
): Promise<boolean> {
  const { answer, lives } = given;
  if (lives === "dead") return markConsumed(ctx, flag.id, answer.answer).ok;
  const told = await queueTell(ctx, { worker: flag.worker, text: answer.answer, by: answer.by.kind, source: flag.id });
  return told.ok && markConsumed(ctx, flag.id, answer.answer).ok;
}
