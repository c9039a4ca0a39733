import type { RunnerConfig } from "../config/schema.ts";

/** A way to start an agent, complete. */
export interface Runner {
  readonly name: string;
  /** Run by `sh -c`. `{{prompt_file}}` becomes a quoted reference to `$LOOOP_PROMPT_FILE`. */
  readonly command: string;
  /** Continues the agent's own conversation after a loss; undefined: the command is run again. */
  readonly resume: string | undefined;
  /** The agent finds its conversation by the directory it runs in: that is certain only in a directory that no other worker has. */
  readonly resumesByCwd: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
  /** The longest prompt in bytes: agents that take it as an argument are held to what one argument may be. */
  readonly promptMax: number;
}

/** Linux takes 128 KiB for a single argument; the rest is the shell's own. */
const ARGUMENT_MAX = 120_000;
const FILE_MAX = 10 * 1024 * 1024;

/** What people are told when the program of this name is not there. */
export const INSTALL_HINTS: Readonly<Record<string, string>> = {
  pi: "npm install -g @earendil-works/pi-coding-agent",
  claude: "npm install -g @anthropic-ai/claude-code",
  codex: "npm install -g @openai/codex",
  opencode: "npm install -g opencode-ai",
  gemini: "npm install -g @google/gemini-cli",
};

interface BuiltIn {
  readonly command: string;
  readonly resume?: string;
  readonly resumesByCwd?: boolean;
  readonly waitTimeout?: string;
  readonly promptMax: number;
}

/** A resumed conversation has the sandbox of the line that resumes it, and not the one that it began in. */
const CODEX_SETTINGS =
  '--sandbox workspace-write -c "sandbox_workspace_write.writable_roots=$LOOOP_WRITABLE_TOML" -c check_for_update_on_startup=false';

/**
 * The runners that need no config. None passes a flag that skips the agent's own permission questions: that is the user's choice,
 * made at `looop init` or in config `runners`. `$LOOOP_AGENT_SESSION` is a fresh UUID, `$LOOOP_AGENT_DIR` a directory of the
 * worker's own, so that a conversation can be found again. `$LOOOP_WRITABLE_TOML` names what a sandboxing CLI must let be written
 * for the callbacks to work (mailbox, claims, reports, ledger, event log), and no more. `waitTimeout` stays below the time after which
 * the agent's own shell cuts a command off or lets go of it (claude and opencode two minutes, codex half a minute), so that a callback
 * that blocks ends by itself, with the line to run again; pi's shell has no such limit.
 */
export const BUILT_IN: Readonly<Record<string, BuiltIn>> = {
  pi: {
    command: 'pi --session-dir "$LOOOP_AGENT_DIR" @{{prompt_file}}',
    resume: 'pi --session-dir "$LOOOP_AGENT_DIR" -c',
    promptMax: FILE_MAX,
  },
  claude: {
    command: 'claude --session-id "$LOOOP_AGENT_SESSION" "$(cat {{prompt_file}})"',
    resume: 'claude --resume "$LOOOP_AGENT_SESSION"',
    waitTimeout: "100s",
    promptMax: ARGUMENT_MAX,
  },
  codex: {
    command: `codex ${CODEX_SETTINGS} -- "$(cat {{prompt_file}})"`,
    resume: `codex resume --last ${CODEX_SETTINGS}`,
    resumesByCwd: true,
    waitTimeout: "25s",
    promptMax: ARGUMENT_MAX,
  },
  opencode: {
    command: 'opencode --prompt "$(cat {{prompt_file}})"',
    resume: "opencode -c",
    resumesByCwd: true,
    waitTimeout: "100s",
    promptMax: ARGUMENT_MAX,
  },
  gemini: {
    command: 'gemini -i "$(cat {{prompt_file}})"',
    resume: "gemini --resume latest",
    resumesByCwd: true,
    waitTimeout: "100s",
    promptMax: ARGUMENT_MAX,
  },
  sh: { command: "exec sh {{prompt_file}}", promptMax: FILE_MAX },
};

/** Why a runner cannot be used. */
export type RunnerProblem =
  | { readonly kind: "unknown"; readonly known: readonly string[] }
  | { readonly kind: "no_command" }
  | { readonly kind: "no_placeholder" }
  | { readonly kind: "removed_placeholder"; readonly name: string };

/**
 * The runner of this name: the config's, over the built-in of that name. `command` (from `--command`) replaces its command line, and
 * with it its resume line: what it starts need not know of any conversation.
 */
export function findRunner(
  name: string,
  configured: Readonly<Record<string, RunnerConfig>>,
  command?: string,
): Runner | RunnerProblem {
  const own = configured[name];
  const builtIn = BUILT_IN[name];
  if (own === undefined && builtIn === undefined) {
    return { kind: "unknown", known: [...new Set([...Object.keys(BUILT_IN), ...Object.keys(configured)])].sort() };
  }
  const line = command ?? own?.command ?? own?.interactive ?? builtIn?.command;
  if (line === undefined || line.trim() === "") return { kind: "no_command" };
  const gone = /\{\{(model|thinking)\}\}/.exec(line);
  if (gone?.[1] !== undefined) return { kind: "removed_placeholder", name: gone[1] };
  if (command === undefined && name !== "sh" && !line.includes("{{prompt_file}}")) return { kind: "no_placeholder" };
  return {
    name,
    command: line,
    resume: command === undefined
      ? own?.resume ?? (own?.command === undefined ? builtIn?.resume : undefined)
      : undefined,
    resumesByCwd: own?.resume === undefined && builtIn?.resumesByCwd === true,
    // The limit is the agent's, however it is started; a config of the same name may know better.
    env: { ...(builtIn?.waitTimeout === undefined ? {} : { LOOOP_WAIT_TIMEOUT: builtIn.waitTimeout }), ...own?.env },
    cwd: own?.cwd,
    promptMax: own?.command === undefined && command === undefined ? builtIn?.promptMax ?? FILE_MAX : FILE_MAX,
  };
}

/** What a worker is shown to run: `command` where its command line was given and no runner was named. */
export function shownRunner(record: { readonly runner: string; readonly own_command?: boolean | undefined }): string {
  return record.own_command === true ? "command" : record.runner;
}

/** True for the answer of `findRunner` that is a runner. */
export function isRunner(found: Runner | RunnerProblem): found is Runner {
  return "promptMax" in found;
}

/**
 * The command line with `{{prompt_file}}` replaced by a reference to the environment: the path never becomes shell text. A
 * placeholder that already stands in quotes is not quoted twice.
 */
export function fillCommand(line: string): string {
  return line
    .replaceAll('"{{prompt_file}}"', '"$LOOOP_PROMPT_FILE"')
    .replaceAll("'{{prompt_file}}'", '"$LOOOP_PROMPT_FILE"')
    .replaceAll("{{prompt_file}}", '"$LOOOP_PROMPT_FILE"');
}

/**
 * The program a command line starts, by name or by path, when that can be told without running it: assignments in front are skipped;
 * quotes, a variable, a substitution or a compound answer undefined, and are then not checked beforehand.
 */
export function programOf(line: string): string | undefined {
  const words = line.trim().split(/\s+/);
  for (const word of words) {
    if (/^[A-Za-z_][A-Za-z0-9_]*=/.test(word)) {
      if (/["'`$\\]/.test(word)) return undefined;
      continue;
    }
    if (word === "exec" || word === "env" || word === "command") continue;
    return /^[A-Za-z0-9./_][A-Za-z0-9./_+-]*$/.test(word) && word !== "." ? word : undefined;
  }
  return undefined;
}
