import type { VerbEntry } from "../verb.ts";

/** The verbs that set looop up and look whether it is in order; see `../table.ts`. */
export const setupEntries: readonly VerbEntry[] = [
  {
    path: ["init"],
    audience: "human",
    effect: "change",
    summary: "Make the profile and choose the agent that workers run",
    details:
      "At a terminal it asks; elsewhere, and with --yes, the flags decide and what is not said keeps its value. It may be run again " +
      "at any time: what is there stays. --adopt takes over the profile of an older looop and keeps every file of it under adopted/.",
    examples: ["looop init", "looop init --runner claude --yes", "looop init --adopt"],
    args: [],
    options: [
      {
        name: "runner",
        value: "NAME",
        summary: "The agent that workers run when nothing else is said",
        complete: "runners",
      },
      { name: "yes", short: "y", summary: "Ask nothing" },
      { name: "adopt", summary: "Take over the profile of an older looop that lies there" },
    ],
    profile: "none",
    load: () => import("../init.ts").then((m) => m.module),
  },
  {
    path: ["config", "show"],
    audience: "human",
    effect: "read",
    summary: "Show every key of the config, its value and where that came from",
    examples: ["looop config show", "looop config show --json"],
    args: [],
    options: [],
    profile: "open",
    load: () => import("../config_show.ts").then((m) => m.module),
  },
  {
    path: ["config", "set"],
    audience: "human",
    effect: "change",
    summary: "Set one key of the config",
    details:
      "Durations are 500ms, 60s, 5m, 2h, 3d; a bare number is seconds. Sizes may be 64MiB. A running pulse sees the change at once.",
    examples: [
      "looop config set interval 5m",
      "looop config set max_daily_usd 12.50",
      "looop config set runners.mine.command 'my-agent --brief {{prompt_file}}'",
      "looop config set max_daily_usd --unset",
    ],
    args: [
      { name: "key", summary: "The key, as `config show` names it", required: true, complete: "config-keys" },
      { name: "value", summary: "Its value" },
    ],
    options: [{ name: "unset", summary: "Take the key out of the file, so that its default holds" }],
    profile: "seed",
    load: () => import("../config_set.ts").then((m) => m.module),
  },
  {
    path: ["doctor"],
    audience: "human",
    effect: "read",
    summary: "Check this machine and the profile, and say what to do",
    details: "Changes nothing. Exits 1 when something fails; warnings alone exit 0.",
    examples: ["looop doctor", "looop doctor --json"],
    args: [],
    options: [],
    profile: "none",
    load: () => import("../doctor.ts").then((m) => m.module),
  },
  {
    path: ["demo"],
    audience: "human",
    effect: "change",
    summary: "Show the whole loop at work, with scripts in place of agents",
    details:
      "In a throw-away profile: the pulse, a sensor on a small real directory, a scripted root agent, a scripted worker, a question that you " +
      "(or, after a few seconds, the demo itself) answer, a check, the end. No model is called and nothing of yours is touched. Exit 0 only when " +
      "every step was seen to happen.",
    examples: ["looop demo", "looop demo --fast --keep"],
    args: [],
    options: [
      { name: "keep", summary: "Leave the profile in place, to look around in it" },
      { name: "fast", summary: "Wait only a moment for your answer" },
    ],
    profile: "none",
    load: () => import("../demo.ts").then((m) => m.module),
  },
  {
    path: ["skill", "install"],
    audience: "human",
    effect: "change",
    summary: "Teach an agent CLI to run the loop: write a SKILL.md where it looks",
    details:
      "The text is made from the verbs. What becomes different is shown. A file that somebody changed is left alone (4) unless --force says otherwise, and " +
      "then its text is kept beside it.",
    examples: ["looop skill install", "looop skill install --dir .claude/skills/looop"],
    args: [],
    options: [
      { name: "dir", value: "D", summary: "Where to; default: ~/.claude/skills/looop", complete: "files" },
      { name: "force", summary: "Replace a file that somebody changed" },
    ],
    profile: "none",
    load: () => import("../skill_install.ts").then((m) => m.module),
  },
  {
    path: ["upgrade"],
    audience: "human",
    effect: "change",
    summary: "Print the line that brings the newest looop, or run it",
    details:
      "How this looop was installed (as an executable, from its npm package, from a checkout) decides the line. At a terminal it asks " +
      "whether to run it. A running pulse hands over to the new one by itself; workers and those who wait go on.",
    examples: ["looop upgrade", "looop upgrade --yes", "looop upgrade --json"],
    args: [],
    options: [{ name: "yes", short: "y", summary: "Run the line, and ask nothing" }],
    profile: "none",
    load: () => import("../upgrade.ts").then((m) => m.module),
  },
];
