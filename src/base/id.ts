/** The one shape of every id in a profile: goals, sensors, workers, claims, schedules. */
export const ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** The names that no goal, worker, sensor, claim or schedule may have: `pulse` is the loop's own session. */
export const RESERVED_IDS: readonly string[] = ["pulse"];

/** Why a text cannot be an id. */
export type IdProblem = "empty" | "shape" | "reserved";

/** Tells what keeps `text` from being an id, or undefined when it is one. Ids never reach a path before this. */
export function idProblem(text: string): IdProblem | undefined {
  if (text === "") return "empty";
  if (!ID_PATTERN.test(text)) return "shape";
  if (RESERVED_IDS.includes(text.toLowerCase())) return "reserved";
  return undefined;
}

/** True for a text that may be used as an id. */
export function isId(text: string): boolean {
  return idProblem(text) === undefined;
}

/** An ask's id taken apart: `<worker>-<n>`, n from 1. Undefined for anything else. */
export function parseAskId(text: string): { readonly worker: string; readonly n: number } | undefined {
  const match = /^(.+)-([1-9][0-9]{0,14})$/.exec(text);
  if (match === null) return undefined;
  const [, worker, n] = match;
  if (worker === undefined || n === undefined || !isId(worker)) return undefined;
  return { worker, n: Number(n) };
}

/** Orders ids by code unit, never by locale: what is hashed must not depend on the machine's language. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
