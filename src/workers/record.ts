import * as z from "zod/mini";

/** `workers/<id>.json`: what was asked for when the worker was started. Its state is derived, never stored. Holds no environment values. */
export const workerRecordSchema = z.looseObject({
  v: z.optional(z.number()),
  id: z.string(),
  generation: z.number(),
  runner: z.string(),
  /** The command line as configured, with its placeholder. */
  command: z.string(),
  resume: z.optional(z.string()),
  cwd: z.string(),
  goal: z.optional(z.string()),
  meta: z.optional(z.boolean()),
  prompt_file: z.string(),
  /** The agent CLI's own session id, fixed at the launch where the CLI allows it: resuming and cost need no guessing. */
  agent_session: z.string(),
  started: z.number(),
  /** Ran once after the end, by the pulse. */
  verify: z.optional(z.string()),
  verdict: z.optional(z.looseObject({
    pass: z.boolean(),
    exit_code: z.nullable(z.number()),
    tail: z.string(),
    ts: z.number(),
    /** Why it is a fail without an exit code: `timed out`, `not started`. */
    problem: z.optional(z.string()),
  })),
  /** The pulse has seen the end of this generation and done what follows from it (claims, asks, tells). */
  closed: z.optional(z.number()),
});

export type WorkerRecord = z.infer<typeof workerRecordSchema>;
