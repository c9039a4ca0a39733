import type { VerbEntry } from "../verb.ts";

/** The pulse, sensors and schedules; see `../table.ts`. */
export const pulseEntries: readonly VerbEntry[] = [
  {
    path: ["up"],
    audience: "human",
    effect: "change",
    summary: "Start the pulse in the background, or find it running",
    details:
      "The pulse runs the sensors, fires schedules, watches the workers and wakes whoever waits. It never needs a model. It outlives " +
      "this terminal; there is one for each data dir. Makes the profile when there is none.\n\n" +
      "With --foreground it runs here and its log is printed, as NDJSON with --json; Ctrl-C ends it. That is the way to run it " +
      "under systemd or launchd.",
    examples: ["looop up", "looop up --foreground"],
    args: [],
    options: [{ name: "foreground", summary: "Run it here and print its log, until Ctrl-C" }],
    profile: "seed",
    ownSignals: true,
    load: () => import("../up.ts").then((m) => m.module),
  },
  {
    path: ["down"],
    audience: "human",
    effect: "change",
    summary: "Stop the pulse, then every worker, and say what was seen to stop",
    examples: ["looop down", "looop down --keep-workers"],
    args: [],
    options: [{ name: "keep-workers", summary: "Stop the pulse alone" }],
    profile: "open",
    load: () => import("../down.ts").then((m) => m.module),
  },
  {
    path: ["log"],
    audience: "human",
    effect: "read",
    summary: "Print what sessions have shown on their terminals, or the log of the pulse",
    details:
      "Of several sessions each line says whose it is. Escapes are taken out unless --raw is given; --json gives {id, text, offset, done}. " +
      "The log of the pulse is NDJSON at sessions/.pulse/pulse.log ({ts, level, event, msg, …}), rotated at 5 MiB; it is printed " +
      "readable, or as it is with --json or LOOOP_LOG_FORMAT=json.",
    examples: [
      "looop log fix-login --tail 50",
      "looop log -f fix-login review",
      "looop log pulse -f",
      "looop log --asks",
    ],
    args: [{ name: "id", summary: "Ids of workers, or pulse", rest: true, complete: "sessions" }],
    options: [
      { name: "follow", short: "f", summary: "Go on with what is written from now on" },
      { name: "tail", value: "N", summary: "The last N lines (of the pulse, and with -f: 50)" },
      { name: "since", value: "D", summary: "Only what was written in the last D" },
      { name: "grep", value: "RE", summary: "Only lines that match" },
      { name: "raw", summary: "The bytes as they are" },
      { name: "asks", summary: "The history of questions and answers, of these workers or of all" },
    ],
    profile: "open",
    load: () => import("../log.ts").then((m) => m.module),
  },
  {
    path: ["_", "sensor", "write"],
    audience: "root",
    effect: "policy",
    summary: "Write a sensor: a script that prints one JSON object",
    details:
      "Any executable with a shebang will do. What should wake the loop goes under `signal`, the rest under `detail`; without " +
      "`signal` all of it counts. Comment lines near the top say how to run it: `# looop:interval=60s`, `# looop:timeout=20s`. " +
      "It runs in the data dir with nothing on stdin. The same script again changes nothing and succeeds.",
    examples: [
      "looop _ sensor write inbox - < inbox.sh",
      "looop _ sensor write load '#!/bin/sh\n# looop:interval=5m\nprintf '{\"signal\":{\"high\":false}}''",
    ],
    args: [
      { name: "name", summary: "Its name, with an ending (disk.py) or without", required: true, complete: "sensors" },
      { name: "script", summary: "The script; - or nothing: from stdin", required: true },
    ],
    options: [],
    body: "script",
    profile: "seed",
    load: () => import("../sensor_write.ts").then((m) => m.module),
  },
  {
    path: ["_", "sensor", "archive"],
    audience: "root",
    effect: "policy",
    summary: "Take a sensor out of use; its script is kept in sensors/archive",
    examples: ["looop _ sensor archive inbox"],
    args: [{ name: "name", summary: "Its name", required: true, complete: "sensors" }],
    options: [],
    profile: "open",
    load: () => import("../sensor_archive.ts").then((m) => m.module),
  },
  {
    path: ["_", "sensor", "list"],
    audience: "root",
    effect: "read",
    summary: "List the sensors, what they last gave, and files that are none",
    examples: ["looop _ sensor list --json"],
    args: [],
    options: [],
    profile: "open",
    load: () => import("../sensor_list.ts").then((m) => m.module),
  },
  {
    path: ["_", "sensor", "test"],
    audience: "root",
    effect: "change",
    summary: "Run a sensor once and show its reading and its problems",
    details:
      "Runs it here and now, whatever the pulse does, and publishes nothing. Ends with 1 when the reading is an error.",
    examples: ["looop _ sensor test inbox"],
    args: [{ name: "name", summary: "Its name", required: true, complete: "sensors" }],
    options: [],
    profile: "open",
    load: () => import("../sensor_test.ts").then((m) => m.module),
  },
  {
    path: ["_", "schedule", "write"],
    audience: "root",
    effect: "policy",
    summary: "Write a schedule: a time at which the loop is woken",
    details:
      "Give exactly one of --in, --every and --cron. Cron rules are in local time and have five fields, or are @daily and its like. " +
      "A schedule fires when it is due; what was missed while the machine slept fires once, on return. One that fired with --in stays " +
      "listed until it is removed or written again. The same repeating rule again changes nothing.",
    examples: [
      "looop _ schedule write look-again --in 30m --note 'is the deploy through?'",
      "looop _ schedule write standup --cron '0 9 * * 1-5'",
    ],
    args: [{ name: "name", summary: "Its name", required: true, complete: "schedules" }],
    options: [
      { name: "in", value: "D", summary: "Once, so long from now" },
      { name: "every", value: "D", summary: "Again and again, at most every 60s" },
      { name: "cron", value: "E", summary: "By a cron rule: minute hour day month weekday" },
      { name: "note", value: "T", summary: "What it is for" },
    ],
    profile: "seed",
    load: () => import("../schedule_write.ts").then((m) => m.module),
  },
  {
    path: ["_", "schedule", "rm"],
    audience: "root",
    effect: "policy",
    summary: "Remove a schedule",
    examples: ["looop _ schedule rm standup"],
    args: [{ name: "name", summary: "Its name", required: true, complete: "schedules" }],
    options: [],
    profile: "open",
    load: () => import("../schedule_rm.ts").then((m) => m.module),
  },
  {
    path: ["_", "schedule", "list"],
    audience: "root",
    effect: "read",
    summary: "List the schedules and when each fires next",
    examples: ["looop _ schedule list --json"],
    args: [],
    options: [],
    profile: "open",
    load: () => import("../schedule_list.ts").then((m) => m.module),
  },
  {
    path: ["pulse"],
    audience: "human",
    effect: "change",
    summary: "Be the pulse (what up starts)",
    examples: ["looop pulse"],
    args: [],
    options: [
      { name: "run", value: "NAME", summary: "A name for this run" },
      { name: "after", value: "RUN", summary: "Take over from that run, which is about to leave" },
    ],
    hidden: true,
    profile: "open",
    ownSignals: true,
    load: () => import("../pulse.ts").then((m) => m.module),
  },
];
