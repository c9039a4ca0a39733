import type { VerbEntry } from "./verb.ts";
import { cliEntries } from "./entries/cli.ts";
import { mailboxEntries } from "./entries/mailbox.ts";
import { movesEntries } from "./entries/moves.ts";
import { pulseEntries } from "./entries/pulse.ts";
import { sessionsEntries } from "./entries/sessions.ts";
import { setupEntries } from "./entries/setup.ts";
import { worldEntries } from "./entries/world.ts";

/**
 * Every verb, as data: the command line, help, completions, and the tables of the README come from here. Entries import nothing
 * but types, so that naming sixty verbs costs nothing; `load` brings in the one that was asked for.
 */
export const VERBS: readonly VerbEntry[] = [
  ...pulseEntries,
  ...worldEntries,
  ...mailboxEntries,
  ...sessionsEntries,
  ...movesEntries,
  ...setupEntries,
  ...cliEntries,
];

/** The entry at exactly this path, hidden ones included. */
export function entryAt(path: readonly string[]): VerbEntry | undefined {
  return VERBS.find((entry) => entry.path.length === path.length && entry.path.every((word, i) => word === path[i]));
}

/** The path as one types it: `_ goal write`. */
export function pathText(path: readonly string[]): string {
  return path.join(" ");
}
