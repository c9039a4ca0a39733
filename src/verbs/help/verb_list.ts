import type { VerbEntry } from "../verb.ts";
import { VERBS } from "../table.ts";
import { columns } from "./layout.ts";
import { shortUsage } from "./usage.ts";

/** The verbs that help and documents show, in the order of the table. */
export function shownVerbs(): readonly VerbEntry[] {
  return VERBS.filter((entry) => entry.hidden !== true && entry.aliasOf === undefined);
}

/** One line a verb: how it is typed, what it does. */
export function verbLines(entries: readonly VerbEntry[]): string {
  return columns(entries.map((entry) => [shortUsage(entry), entry.summary]));
}

/** The verbs of one audience. */
export function verbsFor(audience: VerbEntry["audience"]): readonly VerbEntry[] {
  return shownVerbs().filter((entry) => entry.audience === audience);
}
