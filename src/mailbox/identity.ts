import { canonicalJson } from "../base/canonical_json.ts";
import { sha256Hex } from "../base/sha256.ts";
import type { Ask } from "./schema.ts";

/** How long the same line gets its answer again after it was taken, unless the session makes another call of looop. */
export const REPEAT_MS = 15 * 60_000;

/** What makes an ask the one it is, when it has no key. */
export type AskContent = Pick<Ask, "worker" | "kind" | "prompt" | "reference" | "options" | "action">;

/**
 * Whether two asks are one and the same: the same `--key` of one worker, or, where neither has a key, the same prompt, reference,
 * options and action. Expiry and timeouts are no part of it: the same line with more patience is the same question.
 */
export function isSameAsk(a: AskContent & { readonly key?: string | undefined }, b: typeof a): boolean {
  if (a.worker !== b.worker || a.kind !== b.kind || a.key !== b.key) return false;
  return a.key !== undefined || fingerprint(a) === fingerprint(b);
}

function fingerprint(ask: AskContent): string {
  const { prompt, reference, options, action } = ask;
  return canonicalJson({ prompt, reference, options, action });
}

/** What an approval is bound to: the worker that asks, and exactly what it would do. */
export function actionDigest(worker: string, action: string): string {
  return sha256Hex(canonicalJson({ worker, action }));
}

/** Whether a moment is within the span in which an answer is repeated; a clock that was set back counts as within. */
export function isRepeatable(consumedTs: number, now: number): boolean {
  return now - consumedTs <= REPEAT_MS;
}
