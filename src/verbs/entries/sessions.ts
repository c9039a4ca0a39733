import type { VerbEntry } from "../verb.ts";

/** The verbs of this part of the table; see `../table.ts`. */
export const sessionsEntries: readonly VerbEntry[] = [];
