import nodeAssert from "node:assert/strict";

/** Fails when `condition` is not truthy. */
export function assert(condition: unknown, message?: string): asserts condition {
  nodeAssert.ok(condition, message);
}

/** Fails unless both are deeply and strictly equal; the difference is printed. */
export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  nodeAssert.deepStrictEqual(actual, expected, message);
}

/** Fails when both are deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, message?: string): void {
  nodeAssert.notDeepStrictEqual(actual, expected, message);
}

/** Fails unless `text` matches. */
export function assertMatch(text: string, pattern: RegExp, message?: string): void {
  nodeAssert.match(text, pattern, message);
}

/** Fails unless `text` holds `part`. */
export function assertIncludes(text: string, part: string, message?: string): void {
  nodeAssert.ok(text.includes(part), message ?? `${JSON.stringify(part)} is not in ${JSON.stringify(text)}`);
}

/** The value of a successful outcome; fails with its failure otherwise. */
export function assertOk<T>(
  outcome: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: unknown },
): T {
  if (!outcome.ok) nodeAssert.fail(`Expected success, got ${JSON.stringify(outcome.failure)}`);
  return outcome.value;
}

/** The failure of an unsuccessful outcome; fails with its value otherwise. */
export function assertFailed<F>(
  outcome: { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly failure: F },
): F {
  if (outcome.ok) nodeAssert.fail(`Expected a failure, got ${JSON.stringify(outcome.value)}`);
  return outcome.failure;
}
