import { sha256Hex } from "../base/sha256.ts";

/** The answers to an approval: this and nothing else is a yes. */
export const CONSENT = "yes";

/** What an approval resolves to when nobody answers it in time. */
export const REFUSAL = "no";

/** Whether a text answers an approval: `yes`, `no`, or a no with its reason. */
export function isApprovalAnswer(text: string): boolean {
  return text === CONSENT || /^no\b/.test(text);
}

/** What an approval is bound to: the SHA-256 of exactly what would be done, as `printf %s ACTION | sha256sum` prints it. */
export function actionDigest(action: string): string {
  return sha256Hex(action);
}
