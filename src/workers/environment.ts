import { join } from "node:path";
import type { Paths } from "../profile/paths.ts";

/** Marks of agent CLIs that make one refuse to run inside another: never handed on. */
export const NESTED_MARKERS: readonly string[] = [
  "CLAUDECODE",
  "CLAUDE_CODE_ENTRYPOINT",
  "CLAUDE_CODE_SSE_PORT",
  "CODEX_SANDBOX",
  "CODEX_SANDBOX_NETWORK_DISABLED",
  "GEMINI_CLI",
  "OPENCODE",
  "PI_SESSION_ID",
];

/** What a worker's environment is made of, beside the caller's. */
export interface WorkerFacts {
  readonly id: string;
  readonly bin: string;
  readonly promptFile: string;
  readonly agentSession: string;
  readonly runnerEnv: Readonly<Record<string, string>>;
}

/** What is added to the caller's environment. Only looop's own names and those that the config gives. */
export function workerEnvironment(paths: Paths, facts: WorkerFacts): Record<string, string> {
  return {
    ...facts.runnerEnv,
    LOOOP_BIN: facts.bin,
    LOOOP_DATA_DIR: paths.root,
    LOOOP_CONFIG: paths.config,
    LOOOP_SESSION_ID: facts.id,
    LOOOP_CLAIMS_DIR: paths.claims,
    LOOOP_REPORTS_DIR: paths.reports,
    LOOOP_PROMPT_FILE: facts.promptFile,
    LOOOP_AGENT_SESSION: facts.agentSession,
    LOOOP_AGENT_DIR: join(paths.work, facts.id, ".agent"),
    LOOOP_WRITABLE_TOML: JSON.stringify(writableRoots(paths)),
  };
}

/** What a sandboxing agent CLI must let be written so that every callback works: mailbox, claims, reports, ledger, event log. */
export function writableRoots(paths: Paths): readonly string[] {
  return [paths.asks, paths.answers, paths.mailbox, paths.tells, paths.claims, paths.reports, paths.cost, paths.events];
}
