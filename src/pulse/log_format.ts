import { clip, oneLine } from "../base/text.ts";
import { redactDeep } from "../base/redact.ts";
import { localDay } from "../base/local_time.ts";
import type { Json } from "../base/canonical_json.ts";

/** How much a line matters. */
export type LogLevel = "info" | "ok" | "warn" | "error";

/** A line of the pulse's log. `event` is a stable word for programs (`sense.fail`), `msg` a sentence for people. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly event: string;
  readonly msg: string;
  /** What a program may want besides; the four names of a line cannot be overridden. */
  readonly more?: { readonly [key: string]: Json };
}

/** The longest text in a line. */
const TEXT_MAX = 2000;

/** A line of NDJSON without its newline: `{ts, level, event, msg, …}`; one line whatever the texts, secrets out. */
export function logLine(now: number, entry: LogEntry): string {
  const { level, event, msg, more } = entry;
  const fields = Object.fromEntries(Object.entries(more ?? {}).map(([key, value]) => [key, clipped(value)]));
  const reserved = { ts: new Date(now).toISOString(), level, event, msg: clip(oneLine(msg), TEXT_MAX) };
  return JSON.stringify(redactDeep({ ...reserved, ...fields, ...reserved }));
}

function clipped(value: Json): Json {
  return typeof value === "string" ? clip(oneLine(value), TEXT_MAX) : value;
}

/** A line as a person reads it: local time, what matters, the sentence. A line that is none of ours is shown as it is, safe for a terminal. */
export function readableLine(line: string): string {
  const entry = parsed(line);
  if (entry === undefined) return oneLine(line);
  const at = new Date(entry.ts);
  const mark = { info: "  ", ok: "ok", warn: "! ", error: "!!" }[entry.level] ?? "  ";
  return `${localDay(at.getTime())} ${clockText(at)} ${mark} ${oneLine(entry.msg)}`;
}

function parsed(line: string): { readonly ts: string; readonly level: LogLevel; readonly msg: string } | undefined {
  try {
    const value = JSON.parse(line);
    return typeof value?.ts === "string" && typeof value.msg === "string" && !Number.isNaN(Date.parse(value.ts))
      ? value
      : undefined;
  } catch {
    return undefined;
  }
}

function clockText(at: Date): string {
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((n) => String(n).padStart(2, "0")).join(":");
}
