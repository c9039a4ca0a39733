import { ok } from "../base/result.ts";
import { shellWord } from "../base/shell_word.ts";
import { sha256Hex } from "../base/sha256.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
import { withDirLock } from "../os/guarded_files.ts";
import type { Context } from "../profile/profile.ts";
import { actionDigest, CONSENT } from "./approval.ts";
import { answerPath, markPath } from "./layout.ts";
import { readAnswer, readMark, stored } from "./read.ts";
import { allowRepeat } from "./repeats.ts";
import type { Answer, Ask } from "./schema.ts";

/** How long one process that began to print a yes keeps others from printing it: a healthy one needs milliseconds. */
export const APPROVAL_LEASE_MS = 2_000;

/** An answer on its way to its asker. */
export interface Delivery {
  readonly id: string;
  readonly kind: Ask["kind"];
  readonly answer: Answer;
  /** It was taken before: this is a repeat, and nothing is recorded. */
  readonly repeated: boolean;
}

/**
 * Records that this ask's answer is about to be written out, and answers what to write. From here on `--force` changes nothing, and
 * every repeat gives this very text: an answer file that somebody edited afterwards is a failure, not another answer. A yes to an
 * approval is used once, so a second process waits until the first has had its time, or is refused; and it is for the action that was
 * seen, never for what the ask, or its file, came to be about later.
 */
export async function beginDelivery(ctx: Context, ask: Asked): Promise<Result<Delivery>> {
  const thing = `deliver the answer to "${ask.id}"`;
  for (;;) {
    // The lock of the answers keeps `--force` from replacing what is being digested.
    const begun = await withDirLock(ctx.os, ctx.profile.paths.answers, () => markDelivering(ctx, ask, thing));
    if (!begun.ok) return ioFailure(thing, begun.failure);
    if (!begun.value.ok) return begun.value;
    const step = begun.value.value;
    if (step.kind === "begun") return ok(step.delivery);
    await ctx.os.clock.sleep(step.ms);
  }
}

/** What the asker asked: the kind and the action of its own line. */
export type Asked = Pick<Ask, "id" | "kind" | "action">;

type Step = { readonly kind: "begun"; readonly delivery: Delivery } | { readonly kind: "wait"; readonly ms: number };

function markDelivering(ctx: Context, ask: Asked, thing: string): Result<Step> {
  const { os, profile } = ctx;
  const answer = readAnswer(ctx, ask.id);
  if (answer.kind === "absent") return fail("not_found", thing, "the answer's file is gone");
  if (answer.kind === "corrupt") return fail("corrupt", thing, answer.problem, { hint: forceHint(ask.id) });
  if (!isFor(answer.value, ask)) {
    return fail("corrupt", thing, "the yes was given to another action than the one that is asked for now", {
      hint: `a person looks at it again, at a terminal: looop answer ${ask.id} --force yes`,
    });
  }
  const consumed = readMark(ctx, ask.id, "consumed").kind !== "absent";
  if (consumed && ask.kind === "approval") {
    return fail("conflict", thing, "another process has used it, and an approval is used once", {
      hint: "ask for a new approval",
    });
  }
  const digest = sha256Hex(answer.value.answer);
  const now = os.clock.now();
  const begun = readMark(ctx, ask.id, "delivering");
  if (begun.kind === "present") {
    if (begun.value.digest !== digest) {
      return fail("corrupt", thing, "the answer's file was changed after its delivery had begun", {
        hint: `put its text back, or open the ask again: rm ${
          [answerPath(profile.paths, ask.id), markPath(profile.paths, ask.id, "delivering")].map(shellWord).join(" ")
        }`,
      });
    }
    const left = begun.value.ts + APPROVAL_LEASE_MS - now;
    if (ask.kind === "approval" && left > 0 && left <= APPROVAL_LEASE_MS) return ok({ kind: "wait", ms: left });
  }
  if (begun.kind !== "present" || ask.kind === "approval") {
    const marked = os.files.replace(markPath(profile.paths, ask.id, "delivering"), stored({ digest, ts: now }));
    if (!marked.ok) return ioFailure(thing, marked.failure);
  }
  return ok({
    kind: "begun",
    delivery: { id: ask.id, kind: ask.kind, answer: answer.value, repeated: consumed },
  });
}

/** Whether a yes is for this action. A refusal allows nothing, and one of before digests were stored was checked when it was given. */
function isFor(answer: Answer, ask: Asked): boolean {
  if (ask.kind !== "approval" || answer.answer !== CONSENT || answer.digest === undefined) return true;
  return answer.digest === actionDigest(ask.action ?? "");
}

/**
 * Records that the answer has been written out. First that it may be repeated, then that it was consumed: a crash in between leaves
 * it in delivery, which repeats as well. Done twice is done once.
 */
export function endDelivery(ctx: Context, delivery: Delivery): Result<void> {
  if (delivery.repeated) return ok(undefined);
  if (delivery.kind !== "approval") {
    const allowed = allowRepeat(ctx, delivery.id);
    if (!allowed.ok) return allowed;
  }
  return markConsumed(ctx, delivery.id, delivery.answer.answer);
}

/** Publishes the mark after which an ask is over. */
export function markConsumed(ctx: Context, id: string, answer: string): Result<void> {
  const { os, profile } = ctx;
  const mark = stored({ digest: sha256Hex(answer), ts: os.clock.now() });
  const published = os.files.publish(markPath(profile.paths, id, "consumed"), mark);
  return published.ok ? ok(undefined) : ioFailure(`record that "${id}" was read`, published.failure);
}

/** What to try when an answer's file cannot be read. */
export function forceHint(id: string): string {
  return `looop answer ${id} --force TEXT writes it anew; looop asks withdraw ${id} gives it up`;
}
