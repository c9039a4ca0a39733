import { parseDuration } from "../base/duration.ts";
import type { RunnerConfig } from "./schema.ts";

/** A key of config.json: what it takes, what it is when left out, which variable overrides it. */
export interface ConfigKey<T = unknown> {
  /** Dotted, as in `keep.runs`. */
  readonly name: string;
  /** The default as one would write it in the file; `null`: no limit. */
  readonly initial: unknown;
  /** What is wanted, to stand behind "wants": `a duration such as 60s`. */
  readonly wants: string;
  readonly summary: string;
  /** The variable that overrides the file. */
  readonly env?: string;
  /** The value as the program uses it; undefined when `raw` cannot be one. */
  parse(raw: unknown): { readonly value: T } | undefined;
  /** What a text typed on a command line (or held by a variable) is in the file; what `parse` then refuses is unusable. */
  fromText(text: string): unknown;
}

interface Limits {
  readonly env?: string;
  /** Smaller values are raised to this one. */
  readonly least?: number;
}

/** Every key, in the order in which they are shown. */
export const KEYS = {
  default: text("default", "pi", "the runner of workers that name none"),
  runners: runners("runners", "ways to start an agent beside the built-in ones"),
  interval: duration("interval", "60s", "the longest rest between two beats", { env: "LOOOP_INTERVAL", least: 1000 }),
  busyInterval: duration("busy_interval", "60s", "the same while workers live", { least: 1000 }),
  activeInterval: duration("active_interval", "60s", "the same for 10 minutes after a move", { least: 1000 }),
  sensorTimeout: duration("sensor_timeout", "60s", "how long a sensor may run", {
    env: "LOOOP_SENSOR_TIMEOUT",
    least: 100,
  }),
  sensorMaxBytes: count("sensor_max_bytes", 8192, "the largest reading of a sensor", { least: 64 }),
  sensorConcurrency: count("sensor_concurrency", 64, "how many sensors run at once", { least: 1 }),
  reminders: durations("reminders", ["15m", "1h", "4h", "1d"], "when an open ask comes back; the last one repeats"),
  settle: duration("settle", "200ms", "how long changes are gathered into one delivery", {}),
  rootAway: duration("root_away", "15m", "unread for so long, work for the root agent raises a notice", {
    least: 1000,
  }),
  runTimeout: duration("run_timeout", "5m", "how long a command of `_ run` may take", { least: 100 }),
  verifyTimeout: duration("verify_timeout", "60s", "how long a worker's check may take", { least: 100 }),
  notifyTimeout: duration("notify_timeout", "10s", "how long a hook in notify.d may take", { least: 100 }),
  sessionTtl: duration("session_ttl", "3d", "how long records and logs of ended workers stay", {
    env: "LOOOP_SESSION_TTL",
  }),
  maxWorkers: count("max_workers", 8, "how many workers may live at once", { env: "LOOOP_MAX_WORKERS" }),
  maxDailyUsd: usd("max_daily_usd", "at this spend no worker starts; null: no limit"),
  idleAfter: duration("idle_after", "60s", "a worker silent for so long is idle", { least: 1000 }),
  stuckAfter: duration("stuck_after", "15m", "a worker silent for so long is stuck", { least: 1000 }),
  stuckAction: choice("stuck_action", ["none", "kill"], "what is done with a stuck worker", {}),
  logMaxBytes: count("log_max_bytes", 64 * 1024 * 1024, "how much of a session's log is kept", { least: 65_536 }),
  journalMaxBytes: count("journal_max_bytes", 5 * 1024 * 1024, "the journal rotates at this size; 0: never", {}),
  eventsMaxBytes: count("events_max_bytes", 5 * 1024 * 1024, "the event log rotates at this size; 0: never", {}),
  logFormat: choice("log_format", ["text", "json"], "how the pulse writes its log", { env: "LOOOP_LOG_FORMAT" }),
  envDeny: texts("env_deny", "variables that workers do not get"),
  keepRuns: count("keep.runs", 50, "how many runs are kept", {}),
  keepPlaybook: count("keep.playbook", 20, "how many old PLAYBOOKs are kept", {}),
  keepTells: duration("keep.tells", "7d", "how long read messages are kept", {}),
  keepNotices: duration("keep.notices", "7d", "how long acknowledged notices are kept", {}),
} as const;

/** The keys as a list. */
export const KEY_LIST: readonly ConfigKey[] = Object.values(KEYS);

function duration(name: string, initial: string, summary: string, limits: Limits): ConfigKey<number> {
  return {
    ...named(name, initial, summary, limits),
    wants: "a duration such as 500ms, 60s, 5m, 2h or 3d, or a number of seconds",
    parse: (raw) => wrap(raised(durationMs(raw), limits)),
    fromText: numberOrText,
  };
}

function durations(name: string, initial: readonly string[], summary: string): ConfigKey<readonly number[]> {
  return {
    ...named(name, initial, summary, {}),
    wants: 'a list of rising durations such as ["15m", "1h"]',
    parse: (raw) => wrap(risingMs(raw)),
    fromText: listOrText,
  };
}

function count(name: string, initial: number, summary: string, limits: Limits): ConfigKey<number> {
  return {
    ...named(name, initial, summary, limits),
    wants: "a whole number, zero or more",
    parse: (raw) => wrap(raised(wholeNumber(raw), limits)),
    fromText: byteCount,
  };
}

function usd(name: string, summary: string): ConfigKey<number | undefined> {
  return {
    ...named(name, null, summary, {}),
    wants: "an amount such as 12.50 with at most six decimals, or null for no limit",
    parse: (raw) => raw === null ? { value: undefined } : wrap(micros(raw)),
    fromText: (given) => given === "null" || given === "none" ? null : numberOrText(given),
  };
}

function choice<const T extends string>(
  name: string,
  words: readonly [T, ...T[]],
  summary: string,
  limits: Limits,
): ConfigKey<T> {
  return {
    ...named(name, words[0], summary, limits),
    wants: words.map((word) => `"${word}"`).join(" or "),
    parse: (raw) => wrap(words.find((word) => word === raw)),
    fromText: (given) => given,
  };
}

function text(name: string, initial: string, summary: string): ConfigKey<string> {
  return {
    ...named(name, initial, summary, {}),
    wants: "a name",
    parse: (raw) => wrap(typeof raw === "string" && raw.trim() !== "" ? raw : undefined),
    fromText: (given) => given,
  };
}

function texts(name: string, summary: string): ConfigKey<readonly string[]> {
  return {
    ...named(name, [], summary, {}),
    wants: 'a list of names such as ["NAME"]',
    parse: (raw) => wrap(Array.isArray(raw) && raw.every((one) => typeof one === "string") ? raw : undefined),
    fromText: listOrText,
  };
}

function runners(name: string, summary: string): ConfigKey<Readonly<Record<string, RunnerConfig>>> {
  return {
    ...named(name, {}, summary, {}),
    wants: 'an object such as {"mine": {"command": "my-agent {{prompt_file}}"}}',
    // What each runner holds is the schema's business (schema.ts).
    parse: (raw) => wrap(isObject(raw) ? raw as Readonly<Record<string, RunnerConfig>> : undefined),
    fromText: (given) => jsonOrText(given),
  };
}

function named(name: string, initial: unknown, summary: string, limits: Limits) {
  return { name, initial, summary, ...(limits.env === undefined ? {} : { env: limits.env }) };
}

function wrap<T>(value: T | undefined): { readonly value: T } | undefined {
  return value === undefined ? undefined : { value };
}

function raised(value: number | undefined, limits: Limits): number | undefined {
  return value === undefined ? undefined : Math.max(limits.least ?? 0, value);
}

function durationMs(raw: unknown): number | undefined {
  if (typeof raw === "string") return parseDuration(raw);
  // Not through String(): 1e-7 reads as a text that is no duration.
  if (typeof raw !== "number" || !(raw >= 0)) return undefined;
  return parseDuration(raw.toFixed(3));
}

function risingMs(raw: unknown): readonly number[] | undefined {
  if (!Array.isArray(raw)) return undefined;
  const list: number[] = [];
  for (const one of raw) {
    const ms = durationMs(one);
    if (ms === undefined || ms < 1000 || ms <= (list.at(-1) ?? 0)) return undefined;
    list.push(ms);
  }
  return list;
}

function wholeNumber(raw: unknown): number | undefined {
  return typeof raw === "number" && Number.isSafeInteger(raw) && raw >= 0 ? raw : undefined;
}

/** Micro-dollars of an amount: exact, since what has more than six decimals is refused. */
function micros(raw: unknown): number | undefined {
  if (typeof raw !== "number" || !(raw >= 0) || raw > 1e9) return undefined;
  const scaled = Math.round(raw * 1e6);
  return Math.abs(scaled / 1e6 - raw) < 1e-9 ? scaled : undefined;
}

function numberOrText(given: string): unknown {
  return /^-?[0-9]+(\.[0-9]+)?$/.test(given.trim()) ? Number(given) : given;
}

/** `64MiB` and the like, for people; in the file it is a number. */
function byteCount(given: string): unknown {
  const match = /^([0-9]+)\s*(?:(Ki|Mi|Gi)B?|B)$/.exec(given.trim());
  if (match === null) return numberOrText(given);
  const sizes: Readonly<Record<string, number>> = { Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3 };
  return Number(match[1]) * (sizes[match[2] ?? ""] ?? 1);
}

/** A JSON list as it is, otherwise words between commas or blanks. */
function listOrText(given: string): unknown {
  if (given.trim().startsWith("[")) return jsonOrText(given);
  return given.split(/[\s,]+/).filter((word) => word !== "");
}

function jsonOrText(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}

function isObject(raw: unknown): boolean {
  return typeof raw === "object" && raw !== null && !Array.isArray(raw);
}
