import { canonicalJson } from "../base/canonical_json.ts";
import type { Ask } from "./schema.ts";

/** How long the same line gets its answer again after it was taken, unless the session makes another call of looop. */
export const REPEAT_MS = 15 * 60_000;

/** What makes an ask the one it is, when it has no key. */
export type AskContent = Pick<Ask, "worker" | "kind" | "prompt" | "reference" | "options" | "action">;

/**
 * Whether two asks are one and the same: the same `--key` of one worker for the same deed, or, where neither has a key, the same prompt,
 * reference, options and action. Expiry and timeouts are no part of it: the same line with more patience is the same question.
 */
export function isSameAsk(a: AskContent & { readonly key?: string | undefined }, b: typeof a): boolean {
  if (a.worker !== b.worker || a.key !== b.key || !isSameDeed(a, b)) return false;
  return a.key !== undefined || fingerprint(a) === fingerprint(b);
}

/** Whether two asks want the same: both an answer, or both a yes to one and the same action. No key makes a yes good for another one. */
export function isSameDeed(a: Pick<Ask, "kind" | "action">, b: typeof a): boolean {
  return a.kind === b.kind && a.action === b.action;
}

function fingerprint(ask: AskContent): string {
  const { prompt, reference, options } = ask;
  return canonicalJson({ prompt, reference, options });
}

/** Whether a moment is within the span in which an answer is repeated; a clock that was set back counts as within. */
export function isRepeatable(consumedTs: number, now: number): boolean {
  return now - consumedTs <= REPEAT_MS;
}
