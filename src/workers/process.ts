import { join } from "node:path";
import type { Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { launch } from "../sessions/launch.ts";
import type { Size } from "../sessions/resize.ts";
import type { SessionRef, SessionView } from "../sessions/schema.ts";
import { NESTED_MARKERS, workerEnvironment } from "./environment.ts";
import { fillCommand } from "./runners.ts";
import type { WorkerRecord } from "./schema.ts";

/** The terminal a worker starts with: wide enough that agents do not fold their lines. */
const FIRST_SIZE: Size = { columns: 120, rows: 40 };

/** Where a worker's prompt lies; it goes with its session. */
export function promptFileOf(ctx: Context, record: WorkerRecord): string {
  return record.prompt_file ?? join(ctx.profile.paths.prompts, `${record.id}.md`);
}

/** A worker's process to be. */
export interface WorkerLaunch {
  readonly record: WorkerRecord;
  /** The command line, `{{prompt_file}}` still in it. */
  readonly line: string;
  readonly runnerEnv: Readonly<Record<string, string>>;
  /** The terminal's size; without it that of a worker's first terminal. */
  readonly size?: Size;
  readonly veto?: () => Promise<Result<void>>;
  readonly onClaim: (ref: SessionRef) => Promise<Result<void>>;
}

/** Starts the next generation of a worker's session. The command line is read by `sh`; paths reach it through its environment. */
export function launchWorker(ctx: Context, wanted: WorkerLaunch): Promise<Result<SessionView>> {
  const { record } = wanted;
  const { paths, config } = ctx.profile;
  return launch(ctx, {
    id: record.id,
    argv: ["sh", "-c", fillCommand(wanted.line)],
    cwd: record.cwd,
    env: workerEnvironment(paths, {
      id: record.id,
      bin: ctx.os.environment.selfPath(),
      promptFile: promptFileOf(ctx, record),
      agentSession: record.conversation ?? crypto.randomUUID(),
      runnerEnv: wanted.runnerEnv,
    }),
    // What the caller is to looop (its client name, the limit of its shell, the session it may itself be in) is not what the worker is.
    unset: [...NESTED_MARKERS, ...config.envDeny.filter(isPattern), "LOOOP_CLIENT", "LOOOP_WAIT_TIMEOUT"],
    ...(wanted.size ?? FIRST_SIZE),
    answers: true,
    ...(wanted.veto === undefined ? {} : { veto: wanted.veto }),
    onClaim: wanted.onClaim,
  });
}

/** Only what can be a variable's name, or the beginning of one, ever reaches a shell. */
function isPattern(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*\*?$/.test(text);
}
