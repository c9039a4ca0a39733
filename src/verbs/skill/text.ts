import { sha256Hex } from "../../base/sha256.ts";
import { EXIT_MEANINGS } from "../../failure.ts";
import { agent } from "../help/topics/agent.ts";
import type { VerbEntry } from "../verb.ts";
import { shortUsage } from "../help/usage.ts";

/** The last line of the file: a digest of what stands above it, so that a file that somebody changed can be told from an older one. */
const SEAL = /\n<!-- looop skill ([0-9a-f]{64}) -->\n$/;

/** SKILL.md: what an agent CLI shows its model when looop is the matter. Made from the verb table. */
export function skillText(verbs: readonly VerbEntry[]): string {
  const root = verbs.filter((entry) => entry.audience === "root" && entry.hidden !== true && entry.path[0] === "_");
  const body = `---
name: looop
description: Run a looop control loop as its root agent. Use when the user asks to run, watch or steer looop, its workers, goals, sensors or asks, or when LOOOP_DATA_DIR is set.
---

# looop

${fenced(agent())}

## Your verbs

| line | does |
| --- | --- |
${
    root.map((entry) =>
      `| \`looop ${shortUsage(entry).replaceAll("|", "\\|")}\` | ${entry.summary.replaceAll("|", "\\|")} |`
    ).join("\n")
  }

## Exit codes

| code | meaning |
| --- | --- |
${EXIT_MEANINGS.map(([code, meaning]) => `| ${code} | ${meaning} |`).join("\n")}

Inside a worker the rules are others: \`looop help worker\`.
`;
  return `${body}\n<!-- looop skill ${sha256Hex(body)} -->\n`;
}

/** Whether a SKILL.md is as some looop wrote it; false when a person changed it, or wrote it. */
export function isSealed(text: string): boolean {
  const seal = SEAL.exec(text);
  return seal !== null && sha256Hex(text.slice(0, seal.index)) === seal[1];
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}
