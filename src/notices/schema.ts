import * as z from "zod/mini";

/** `notices/<n>.json`: something a person should see; shown until acknowledged. `ts` is milliseconds since 1970. */
export const noticeSchema = z.looseObject({
  v: z.optional(z.number()),
  n: z.number(),
  ts: z.number(),
  /** What raised it: `notify` (a verb), or a rule of the pulse such as `root_away`, `budget`, `config`. */
  source: z.string(),
  message: z.string(),
  acked: z.optional(z.number()),
});

export type Notice = z.infer<typeof noticeSchema>;
