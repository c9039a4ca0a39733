import * as z from "zod/mini";

/** One way to start an agent: a command in which `{{prompt_file}}` stands for the prompt's path. */
export const runnerSchema = z.looseObject({
  command: z.optional(z.string()),
  /** The forerunner's word for `command`. */
  interactive: z.optional(z.string()),
  env: z.optional(z.record(z.string(), z.string())),
  cwd: z.optional(z.string()),
  resume: z.optional(z.string()),
});

/** What config.json may hold; a key that is left out has its default. Durations are texts (`60s`) or numbers of seconds. */
export const durationSchema = z.union([z.string(), z.number()]);

/** The version of config.json that this program writes and reads. */
export const configVersion = 1;

export const configFileSchema = z.looseObject({
  v: z.optional(z.number()),
  default: z.optional(z.string()),
  runners: z.optional(z.record(z.string(), runnerSchema)),
  interval: z.optional(durationSchema),
  busy_interval: z.optional(durationSchema),
  active_interval: z.optional(durationSchema),
  sensor_timeout: z.optional(durationSchema),
  sensor_max_bytes: z.optional(z.number()),
  sensor_concurrency: z.optional(z.number()),
  reminders: z.optional(z.array(durationSchema)),
  settle: z.optional(durationSchema),
  root_away: z.optional(durationSchema),
  run_timeout: z.optional(durationSchema),
  verify_timeout: z.optional(durationSchema),
  notify_timeout: z.optional(durationSchema),
  session_ttl: z.optional(durationSchema),
  max_workers: z.optional(z.number()),
  max_daily_usd: z.optional(z.nullable(z.number())),
  idle_after: z.optional(durationSchema),
  stuck_after: z.optional(durationSchema),
  stuck_action: z.optional(z.enum(["none", "kill"])),
  log_max_bytes: z.optional(z.number()),
  journal_max_bytes: z.optional(z.number()),
  events_max_bytes: z.optional(z.number()),
  log_format: z.optional(z.enum(["text", "json"])),
  env_deny: z.optional(z.array(z.string())),
  keep: z.optional(z.looseObject({
    runs: z.optional(z.number()),
    playbook: z.optional(z.number()),
    tells: z.optional(durationSchema),
    notices: z.optional(durationSchema),
  })),
});

export type ConfigFile = z.infer<typeof configFileSchema>;
export type RunnerConfig = z.infer<typeof runnerSchema>;

/** The config as the program uses it: every key present, durations in milliseconds. */
export interface Config {
  readonly default: string;
  readonly runners: Readonly<Record<string, RunnerConfig>>;
  readonly intervalMs: number;
  readonly busyIntervalMs: number;
  readonly activeIntervalMs: number;
  readonly sensorTimeoutMs: number;
  readonly sensorMaxBytes: number;
  readonly sensorConcurrency: number;
  readonly remindersMs: readonly number[];
  readonly settleMs: number;
  readonly rootAwayMs: number;
  readonly runTimeoutMs: number;
  readonly verifyTimeoutMs: number;
  readonly notifyTimeoutMs: number;
  readonly sessionTtlMs: number;
  readonly maxWorkers: number;
  /** Micro-dollars; undefined: no limit. */
  readonly maxDailyMicros: number | undefined;
  readonly idleAfterMs: number;
  readonly stuckAfterMs: number;
  readonly stuckAction: "none" | "kill";
  readonly logMaxBytes: number;
  readonly journalMaxBytes: number;
  readonly eventsMaxBytes: number;
  readonly logFormat: "text" | "json";
  readonly envDeny: readonly string[];
  readonly keep: {
    readonly runs: number;
    readonly playbook: number;
    readonly tellsMs: number;
    readonly noticesMs: number;
  };
}
