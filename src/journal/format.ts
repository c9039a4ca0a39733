import { clip, oneLine } from "../base/text.ts";
import { localDay, localMinute } from "../base/local_time.ts";
import { redact, redactDeep } from "../base/redact.ts";
import type { Actor } from "../profile/profile.ts";
import type { EventEntry } from "./schema.ts";

/** The longest text of a journal line, in UTF-16 units: twenty lines are part of every `state`. */
export const JOURNAL_TEXT_MAX = 600;

/** The longest text kept in one field of an event. */
const EVENT_TEXT_MAX = 4096;

/**
 * `- YYYY-MM-DD HH:MM <text>`, local time, one line whatever the text: newlines and controls out (they would forge entries),
 * secrets out, cut to `JOURNAL_TEXT_MAX`.
 */
export function journalLine(now: number, text: string): string {
  return `- ${localDay(now)} ${localMinute(now)} ${clip(redact(oneLine(redact(text))), JOURNAL_TEXT_MAX)}`;
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
  return JSON.stringify(redactDeep(clipDeep({ ...reserved, ...entry.more, ...reserved })));
}

function clipDeep(value: unknown): unknown {
  if (typeof value === "string") return clip(value, EVENT_TEXT_MAX);
  if (Array.isArray(value)) return value.map(clipDeep);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clipDeep(inner)]));
}
