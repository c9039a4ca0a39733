import type { VerbEntry } from "../verb.ts";

const TEXT_FROM_STDIN = "the text, or - for stdin";

/** Questions, answers, messages and leases; see `../table.ts`. */
export const mailboxEntries: readonly VerbEntry[] = [
  {
    path: ["asks"],
    audience: "human",
    effect: "read",
    summary: "List the asks that need someone",
    details: "With --all also those that were answered, withdrawn or have expired, from the archive too.",
    examples: ["looop asks", "looop asks --all --json"],
    args: [],
    options: [{ name: "all", summary: "Answered and archived ones, too" }],
    profile: "open",
    load: () => import("../asks.ts").then((m) => m.module),
  },
  {
    path: ["answer"],
    audience: "human",
    effect: "change",
    summary: "Answer an ask; at a terminal without arguments, pick one",
    details:
      "The beginning of an ask's id is enough while it is the only one. The first answer wins. Options, when the ask has some, are " +
      "checked. An approval is answered with yes or no, by a person at a terminal outside of every session: what it would do is " +
      "shown with the SHA-256 of its bytes, and the yes has to be typed.",
    examples: [
      "looop answer",
      "looop answer fix-ci-3 second",
      "looop answer fix-ci-3 --other 'neither, wait for the release'",
      "cat reply.md | looop answer fix-ci-3 -",
    ],
    args: [
      { name: "ask", summary: "the ask's id or its beginning", complete: "asks" },
      { name: "text", summary: TEXT_FROM_STDIN, rest: true },
    ],
    options: [
      { name: "other", summary: "Send a text that is none of the ask's options" },
      { name: "force", summary: "Replace an answer that its asker has not begun to read" },
    ],
    body: "text",
    profile: "open",
    load: () => import("../answer.ts").then((m) => m.module),
  },
  {
    path: ["asks", "withdraw"],
    audience: "human",
    effect: "change",
    summary: "Give an ask up; its asker is told so",
    examples: ["looop asks withdraw fix-ci-3"],
    args: [{ name: "ask", summary: "the ask's id or its beginning", required: true, complete: "asks" }],
    options: [],
    profile: "open",
    load: () => import("../asks_withdraw.ts").then((m) => m.module),
  },
  {
    path: ["flag"],
    audience: "worker",
    effect: "change",
    summary: "Raise a flag for a session: an ask that nobody waits on",
    details: "A second flag takes the place of the first. Answering it sends the worker a message.",
    examples: ["looop flag fix-ci 'look at the diff when you have a minute'"],
    args: [
      { name: "id", summary: "the session", required: true, complete: "workers" },
      { name: "message", summary: "what it is about, or - for stdin" },
    ],
    options: [],
    body: "message",
    profile: "open",
    load: () => import("../flag.ts").then((m) => m.module),
  },
  {
    path: ["unflag"],
    audience: "worker",
    effect: "change",
    summary: "Lower the flag of a session",
    examples: ["looop unflag fix-ci"],
    args: [{ name: "id", summary: "the session", required: true, complete: "workers" }],
    options: [],
    profile: "open",
    load: () => import("../unflag.ts").then((m) => m.module),
  },
  {
    path: ["_", "answer"],
    audience: "root",
    effect: "change",
    summary: "Answer an ask",
    details:
      "The first answer wins; one that comes second ends with 4 and names who answered. Approvals are not for the root agent: it ends " +
      "with 5 and the line for the human to paste.",
    examples: ["looop _ answer fix-ci-3 second", "echo 'take the second' | looop _ answer fix-ci-3 -"],
    args: [
      { name: "ask", summary: "the ask's id or its beginning", required: true, complete: "asks" },
      { name: "text", summary: TEXT_FROM_STDIN, required: true, rest: true },
    ],
    options: [
      { name: "other", summary: "Send a text that is none of the ask's options" },
      { name: "force", summary: "Replace an answer that its asker has not begun to read" },
    ],
    body: "text",
    profile: "open",
    load: () => import("../answer.ts").then((m) => m.module),
  },
  {
    path: ["_", "tell"],
    audience: "root",
    effect: "change",
    summary: "Leave a worker a message for its next `_ told`",
    details: "Refused for a worker that is not alive. Messages are read in the order in which they were accepted.",
    examples: ["looop _ tell fix-ci 'main is green again, rebase first'"],
    args: [
      { name: "worker", summary: "the worker", required: true, complete: "workers" },
      { name: "text", summary: TEXT_FROM_STDIN, required: true, rest: true },
    ],
    options: [],
    body: "text",
    profile: "open",
    load: () => import("../tell.ts").then((m) => m.module),
  },
  {
    path: ["_", "ask"],
    audience: "worker",
    effect: "change",
    summary: "Ask, wait for the answer, print it and nothing else",
    details:
      "Blocks until somebody answers. When it is cut off, run the very same line again: it finds its own ask, also when the answer came " +
      "in between. --timeout ends it with 75 and the line to run again; the ask stays open. With --key, asks of the same key are the same. " +
      "An approval names with --action exactly what would be done; only a person can say yes, and the yes counts once, for that very " +
      "action: under its key another action, or a question, is refused (4).",
    examples: [
      'looop _ ask --prompt "Which of the two?" --options first,second',
      'looop _ ask nightly --prompt "Go on with the old data?" --timeout 90s',
      'looop _ ask --kind approval --prompt "May I push this?" --action "git push origin fix-1"',
      'looop _ ask --prompt "Colour?" --expires 2h --default blue --no-wait',
    ],
    args: [{ name: "id", summary: "who asks (in a session: itself)" }],
    options: [
      { name: "prompt", value: "T", summary: "The question, or - for stdin" },
      {
        name: "ref",
        value: "P",
        summary: "A file (or address) to look at, best an absolute path",
        complete: "files",
      },
      { name: "options", value: "A,B", summary: "The answers to choose from" },
      { name: "key", value: "K", summary: "The same key is the same ask, whatever the words" },
      {
        name: "timeout",
        value: "D",
        summary: "Stop waiting after this long: 75, and the ask stays open (LOOOP_WAIT_TIMEOUT)",
      },
      { name: "no-wait", summary: "Print the ask's id and leave" },
      {
        name: "kind",
        value: "KIND",
        summary: "question (the default) or approval",
        complete: ["question", "approval"],
      },
      { name: "action", value: "T", summary: "What an approval would allow, exactly" },
      { name: "expires", value: "D", summary: "After this long the ask resolves to its default" },
      { name: "default", value: "X", summary: "The answer when it expires; an approval can only default to no" },
    ],
    body: "prompt",
    profile: "seed",
    load: () => import("../ask.ts").then((m) => m.module),
  },
  {
    path: ["_", "told"],
    audience: "worker",
    effect: "change",
    summary: "Print the messages that were left, once",
    examples: ["looop _ told", "looop _ told fix-ci --json"],
    args: [{ name: "id", summary: "the worker (in a session: itself)", complete: "workers" }],
    options: [],
    profile: "open",
    load: () => import("../told.ts").then((m) => m.module),
  },
  {
    path: ["_", "claim"],
    audience: "worker",
    effect: "change",
    summary: "Take a lease, or renew one's own",
    details:
      "One holder at a time; for all others it ends with 4 and names the holder. A session's leases are freed when it ends; outside a " +
      "session --for says for how long.",
    examples: ["looop _ claim deploy", "looop _ claim db.schema --for 30m"],
    args: [{ name: "name", summary: "what is claimed", required: true, complete: "claims" }],
    options: [{ name: "for", value: "D", summary: "Free it by itself after this long" }],
    profile: "seed",
    load: () => import("../claim.ts").then((m) => m.module),
  },
  {
    path: ["_", "unclaim"],
    audience: "worker",
    effect: "change",
    summary: "Give a lease back",
    examples: ["looop _ unclaim deploy"],
    args: [{ name: "name", summary: "what was claimed", required: true, complete: "claims" }],
    options: [],
    profile: "open",
    load: () => import("../unclaim.ts").then((m) => m.module),
  },
];
