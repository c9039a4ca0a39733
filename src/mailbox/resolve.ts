import { ok } from "../base/result.ts";
import { formatAge } from "../base/duration.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
import { withDirLock } from "../os/guarded_files.ts";
import type { Context } from "../profile/profile.ts";
import { REFUSAL } from "./approval.ts";
import { forceHint, markConsumed } from "./delivery.ts";
import { answerPath } from "./layout.ts";
import { inTheWay, MAILBOX_VERSION, readAnswer, readAsk, readMark, stored } from "./read.ts";
import type { Answer, Ask } from "./schema.ts";
import { isExpired } from "./status.ts";

/** An answer to write: to which ask, what, by whom. */
export interface Resolution {
  readonly id: string;
  readonly answer: string;
  readonly by: Answer["by"];
  /** Of the action that was seen by whoever answers an approval. */
  readonly digest?: string | undefined;
  /** Replace an answer whose delivery has not begun. */
  readonly force?: boolean | undefined;
  /** What cannot be done, for the sentence; to answer it, when left out. */
  readonly thing?: string | undefined;
}

/**
 * Writes an answer, for good: of any number at once exactly one gets through, the others learn who answered. A reader sees all of it
 * or nothing. With `force`, an answer that nobody has begun to read is replaced.
 */
export async function publishAnswer(ctx: Context, resolution: Resolution): Promise<Result<"answered" | "replaced">> {
  const { os, profile } = ctx;
  const { id, thing = `answer "${id}"` } = resolution;
  const text = stored(answerOf(resolution, os.clock.now()));
  const published = os.files.publish(answerPath(profile.paths, id), text);
  if (!published.ok) return ioFailure(thing, published.failure);
  if (published.value === "published") return ok("answered");
  if (resolution.force !== true) return alreadyAnswered(ctx, resolution, thing);
  const replaced = await withDirLock(os, profile.paths.answers, () => {
    // Under the lock in which a delivery is begun: it has, or it will find the new text.
    const { kind } = readMark(ctx, id, "delivering");
    const consumed = readMark(ctx, id, "consumed").kind !== "absent";
    if (kind !== "absent" || consumed) {
      return fail("conflict", thing, `its asker has ${consumed ? "read" : "begun to read"} the answer`, {
        hint: `looop _ tell ${readWorker(ctx, id)} TEXT reaches it still`,
      });
    }
    const found = readAnswer(ctx, id);
    if (found.kind === "present" && isFinal(found.value)) return alreadyAnswered(ctx, resolution, thing);
    if (found.kind === "corrupt" && found.transient === true) {
      return fail("unreadable", thing, found.problem, { hint: "looop doctor" }); // it may be a sound one
    }
    const path = answerPath(profile.paths, id);
    const written = os.files.replace(path, text);
    if (written.ok) return ok("replaced" as const);
    const hint = inTheWay(os, path);
    return hint === undefined
      ? ioFailure(thing, written.failure)
      : fail("unreadable", thing, `${path} is a directory`, { hint });
  });
  return replaced.ok ? replaced.value : ioFailure(thing, replaced.failure);
}

function readWorker(ctx: Context, id: string): string {
  const ask = readAsk(ctx, id);
  return ask.kind === "present" ? ask.value.worker : "WORKER";
}

/** A withdrawal and an expiry are decided: no `--force` turns them into something else. */
function isFinal(answer: Answer): boolean {
  return answer.by.kind === "withdrawn" || answer.by.kind === "default";
}

function answerOf(resolution: Resolution, ts: number): Answer {
  const { answer, digest, by } = resolution;
  return { v: MAILBOX_VERSION, answer, ...(digest === undefined ? {} : { digest }), by, ts };
}

/** The failure of whoever came second: it names who was first, and when. */
function alreadyAnswered(ctx: Context, { id, by }: Resolution, thing: string): Result<never> {
  const found = readAnswer(ctx, id);
  if (found.kind === "absent") return fail("conflict", thing, "its answer was taken away in this moment");
  if (found.kind === "corrupt") return fail("corrupt", thing, found.problem, { hint: forceHint(id) });
  const { value } = found;
  const age = formatAge(ctx.os.clock.now() - value.ts);
  return fail("conflict", thing, `${happened(value)} ${age} ago`, {
    ...(isFinal(value) ? {} : {
      hint: by.kind === "withdrawn"
        ? "looop asks --all shows the answer"
        : "looop asks --all shows the answer; --force replaces one that nobody has begun to read",
    }),
    data: { ask: id, by: value.by, answered_ts: value.ts },
  });
}

/** How an ask came to its answer, in words: `it was already answered by root`. */
export function happened(answer: Answer): string {
  if (answer.by.kind === "withdrawn") return "it was withdrawn";
  if (answer.by.kind === "default") return "it had expired and resolved to its default";
  return `it was already answered by ${byWords(answer.by)}`;
}

/** Who answered, in words: `human (ttys001)`. */
export function byWords(by: Answer["by"]): string {
  const more = by.tty ?? by.session;
  return more === undefined ? by.kind : `${by.kind} (${more})`;
}

/**
 * Gives an ask up: nobody will answer it any more, and its asker is told so. One that was answered meanwhile, or whose time is over and
 * that has its default, stays so (conflict); one that is withdrawn already stays so. An ask or answer whose file cannot be read ends this
 * way, too.
 */
export async function withdrawAsk(
  ctx: Context,
  what: { readonly id: string; readonly reason: string; readonly actor: string },
): Promise<Result<"withdrawn" | "unchanged">> {
  const { id } = what;
  const ask = readAsk(ctx, id);
  if (ask.kind === "present") await resolveExpired(ctx, ask.value);
  const by = { kind: "withdrawn", actor: what.actor } as const;
  const resolution: Resolution = { id, answer: what.reason, by, thing: `withdraw "${id}"` };
  const found = readAnswer(ctx, id);
  if (found.kind === "present" && found.value.by.kind === "withdrawn") return ok("unchanged");
  // What is no ask any more keeps no answer that nobody has begun to read.
  const force = found.kind === "corrupt" || (ask.kind === "corrupt" && ask.transient !== true);
  const outcome = await publishAnswer(ctx, { ...resolution, force });
  if (!outcome.ok) {
    // Two withdrawals in one moment: the same.
    const now = readAnswer(ctx, id);
    return now.kind === "present" && now.value.by.kind === "withdrawn" ? ok("unchanged") : outcome;
  }
  if (ask.kind !== "present" || ask.value.kind === "flag") {
    // No line will ever match an unreadable ask, and nobody waits for a flag: there is nobody left to tell.
    const marked = markConsumed(ctx, id, what.reason);
    if (!marked.ok) return marked;
  }
  return ok("withdrawn");
}

/** Writes down the default of an ask whose time is over, unless somebody was faster. True when it was us. */
export async function resolveExpired(ctx: Context, ask: Ask): Promise<boolean> {
  if (!isExpired(ask, ctx.os.clock.now())) return false;
  const outcome = await publishAnswer(ctx, { id: ask.id, answer: ask.default ?? REFUSAL, by: { kind: "default" } });
  return outcome.ok;
}
