import * as z from "zod/mini";

/** How one script of `notify.d/` took a notice. `started` stands while it runs: a crash leaves it, and it is tried again once it is stale. */
export const hookSchema = z.looseObject({
  state: z.enum(["started", "ok", "failed"]),
  /** Milliseconds since 1970. */
  ts: z.number(),
  /** Why it failed, one line. */
  message: z.optional(z.string()),
});

/** `notices/<n>.json`: something a person should see; shown until acknowledged. `ts` is milliseconds since 1970. */
export const noticeSchema = z.looseObject({
  v: z.optional(z.number()),
  n: z.number(),
  ts: z.number(),
  /** What raised it: `notify` (a verb), or a rule of the pulse such as `root_away`, `budget`, `config`. */
  source: z.string(),
  message: z.string(),
  /** What it is about: while a notice of this key is open, the same one is not raised again. */
  key: z.optional(z.string()),
  /** By name of the script. Bookkeeping, never part of what wakes anybody. */
  hooks: z.optional(z.record(z.string(), hookSchema)),
  /** When every script that was there had its turn: one that comes later gets later notices only. */
  handed: z.optional(z.number()),
  acked: z.optional(z.number()),
});

export type Notice = z.infer<typeof noticeSchema>;

/** A notice as it is shown. */
export type NoticeView = Notice & {
  /** Why its file cannot be used: number and date are all that is known of it then, and `message` says so. */
  readonly problem?: string;
  /** A later looop wrote it. */
  readonly newer?: boolean;
};
export type HookRecord = z.infer<typeof hookSchema>;

/** `notices/.counter`: the last number given out. It outlives the notices, so that no number is used twice. */
export const counterSchema = z.looseObject({ v: z.optional(z.number()), last: z.number() });
