import * as z from "zod/mini";
import type { Actor } from "../profile/profile.ts";

/** A line of `events.ndjson`. `ts` is RFC 3339 in UTC with milliseconds, so that lines of several processes sort as they happened. */
export const eventSchema = z.looseObject({
  v: z.optional(z.number()),
  ts: z.string(),
  actor: z.looseObject({
    kind: z.string(),
    session: z.optional(z.string()),
    client: z.optional(z.string()),
  }),
  verb: z.string(),
  ids: z.array(z.string()),
  items: z.array(z.string()),
  outcome: z.string(),
});

export type EventLine = z.infer<typeof eventSchema>;

/** What a change tells about itself. */
export interface EventEntry {
  readonly actor: Actor;
  /** What was done: a verb or the kind of a move. */
  readonly verb: string;
  readonly ids: readonly string[];
  /** The items of the world that it changed (`goal:x`): a client's own are told to it as its own. */
  readonly items?: readonly string[] | undefined;
  /** `done`, `unchanged`, or the kind of the failure. */
  readonly outcome: string;
  /** Anything else; a key that is one of the above loses. */
  readonly more?: Readonly<Record<string, unknown>> | undefined;
}
