import * as z from "zod/mini";

/**
 * `schedules/<name>.json`: the rule, and when it last fired. Times are milliseconds since 1970. A person may write one by hand
 * with nothing but the rule: without an anchor a repeating one is due at once and finds its beat from there.
 */
export const scheduleSchema = z.looseObject({
  v: z.optional(z.number()),
  rule: z.union([
    z.looseObject({ kind: z.literal("at"), at: z.number() }),
    z.looseObject({
      kind: z.literal("every"),
      every_ms: z.number().check(z.minimum(60_000)),
      anchor: z._default(z.number(), 0),
    }),
    z.looseObject({ kind: z.literal("cron"), cron: z.string(), anchor: z._default(z.number(), 0) }),
  ]),
  note: z.optional(z.string()),
  /** How often it has fired, and when last. */
  count: z._default(z.number(), 0),
  last: z.optional(z.number()),
});

export type Schedule = z.infer<typeof scheduleSchema>;

/** When a schedule fires: once, every so often, or by a cron rule in local time. */
export type ScheduleRule = Schedule["rule"];

/** A schedule as found: parsed, or why not. */
export interface ScheduleFile {
  readonly name: string;
  readonly schedule: Schedule | undefined;
  readonly problem?: string | undefined;
  /** The problem is that a later looop wrote it. */
  readonly newer?: boolean | undefined;
}
