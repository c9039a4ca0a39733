import type { VerbEntry } from "../verb.ts";

/** The verbs of this part of the table; see `../table.ts`. */
export const sessionsEntries: readonly VerbEntry[] = [
  {
    path: ["_", "worker", "start"],
    audience: "root",
    effect: "change",
    summary: "Start a worker: an agent session on a terminal of its own, detached",
    details:
      "Everything is checked first; a refusal leaves nothing behind. The brief is handed over in a file, behind the worker contract. With " +
      "the runner sh the brief is a shell script. --verify is run once by the pulse after the end: its exit code, not the worker's, says done.",
    examples: [
      'looop _ worker start fix-login "Find out why login fails on Safari, fix it, open a pull request after an approval" --goal login',
      "looop _ worker start nightly - --runner sh --verify 'test -s reports/nightly.md' <nightly.sh",
    ],
    args: [
      { name: "id", summary: "Its id", required: true },
      { name: "prompt", summary: "Its brief; - or nothing: from stdin", required: true, rest: true },
    ],
    options: [
      { name: "runner", value: "R", summary: "Which agent (config runners); default: config default" },
      { name: "command", value: "C", summary: "The command line itself, in place of the runner's" },
      { name: "cwd", value: "D", summary: "Where it starts; default: a directory of its own" },
      { name: "goal", value: "G", summary: "The goal it works for", complete: "goals" },
      { name: "verify", value: "C", summary: "A command that tells whether the work is done" },
      { name: "meta", summary: "Its task is PLAYBOOK, goals or sensors themselves: it may write them, after a yes" },
    ],
    body: "prompt",
    profile: "seed",
    load: () => import("../worker_start.ts").then((m) => m.module),
  },
  {
    path: ["_", "worker", "kill"],
    audience: "root",
    effect: "change",
    summary: "End a worker and all that it started; its open asks are withdrawn",
    examples: ["looop _ worker kill fix-login"],
    args: [{ name: "id", summary: "Its id", required: true, complete: "workers" }],
    options: [{ name: "reason", value: "T", summary: "Why, for the journal" }],
    profile: "open",
    load: () => import("../worker_kill.ts").then((m) => m.module),
  },
];
