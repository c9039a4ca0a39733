import type { Clock } from "./clock.ts";
import { type Child, runGuarded } from "./guarded_child.ts";
import type { ChildSpec } from "./guarded_child.ts";
import { loaderEnv, RESTORE_LOADER } from "./loader_env.ts";

/** Children of this process. All go through `sh`, the one program that looop is granted. */
export interface Processes {
  /** Runs a command to its end under a guard: own group, deadline, bounded output; everything it forked is killed when it ends or we die. */
  run(spec: ChildSpec): Child;
  /** Runs a short script of ours and collects what it says. Data goes in `args` (as "$1" …) or `env`, never into `script`. */
  sh(script: string, args?: readonly string[], options?: ShOptions): Promise<ShEnd>;
  /** Starts a process that outlives us: own session, no descriptors but /dev/null, default signal dispositions. Answers its pid. */
  spawnDetached(spec: DetachedSpec): { readonly pid: number };
  /** Calls `listener` when one of the signals comes; the function returned stops that. */
  onSignal(signals: readonly Deno.Signal[], listener: (signal: Deno.Signal) => void): () => void;
}

/** What a short script runs with: where, with which additions to the environment, and for how long at most. */
export interface ShOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** How a short script ended, and what it said. One that could not be started (no process left) ends with 126 and says why on stderr. */
export interface ShEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What to start for good; `argv[0]` is looked up on PATH. */
export interface DetachedSpec {
  readonly argv: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Start from nothing but `env`. */
  readonly clearEnv?: boolean;
}

/** The real processes. */
export function realProcesses(clock: Clock): Processes {
  return {
    run: (spec) => runGuarded(clock, spec),
    sh,
    spawnDetached,
    onSignal,
  };
}

async function sh(script: string, args: readonly string[] = [], options: ShOptions = {}): Promise<ShEnd> {
  const command: Deno.CommandOptions = {
    args: ["-c", script, "sh", ...args],
    env: { ...loaderEnv(), ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  };
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("sh", command).spawn();
  } catch (error) {
    return { code: 126, stdout: "", stderr: error instanceof Error ? error.message : String(error) };
  }
  const timer = setTimeout(() => {
    try {
      child.kill("SIGKILL");
    } catch { /* gone already */ }
  }, options.timeoutMs ?? 30_000);
  try {
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Ignored signals are inherited and can never be undone below; a listener makes them caught, and caught ones are reset by exec. Not PIPE,
 * which children get reset anyway: a listener that is taken away again would leave this process to die of the next closed pipe.
 */
const RESET_SIGNALS: readonly Deno.Signal[] = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGTSTP"];

/**
 * What the caller of looop had open (a pipe that somebody reads to its end, a lock) must not live on with what is left running. A shell
 * can name descriptors of one digit only; those above, which few scripts open, remain.
 */
const CLOSE_INHERITED = `exec ${[3, 4, 5, 6, 7, 8, 9].map((fd) => `${fd}<&-`).join(" ")}\n`;

function spawnDetached(spec: DetachedSpec): { readonly pid: number } {
  const stop = onSignal(RESET_SIGNALS, () => {});
  try {
    const child = new Deno.Command("sh", {
      args: ["-c", `${CLOSE_INHERITED}${RESTORE_LOADER}exec "$@"`, "sh", ...spec.argv],
      env: { ...loaderEnv(), ...spec.env },
      clearEnv: spec.clearEnv === true,
      ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
      detached: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    child.unref();
    return { pid: child.pid };
  } finally {
    stop();
  }
}

function onSignal(signals: readonly Deno.Signal[], listener: (signal: Deno.Signal) => void): () => void {
  const entries = signals.map((signal) => ({ signal, heard: () => listener(signal) }));
  for (const { signal, heard } of entries) Deno.addSignalListener(signal, heard);
  return () => {
    for (const { signal, heard } of entries) Deno.removeSignalListener(signal, heard);
  };
}
