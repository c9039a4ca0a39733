import * as z from "zod/mini";

/**
 * `sessions/.pulse/next.json`: another looop that waits to be the pulse. It says so itself; the pulse adds `go` when it leaves. Lies
 * there only while one takes over from the other.
 */
export const successorSchema = z.looseObject({
  v: z.optional(z.number()),
  /** The run that waits, as the pulse named it. */
  run: z.string(),
  /** The run that it takes over from. */
  of: z.string(),
  pid: z.number(),
  version: z.string(),
  /** The pulse is leaving: its lock is the successor's as soon as it is free. */
  go: z.optional(z.boolean()),
});

export type Successor = z.infer<typeof successorSchema>;
