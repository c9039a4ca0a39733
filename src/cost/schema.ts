import * as z from "zod/mini";

/** A line of `cost.jsonl`. `ts` is milliseconds since 1970 or a forerunner's RFC 3339 text; `usd` an exact decimal. */
export const costLineSchema = z.looseObject({
  v: z.optional(z.number()),
  ts: z.union([z.number(), z.string()]),
  kind: z.string(),
  id: z.string(),
  runner: z.optional(z.string()),
  model: z.optional(z.string()),
  usd: z.optional(z.union([z.number(), z.string()])),
  /** The forerunner's name for `usd`. */
  cost_usd: z.optional(z.number()),
  tokens: z.optional(z.number()),
  goal: z.optional(z.string()),
});

export type CostLine = z.infer<typeof costLineSchema>;

/** How today's spend stands against `max_daily_usd`. Micro-dollars. */
export interface Budget {
  readonly spentMicros: number;
  readonly limitMicros: number | undefined;
  /** `near` from 80 %, `over` from 100 %; `none` without a limit. */
  readonly level: "none" | "under" | "near" | "over";
  /** Why the ledger could not be read, when it could not: the level is then a guess on the safe side. */
  readonly problem?: string | undefined;
}
