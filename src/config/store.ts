import type { Os } from "../os/os.ts";
import type { OsFailure } from "../os/sys.ts";
import { type ConfigKey, KEY_LIST, KEYS } from "./keys.ts";
import { type JsonProblem, scanJson } from "./json_position.ts";
import { type Config, type ConfigFile, configFileSchema, configVersion } from "./schema.ts";

/** Where a value came from; `name` is the variable's. */
export type Source =
  | { readonly from: "default" }
  | { readonly from: "file" }
  | { readonly from: "environment"; readonly name: string };

/** What is wrong with config.json. Line and column are from 1, and 0 where there is no place to name (a file that cannot be read). */
export interface ConfigProblem extends JsonProblem {
  readonly kind: "unreadable" | "corrupt" | "newer";
}

/** The config as it is now. With a problem, the keys that are sound still hold and the others have their defaults. */
export interface ConfigState {
  readonly config: Config;
  /** By the key's dotted name. */
  readonly sources: Readonly<Record<string, Source>>;
  /** The file's object, unknown keys and all; undefined when there is no file or it cannot be parsed. */
  readonly file: ConfigFile | undefined;
  readonly problem?: ConfigProblem | undefined;
  /** Variables that hold nothing usable, one sentence each. */
  readonly warnings: readonly string[];
}

/** The config of a profile without a file and without variables. */
export function defaultConfig(): Config {
  return assemble(() => undefined);
}

/** Reads config.json and the variables that override it. An absent file is a file without keys. Never fails: see `problem`. */
export function loadConfig(os: Os, paths: { readonly config: string }): ConfigState {
  const found = os.files.read(paths.config);
  switch (found.kind) {
    case "text":
      return configOf(os, parseFile(found.text));
    case "absent":
      return configOf(os, { file: undefined });
    case "unreadable":
      return configOf(os, { file: undefined, problem: unreadable(found.failure) });
  }
}

/** The same for a text that is not in its file yet: `config set` looks before it writes. */
export function judgeConfig(os: Os, text: string): ConfigState {
  return configOf(os, parseFile(text));
}

interface ParsedFile {
  readonly file: ConfigFile | undefined;
  readonly problem?: ConfigProblem | undefined;
}

function unreadable(failure: OsFailure): ConfigProblem {
  return { kind: "unreadable", message: failure.message, line: 0, column: 0 };
}

function parseFile(text: string): ParsedFile {
  const plain = text.replace(/^\uFEFF/, "");
  let data: unknown;
  try {
    data = JSON.parse(plain);
  } catch {
    const scan = scanJson(plain);
    const where = scan.ok ? { message: "it is not JSON", line: 1, column: 1 } : scan.problem;
    return { file: undefined, problem: { kind: "corrupt", ...where } };
  }
  if (typeof data !== "object" || data === null || Array.isArray(data)) {
    const message = "one object in braces is wanted";
    return { file: undefined, problem: { kind: "corrupt", message, line: 1, column: 1 } };
  }
  const file = data as ConfigFile;
  return { file, problem: shapeProblem(plain, file) };
}

/** The first thing in a parsed file that is not as wanted. */
function shapeProblem(text: string, file: ConfigFile): ConfigProblem | undefined {
  if (typeof file.v === "number" && file.v > configVersion) {
    const message = `it has version ${file.v}, and this looop knows ${configVersion}: upgrade looop`;
    return { kind: "newer", message, ...place(text, "v") };
  }
  for (const key of KEY_LIST) {
    const raw = lookUp(file, key.name);
    if (raw !== undefined && key.parse(raw) === undefined) {
      const message = `"${key.name}" wants ${key.wants}, and it is ${shown(raw)}`;
      return { kind: "corrupt", message, ...place(text, key.name) };
    }
  }
  const checked = configFileSchema.safeParse(file);
  if (checked.success) return undefined;
  const path = (checked.error.issues[0]?.path ?? []).map(String).join(".");
  return { kind: "corrupt", message: `"${path}" is not of the kind that is wanted there`, ...place(text, path) };
}

/** Where a key stands; for one that is not there, the nearest above it. */
function place(text: string, path: string): { readonly line: number; readonly column: number } {
  const scan = scanJson(text);
  if (!scan.ok) return { line: scan.problem.line, column: scan.problem.column };
  for (let name = path; name !== ""; name = name.slice(0, Math.max(0, name.lastIndexOf(".")))) {
    const found = scan.keys.get(name);
    if (found !== undefined) return found;
  }
  return { line: 1, column: 1 };
}

function shown(raw: unknown): string {
  const text = JSON.stringify(raw) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** A value by its dotted name. */
export function lookUp(file: unknown, name: string): unknown {
  let at: unknown = file;
  for (const part of name.split(".")) {
    if (typeof at !== "object" || at === null || Array.isArray(at)) return undefined;
    at = Object.hasOwn(at, part) ? (at as Record<string, unknown>)[part] : undefined;
  }
  return at;
}

function configOf(os: Os, parsed: ParsedFile): ConfigState {
  const sources: Record<string, Source> = {};
  const warnings: string[] = [];
  const usable = parsed.problem?.kind === "newer" ? undefined : parsed.file;
  const config = assemble((key) => {
    const name = key.env ?? "";
    const given = name === "" ? undefined : os.environment.get(name);
    const override = given === undefined ? undefined : key.parse(key.fromText(given));
    if (override !== undefined) {
      sources[key.name] = { from: "environment", name };
      return override;
    }
    if (given !== undefined) warnings.push(`${name} wants ${key.wants}, and it is "${given}": it is not used`);
    const raw = lookUp(usable, key.name);
    const value = raw === undefined || !soundRunners(key, usable) ? undefined : key.parse(raw);
    sources[key.name] = { from: value === undefined ? "default" : "file" };
    return value;
  });
  return { config, sources, file: parsed.file, problem: parsed.problem, warnings };
}

/** Runners are the one key whose inside only the schema judges. */
function soundRunners(key: ConfigKey, file: ConfigFile | undefined): boolean {
  return key !== KEYS.runners || configFileSchema.safeParse({ runners: file?.runners }).success;
}

type Take = (key: ConfigKey) => { readonly value: unknown } | undefined;

function assemble(take: Take): Config {
  const interval = valueOf(take, KEYS.interval);
  return {
    default: valueOf(take, KEYS.default),
    runners: valueOf(take, KEYS.runners),
    intervalMs: interval,
    // Left out, these never rest longer than the plain interval.
    busyIntervalMs: Math.min(...definite(take, KEYS.busyInterval, interval)),
    activeIntervalMs: Math.min(...definite(take, KEYS.activeInterval, interval)),
    sensorTimeoutMs: valueOf(take, KEYS.sensorTimeout),
    sensorMaxBytes: valueOf(take, KEYS.sensorMaxBytes),
    sensorConcurrency: valueOf(take, KEYS.sensorConcurrency),
    remindersMs: valueOf(take, KEYS.reminders),
    settleMs: valueOf(take, KEYS.settle),
    rootAwayMs: valueOf(take, KEYS.rootAway),
    runTimeoutMs: valueOf(take, KEYS.runTimeout),
    verifyTimeoutMs: valueOf(take, KEYS.verifyTimeout),
    notifyTimeoutMs: valueOf(take, KEYS.notifyTimeout),
    sessionTtlMs: valueOf(take, KEYS.sessionTtl),
    maxWorkers: valueOf(take, KEYS.maxWorkers),
    maxDailyMicros: valueOf(take, KEYS.maxDailyUsd),
    idleAfterMs: valueOf(take, KEYS.idleAfter),
    stuckAfterMs: valueOf(take, KEYS.stuckAfter),
    stuckAction: valueOf(take, KEYS.stuckAction),
    logMaxBytes: valueOf(take, KEYS.logMaxBytes),
    journalMaxBytes: valueOf(take, KEYS.journalMaxBytes),
    eventsMaxBytes: valueOf(take, KEYS.eventsMaxBytes),
    logFormat: valueOf(take, KEYS.logFormat),
    envDeny: valueOf(take, KEYS.envDeny),
    keep: {
      runs: valueOf(take, KEYS.keepRuns),
      playbook: valueOf(take, KEYS.keepPlaybook),
      tellsMs: valueOf(take, KEYS.keepTells),
      noticesMs: valueOf(take, KEYS.keepNotices),
    },
  };
}

function valueOf<T>(take: Take, key: ConfigKey<T>): T {
  const taken = take(key) ?? key.parse(key.initial);
  if (taken === undefined) throw new Error(`The default of ${key.name} is unusable`);
  return taken.value as T;
}

function definite(take: Take, key: ConfigKey<number>, interval: number): readonly number[] {
  const taken = take(key);
  return taken === undefined ? [valueOf(() => undefined, key), interval] : [taken.value as number];
}
