import { columns } from "../layout.ts";

/** Every name in a data dir: what it is, who writes it. Documents are made from it too. */
export const FILES: readonly { readonly name: string; readonly what: string; readonly writer: string }[] = [
  { name: "profile.json", what: "marks a complete profile, and its version", writer: "looop" },
  { name: "config.json", what: "the config; a key that is left out has its default", writer: "you" },
  { name: "PLAYBOOK.md", what: "how the root agent decides", writer: "you, root" },
  { name: "playbook.d/", what: "earlier PLAYBOOKs, newest 20", writer: "looop" },
  { name: "goals/", what: "one markdown file a goal; archive/ holds the finished ones", writer: "you, root" },
  {
    name: "sensors/",
    what: "executables that print one JSON object; archive/ holds the retired ones",
    writer: "you, root",
  },
  { name: "notify.d/", what: "executables that get each notice as JSON on stdin", writer: "you" },
  { name: "snapshots/", what: "the last reading of every sensor", writer: "pulse" },
  { name: "journal.md", what: "one line for every move", writer: "looop" },
  { name: "events.ndjson", what: "the same for programs: who, what, which ids, how it went", writer: "looop" },
  { name: "cost.jsonl", what: "the ledger: what sessions and calls have cost", writer: "looop" },
  { name: "claims/", what: "leases: who works on what", writer: "workers" },
  { name: "reports/", what: "what workers found or made", writer: "workers" },
  { name: "asks/, answers/", what: "open questions and their answers", writer: "looop" },
  { name: "mailbox/", what: "answered questions by month, and the counters of ids", writer: "looop" },
  { name: "tells/", what: "messages that workers have not read yet", writer: "looop" },
  { name: "schedules/", what: "one file a schedule: its rule, its last firing", writer: "you, root" },
  { name: "notices/", what: "what was surfaced to the human", writer: "looop" },
  { name: "cursors/", what: "what each waiting client was last given", writer: "looop" },
  { name: "workers/", what: "one record a worker", writer: "looop" },
  { name: "sessions/", what: "terminals: logs, screens, ends; .pulse/ is the pulse's own log", writer: "looop" },
  { name: "prompts/", what: "what each worker was told at its start", writer: "looop" },
  { name: "work/", what: "the workers' own directories", writer: "workers" },
  { name: "runs/, brain/", what: "kept for the autonomous mode", writer: "looop" },
  { name: ".lock/", what: "locks, held by the kernel for living processes", writer: "looop" },
  { name: ".gitignore", what: "leaves out what is not worth a commit", writer: "looop" },
];

/** `looop help files` */
export function files(): string {
  return `A profile is one directory of plain files (0700, files 0600): $LOOOP_DATA_DIR, or $XDG_STATE_HOME/looop, or
~/.local/state/looop. Another directory is another loop, fully apart.

${columns(FILES.map(({ name, what, writer }) => [name, `${what} (written by: ${writer})`]))}

PLAYBOOK, goals, sensors, schedules and config may be edited in any editor at any time; it is seen at once. The rest is looop's.
Ids are letters, digits, dots, dashes and underscores, at most 63, and begin with a letter or digit: fix-login, review.2`;
}
