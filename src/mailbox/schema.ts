import * as z from "zod/mini";

/** `asks/<worker>-<n>.json`. Times are milliseconds since 1970. Prompt, reference and options are text from outside. */
export const askSchema = z.looseObject({
  v: z.optional(z.number()),
  id: z.string(),
  worker: z.string(),
  kind: z.enum(["question", "approval", "flag"]),
  prompt: z.string(),
  reference: z.optional(z.string()),
  options: z.optional(z.array(z.string())),
  key: z.optional(z.string()),
  action: z.optional(z.string()),
  digest: z.optional(z.string()),
  expires: z.optional(z.number()),
  default: z.optional(z.string()),
  ts: z.number(),
});

export type Ask = z.infer<typeof askSchema>;

/** `answers/<ask>.json`. */
export const answerSchema = z.looseObject({
  v: z.optional(z.number()),
  answer: z.string(),
  by: z.looseObject({
    kind: z.enum(["human", "root", "brain", "default", "withdrawn"]),
    session: z.optional(z.string()),
    tty: z.optional(z.string()),
  }),
  ts: z.number(),
});

export type Answer = z.infer<typeof answerSchema>;

/** Where an ask stands. `corrupt` is loud on purpose: a file that cannot be read is never taken for one that is not there. */
export type AskStatus = "open" | "answered" | "consumed" | "expired" | "withdrawn" | "orphaned" | "corrupt";

/** An ask as the world sees it. */
export interface AskView {
  readonly id: string;
  readonly ask: Ask | undefined;
  readonly status: AskStatus;
  readonly answer?: Answer | undefined;
  /** What is wrong with its files, when something is. */
  readonly problem?: string | undefined;
}
