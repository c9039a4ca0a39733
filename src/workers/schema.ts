import * as z from "zod/mini";

/** `workers/<id>.json`: what a worker was started for. Times are milliseconds since 1970. Holds no environment values. */
export const workerRecordSchema = z.looseObject({
  v: z.optional(z.number()),
  id: z.string(),
  generation: z.number(),
  runner: z.string(),
  /** Its command line was given, and no runner was named: `runner` is the one whose settings it has, and not what it runs. */
  own_command: z.optional(z.boolean()),
  /** The command line as the runner had it at the start, `{{prompt_file}}` still in it; for `sh` the brief is the command. */
  command: z.string(),
  cwd: z.string(),
  started: z.number(),
  goal: z.optional(z.string()),
  verify: z.optional(z.string()),
  meta: z.optional(z.boolean()),
  /** The file that holds its prompt: contract and brief. */
  prompt_file: z.optional(z.string()),
  /** The command that takes the conversation up again, where the runner has one. */
  resume: z.optional(z.string()),
  /** What names the conversation for the agent's own tools: fixed at the launch, so that nobody has to guess. */
  conversation: z.optional(z.string()),
  /** What `verify` said of this generation, once it ran. */
  verdict: z.optional(z.looseObject({
    generation: z.number(),
    verdict: z.enum(["pass", "fail"]),
    ts: z.number(),
    tail: z.optional(z.string()),
  })),
});

export type WorkerRecord = z.infer<typeof workerRecordSchema>;

/** State of a session, derived from its files and a probe, never stored. */
export type WorkerState =
  | "unstarted"
  | "starting"
  | "running"
  | "paused"
  | "exited"
  | "killed"
  | "failed_to_start"
  | "lost"
  | "orphaned";

/** How a live worker is doing, best evidence first. */
export type Health = "busy" | "waiting-ask" | "idle" | "stuck";

/** A worker as the world sees it. Spans are milliseconds. */
export interface WorkerView {
  readonly id: string;
  readonly generation: number;
  readonly state: WorkerState;
  readonly alive: boolean;
  readonly exitCode: number | null;
  readonly health: Health | "dead" | null;
  readonly healthWhy?: string | undefined;
  readonly idleMs: number | null;
  readonly uptimeMs: number | null;
  readonly goal?: string | undefined;
  readonly runner?: string | undefined;
  /** The line that its shell reads, `{{prompt_file}}` still in it. */
  readonly command?: string | undefined;
  /** When this generation was started, in milliseconds since 1970. */
  readonly started?: number | undefined;
  readonly cwd?: string | undefined;
  readonly meta: boolean;
  readonly verify?: { readonly verdict: "pending" | "pass" | "fail"; readonly tail?: string | undefined } | undefined;
  /** Why the state is what it is, for `lost` and its like: `reboot`, `terminal gone`. */
  readonly reason?: string | undefined;
  /** Why its record cannot be used: what it was started for is not known then. */
  readonly problem?: string | undefined;
  /** A later looop wrote the record. */
  readonly newer?: boolean | undefined;
}
