import { no, type Outcome } from "./base/result.ts";
import type { OsFailure } from "./os/sys.ts";

/**
 * Everything that can go wrong, as data. `thing` is what could not be done to what, as it stands behind "Cannot"
 * (`write goal "a/b"`); `state` is why, as it is now; `hint` is what to try next.
 */
export interface Failure {
  readonly kind: FailureKind;
  readonly thing: string;
  readonly state: string;
  readonly hint?: string | undefined;
  /** What a program may want to know besides: ids, who holds it, what to run again. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  /** Nothing of it goes to stdout, even where errors are asked for as JSON: whoever reads there has another to listen to. */
  readonly stderrOnly?: boolean | undefined;
}

/** The kinds, each with its exit code: the one table. */
export const EXIT_CODES = {
  failed: 1,
  unreadable: 1,
  corrupt: 1,
  newer: 1,
  usage: 2,
  not_found: 3,
  no_profile: 3,
  conflict: 4,
  refused: 5,
  over_budget: 6,
  pending: 75,
  timed_out: 124,
  lost: 125,
  interrupted: 130,
} as const;

/** A kind of failure; the exit code follows from it. */
export type FailureKind = keyof typeof EXIT_CODES;

/** What the codes mean, for help texts and documents. */
export const EXIT_MEANINGS: readonly (readonly [number, string])[] = [
  [0, "done"],
  [1, "failed"],
  [2, "usage"],
  [3, "no such thing (also: no profile yet)"],
  [4, "conflict (already answered, held, already running)"],
  [5, "refused (gate, audience, human-only)"],
  [6, "over budget"],
  [75, "still pending, run the same line again"],
  [124, "timed out (expect, wait-idle, wait <id>)"],
  [125, "lost (wait <id>)"],
  [130, "interrupted"],
];

/** An outcome whose failure is one of ours. */
export type Result<T> = Outcome<T, Failure>;

/** Builds a failed outcome. */
export function fail(
  kind: FailureKind,
  thing: string,
  state: string,
  more: { readonly hint?: string | undefined; readonly data?: Readonly<Record<string, unknown>> | undefined } = {},
): { readonly ok: false; readonly failure: Failure } {
  return no({ kind, thing, state, ...more });
}

/** The sentence for people: `Cannot write goal "a/b": …`. Quoted texts are the caller's business. */
export function sentence(failure: Failure): string {
  return `Cannot ${failure.thing}: ${failure.state}`;
}

/** A failure of the file system, told as one of ours. */
export function ioFailure(thing: string, failure: OsFailure): { readonly ok: false; readonly failure: Failure } {
  switch (failure.code) {
    case "no_space":
      return fail("failed", thing, "the disk is full", {
        hint: `free some space where ${failure.path} lies, then repeat it`,
      });
    case "read_only":
      return fail("failed", thing, `${failure.path} is on a read-only file system`);
    case "denied":
      return fail("unreadable", thing, `no permission for ${failure.path}`, { hint: "looop doctor" });
    case "too_many":
      return fail("failed", thing, "too many files are open", { hint: "raise the limit: ulimit -n 4096" });
    case "absent":
      return fail("not_found", thing, `${failure.path} is not there`);
    case "exists":
    case "not_regular":
    case "other":
      return fail("unreadable", thing, `${failure.path}: ${failure.message}`);
  }
}
