import * as z from "zod/mini";

/** `sessions/.pulse/heartbeat.json`: what the pulse says of itself at each beat. Times are milliseconds since 1970. */
export const heartbeatSchema = z.looseObject({
  v: z.optional(z.number()),
  pid: z.number(),
  /** Tells this process from a later one with the same number: what the kernel says of when it was started. */
  identity: z.optional(z.string()),
  /** New at each start of a pulse. */
  run: z.optional(z.string()),
  started: z.number(),
  last_beat: z.number(),
  /** Beats since the start. */
  beats: z.optional(z.number()),
  interval_ms: z.number(),
  version: z.string(),
  /** The pulse cannot read the config and goes on with the last good one. */
  config_problem: z.optional(z.string()),
});

export type Heartbeat = z.infer<typeof heartbeatSchema>;

/** The pulse as others see it: alive by its lock, the rest by its last heartbeat. */
export interface PulseView {
  readonly alive: boolean;
  readonly heartbeat: Heartbeat | undefined;
}
