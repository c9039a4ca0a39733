import type { VerbEntry } from "../verb.ts";

/** What tells about looop itself. */
export const cliEntries: readonly VerbEntry[] = [
  {
    path: ["version"],
    audience: "human",
    effect: "read",
    summary: "Print the version",
    examples: ["looop version"],
    args: [],
    options: [],
    profile: "none",
    load: () => import("../version.ts").then((m) => m.module),
  },
];
