import * as z from "zod/mini";

/** `schedules/<name>.json`: the rule, and when it last fired. Times are milliseconds since 1970. */
export const scheduleSchema = z.looseObject({
  v: z.optional(z.number()),
  rule: z.union([
    z.looseObject({ kind: z.literal("at"), at: z.number() }),
    z.looseObject({ kind: z.literal("every"), every_ms: z.number().check(z.minimum(60_000)), anchor: z.number() }),
    z.looseObject({ kind: z.literal("cron"), cron: z.string(), anchor: z.number() }),
  ]),
  note: z.optional(z.string()),
  /** How often it has fired, and when last. */
  count: z.number(),
  last: z.optional(z.number()),
});

export type Schedule = z.infer<typeof scheduleSchema>;

/** A schedule as found: parsed, or why not. */
export interface ScheduleFile {
  readonly name: string;
  readonly schedule: Schedule | undefined;
  readonly problem?: string | undefined;
}
