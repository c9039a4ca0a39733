import { basename, dirname, join } from "node:path";
import { isId } from "../base/id.ts";
import { ok } from "../base/result.ts";
import { suggest } from "../base/suggest.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
import type { Os } from "../os/os.ts";
import { type ConfigKey, KEY_LIST } from "./keys.ts";
import { configVersion, runnerSchema } from "./schema.ts";
import { type ConfigState, judgeConfig, loadConfig, lookUp } from "./store.ts";

/** A change of one key. `value` undefined takes the key out, so that its default holds again. */
export interface ConfigChange {
  readonly key: string;
  readonly value: unknown;
}

/** How long another writer of the config is waited for. */
const PATIENCE_MS = 5_000;

/** What a runner may hold that is a text. */
const RUNNER_TEXTS = ["command", "interactive", "cwd", "resume"];

/**
 * Reads a key and the text of a value as they are typed. The key must be known and the value be what it wants; nothing that
 * could not be read back is ever written.
 */
export function parseChange(key: string, text: string | undefined): Result<ConfigChange> {
  const known = KEY_LIST.find(({ name }) => name === key);
  if (known !== undefined) return knownChange(known, text);
  const runner = /^runners\.([^.]+)(?:\.(.+))?$/.exec(key);
  if (runner?.[1] !== undefined) return runnerChange(key, { name: runner[1], field: runner[2], text });
  const near = suggest(key.replaceAll("-", "_").toLowerCase(), KEY_LIST.map(({ name }) => name));
  return fail("usage", `set "${key}"`, "there is no such key in the config", {
    hint: near.length === 0 ? "all keys: looop config show" : `did you mean ${near.join(", ")}?`,
  });
}

function knownChange(key: ConfigKey, text: string | undefined): Result<ConfigChange> {
  if (text === undefined) return ok({ key: key.name, value: undefined });
  const value = key.fromText(text);
  if (key.parse(value) !== undefined) return ok({ key: key.name, value });
  return fail("usage", `set "${key.name}" to "${text}"`, `it wants ${key.wants}`);
}

function runnerChange(
  key: string,
  given: { readonly name: string; readonly field: string | undefined; readonly text: string | undefined },
): Result<ConfigChange> {
  const thing = `set "${key}"`;
  if (!isId(given.name)) return fail("usage", thing, `"${given.name}" is no name for a runner`);
  if (given.field === undefined) return wholeRunner(key, given.text);
  const variable = /^env\.(.+)$/.exec(given.field)?.[1];
  if (variable !== undefined && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)) {
    return fail("usage", thing, `"${variable}" is no name of a variable`);
  }
  if (variable === undefined && !RUNNER_TEXTS.includes(given.field)) {
    return fail("usage", thing, `a runner has no "${given.field}"`, {
      hint: `it has command, cwd, resume, and env.NAME: looop config set runners.${given.name}.command '…'`,
    });
  }
  return ok({ key, value: given.text });
}

function wholeRunner(key: string, text: string | undefined): Result<ConfigChange> {
  if (text === undefined) return ok({ key, value: undefined });
  try {
    const value: unknown = JSON.parse(text);
    if (runnerSchema.safeParse(value).success) return ok({ key, value });
  } catch { /* said below */ }
  return fail("usage", `set "${key}"`, 'it wants an object such as {"command": "my-agent {{prompt_file}}"}', {
    hint: `one part alone: looop config set ${key}.command 'my-agent {{prompt_file}}'`,
  });
}

/**
 * Makes the changes in config.json, all or none, under a lock. Keys that looop does not know stay, and so does the order. A file
 * that cannot be parsed, or that a newer looop wrote, is left alone. Answers the state from then on and whether anything differed.
 */
export async function changeConfig(
  os: Os,
  paths: { readonly config: string; readonly locks: string },
  changes: readonly ConfigChange[],
): Promise<Result<{ readonly state: ConfigState; readonly changed: boolean }>> {
  const thing = `change ${basename(paths.config)}`;
  const lock = await os.locks.acquire(join(paths.locks, "config"), PATIENCE_MS);
  if (lock === undefined) {
    return fail("conflict", thing, `another looop has been changing it for ${PATIENCE_MS / 1000} s`);
  }
  try {
    const before = loadConfig(os, paths);
    const { problem } = before;
    if (problem !== undefined && (before.file === undefined || problem.kind === "newer")) {
      const where = problem.line === 0 ? "" : ` (line ${problem.line}, column ${problem.column})`;
      return fail(problem.kind, thing, `${problem.message}${where}`, { hint: `put ${paths.config} right first` });
    }
    const old = before.file ?? { v: configVersion };
    const next = changes.reduce<object>(withChange, old);
    if (JSON.stringify(next) === JSON.stringify(old)) return ok({ state: before, changed: false });
    const text = `${JSON.stringify(next, undefined, 2)}\n`;
    const dir = os.files.makeDir(dirname(paths.config));
    if (!dir.ok) return ioFailure(thing, dir.failure);
    const written = os.files.replace(paths.config, text);
    return written.ok ? ok({ state: judgeConfig(os, text), changed: true }) : ioFailure(thing, written.failure);
  } finally {
    lock.release();
  }
}

/** The object with one dotted key set or taken out; objects that empty are taken out with it. */
function withChange(file: object, change: ConfigChange): object {
  // A runner's variable may not hold dots, and no other part does: splitting is exact.
  return setAt(file, change.key.split("."), change.value) ?? {};
}

function setAt(object: object, path: readonly string[], value: unknown): object | undefined {
  const [key, ...rest] = path;
  if (key === undefined) throw new Error("A key has at least one part");
  const inner = lookUp(object, key);
  const held = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? inner : {};
  const next = rest.length === 0 ? value : setAt(held, rest, value);
  if (next !== undefined) return { ...object, [key]: next };
  const entries = Object.entries(object).filter(([name]) => name !== key);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
