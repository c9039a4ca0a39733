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
  /** The SHA-256 of the action's bytes. */
  digest: z.optional(z.string()),
  expires: z.optional(z.number()),
  default: z.optional(z.string()),
  ts: z.number(),
});

export type Ask = z.infer<typeof askSchema>;

/**
 * `answers/<ask>.json`. For `withdrawn`, `answer` is the reason. `digest`: of the action that the person who answered an approval has seen;
 * older ones have none.
 */
export const answerSchema = z.looseObject({
  v: z.optional(z.number()),
  answer: z.string(),
  digest: z.optional(z.string()),
  by: z.looseObject({
    kind: z.enum(["human", "root", "brain", "default", "withdrawn"]),
    session: z.optional(z.string()),
    tty: z.optional(z.string()),
    /** Who withdrew it: an actor's kind. */
    actor: z.optional(z.string()),
  }),
  ts: z.number(),
});

export type Answer = z.infer<typeof answerSchema>;

/**
 * `answers/<ask>.delivering` and `answers/<ask>.consumed`: how far the answer has come. The digest is the SHA-256 of the answer's
 * text, so that what was begun to be delivered is what every repeat gives.
 */
export const markSchema = z.looseObject({
  v: z.optional(z.number()),
  digest: z.string(),
  ts: z.number(),
});

export type Mark = z.infer<typeof markSchema>;

/** `tells/<worker>-<n>.json`: a message to a worker; `source` is the flag that it answers, when it does. */
export const tellSchema = z.looseObject({
  v: z.optional(z.number()),
  id: z.string(),
  worker: z.string(),
  text: z.string(),
  by: z.string(),
  source: z.optional(z.string()),
  ts: z.number(),
});

export type Tell = z.infer<typeof tellSchema>;

/** `mailbox/workers/<worker>/reading.json`: who is reading the tells just now, and until when others let it. */
export const readingSchema = z.looseObject({
  v: z.optional(z.number()),
  nonce: z.string(),
  until: z.number(),
});

/** One line of `mailbox/<year-month>.ndjson`: a pair that is over. Files that could not be read are kept as the text they had. */
export const archivedSchema = z.looseObject({
  v: z.optional(z.number()),
  id: z.string(),
  ask: z.optional(askSchema),
  answer: z.optional(answerSchema),
  /** When the asker took it; left out when nobody did. */
  consumed: z.optional(z.number()),
  ask_text: z.optional(z.string()),
  answer_text: z.optional(z.string()),
});

export type Archived = z.infer<typeof archivedSchema>;

/** `mailbox/workers/<worker>/key-<hash>.json`: the ask that a `--key` stands for; the pair itself once it has been archived. */
export const keySchema = z.looseObject({
  v: z.optional(z.number()),
  ask: z.string(),
  pair: z.optional(archivedSchema),
});

/** `mailbox/reminded.json`: how often each open ask has been brought back to somebody's mind. */
export const remindedSchema = z.looseObject({
  v: z.optional(z.number()),
  steps: z.record(z.string(), z.number()),
});

/** Where an ask stands. `corrupt` is loud on purpose: a file that cannot be read is never taken for one that is not there. */
export type AskStatus = "open" | "answered" | "consumed" | "expired" | "withdrawn" | "orphaned" | "corrupt";

/** Whether a worker's session lives. `never`: the id has no session and had none that is known. */
export type Liveness = "alive" | "dead" | "unknown" | "never";

/** Tells whether a worker lives: handed in, since workers are another noun. */
export type AskLiveness = (worker: string) => Promise<Liveness>;

/** An ask as the world sees it. */
export interface AskView {
  readonly id: string;
  readonly ask: Ask | undefined;
  readonly status: AskStatus;
  readonly answer?: Answer | undefined;
  /** What is wrong with its files, when something is. */
  readonly problem?: string | undefined;
  /** What is wrong is that a later looop wrote one of them. */
  readonly newer?: boolean | undefined;
}
