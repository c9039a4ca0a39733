import { clip, oneLine } from "../base/text.ts";
import { localDay, localMinute } from "../base/local_time.ts";
import { redact } from "../base/redact.ts";
import type { Actor } from "../profile/profile.ts";
import type { EventEntry } from "./schema.ts";

/** The longest text of a journal line, in UTF-16 units: twenty lines are part of every `state`. */
export const JOURNAL_TEXT_MAX = 600;

/** The longest text kept in one field of an event. */
const EVENT_TEXT_MAX = 4096;

/** What of a text is looked at. Far more than is kept: a secret that the cut went through would not be known any more. */
const LOOKED_AT = 32_768;

/**
 * `- YYYY-MM-DD HH:MM <text>`, local time, one line whatever the text: newlines and controls out (they would forge entries),
 * secrets out, cut to `JOURNAL_TEXT_MAX`.
 */
export function journalLine(now: number, text: string): string {
  return `- ${localDay(now)} ${localMinute(now)} ${
    clip(redact(oneLine(redact(text.slice(0, LOOKED_AT)))), JOURNAL_TEXT_MAX)
  }`;
}

/** Who did it, in a word: `root`, `root:claude` (the client's name), `worker:fix-ci` (its session). */
export function actorWord(actor: Actor): string {
  const name = actor.session ?? actor.client;
  return name === undefined ? actor.kind : `${actor.kind}:${name}`;
}

/** An event as one line of JSON without its newline. Reserved keys win over the caller's. */
export function eventLine(now: number, entry: EventEntry): string {
  const { actor } = entry;
  const reserved = {
    v: 1,
    ts: new Date(now).toISOString(),
    actor: {
      kind: actor.kind,
      ...(actor.session === undefined ? {} : { session: actor.session }),
      ...(actor.client === undefined ? {} : { client: actor.client }),
    },
    verb: entry.verb,
    ids: entry.ids,
    items: entry.items ?? [],
    outcome: entry.outcome,
  };
  return JSON.stringify(keptDeep({ ...reserved, ...entry.more, ...reserved }));
}

function keptDeep(value: unknown): unknown {
  if (typeof value === "string") return clip(redact(value.slice(0, LOOKED_AT)), EVENT_TEXT_MAX);
  if (Array.isArray(value)) return value.map(keptDeep);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, keptDeep(inner)]));
}
