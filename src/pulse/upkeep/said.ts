import { type Result, sentence } from "../../failure.ts";
import type { UpkeepSaid } from "../upkeep.ts";

/** The first of these dates that is still to come: what could not be done at its date waits for the next beat, and makes none. */
export function ahead(now: number, dates: readonly (number | undefined)[]): UpkeepSaid {
  const coming = dates.filter((date) => date !== undefined && date > now) as number[];
  return coming.length === 0 ? {} : { nextAt: Math.min(...coming) };
}

/** The value of an outcome; a failure is thrown for the upkeep to tell. */
export function must<T>(outcome: Result<T>): T {
  if (!outcome.ok) throw new Error(sentence(outcome.failure));
  return outcome.value;
}
