import { columns } from "./layout.ts";

/** Something that help explains besides verbs. */
export interface Topic {
  readonly name: string;
  readonly summary: string;
  /** Loaded when asked for: help is long, and most runs of looop do not print any. */
  readonly text: () => Promise<string>;
}

/** The topics, in the order in which they are listed. */
export const TOPICS: readonly Topic[] = [
  {
    name: "agent",
    summary: "how to run the loop: for the root agent",
    text: async () => (await import("./topics/agent.ts")).agent(),
  },
  {
    name: "worker",
    summary: "what a worker may do, and what it is told",
    text: async () => (await import("./topics/worker.ts")).worker(),
  },
  {
    name: "sensors",
    summary: "how to write a sensor",
    text: async () => (await import("./topics/sensors.ts")).sensors(),
  },
  {
    name: "files",
    summary: "what lies in the data dir",
    text: async () => (await import("./topics/files.ts")).files(),
  },
  {
    name: "config",
    summary: "every key of config.json",
    text: async () => (await import("./topics/config.ts")).config(),
  },
  {
    name: "environment",
    summary: "variables that are read and set",
    text: async () => (await import("./topics/environment.ts")).environment(),
  },
  {
    name: "exit-codes",
    summary: "what the exit codes mean",
    text: async () => (await import("./topics/exit_codes.ts")).exitCodes(),
  },
];

/** One line a topic. */
export function topicLines(): string {
  return columns(TOPICS.map(({ name, summary }) => [`looop help ${name}`, summary]));
}
