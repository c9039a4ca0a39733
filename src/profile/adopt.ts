import { basename, join } from "node:path";
import { localDay } from "../base/local_time.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import type { Os } from "../os/os.ts";
import { takeOver } from "./adopt_files.ts";
import { adoptConfig, type AdoptedConfig } from "./adopt_config.ts";
import { stillRunning } from "./adopt_running.ts";
import { ADOPTING, contentsOf } from "./contents.ts";
import { guardParents } from "./guard.ts";
import type { Paths } from "./paths.ts";
import { complete, makeDirs, seedCommon, takeLock } from "./seed.ts";

/** What came over, for people; `runner` is the default one that the old config named. */
export interface Adopted {
  readonly runner: string | undefined;
  readonly lines: readonly string[];
}

const THING = "take over the profile";

/** Where the originals go, below the root, each adoption in a directory of its own. */
const ORIGINALS = "adopted";

/** What is taken over, so that a link there must not be overlooked. */
const TAKEN = [
  "PLAYBOOK.md",
  "playbook.d",
  "goals",
  "sensors",
  "journal.md",
  "cost.jsonl",
  "reports",
  "config.json",
  "looop.json",
];

/** Says, inside the originals, that all of them have been moved. */
const MOVED = ".moved";

/**
 * Takes over the profile of a forerunner at the profile's own place: first everything that lies there is moved, name by name, to
 * `adopted/<day>/`, then goals, PLAYBOOK, sensors, journal, reports, ledger and what fits of the config are copied back in our
 * form, last `profile.json` is written. Nothing is deleted and nothing written over, so a crash at any step is finished by the
 * next call. Refused while the forerunner still runs.
 */
export async function adoptProfile(os: Os, paths: Paths): Promise<Result<Adopted>> {
  const parents = guardParents(os, paths.root);
  if (!parents.ok) return parents;
  const running = await stillRunning(os, paths);
  if (running !== undefined) return fail("conflict", THING, running.state, { hint: running.hint });
  const lock = await takeLock(os, paths, ADOPTING);
  if (!lock.ok) return lock;
  try {
    const contents = contentsOf(os, paths);
    if (!contents.ok) return contents;
    // Another process has finished it while we waited.
    const done = contents.value === "complete" ? ok({ runner: undefined, lines: [] }) : adopt(os, paths);
    if (done.ok) os.files.remove(join(paths.root, ADOPTING));
    return done;
  } finally {
    lock.value.release();
  }
}

function adopt(os: Os, paths: Paths): Result<Adopted> {
  const originals = originalsDir(os, paths);
  if (!originals.ok) return originals;
  const moved = moveOriginals(os, paths, originals.value);
  if (!moved.ok) return moved;
  const old = oldConfig(os, paths, originals.value);
  if (!old.ok) return old;
  const dirs = makeDirs(os, paths);
  if (!dirs.ok) return dirs;
  const taken = takeOver(os, paths, originals.value);
  if (!taken.ok) return taken;
  const config = writeConfig(os, paths, { originals: originals.value, adopted: old.value.config });
  if (!config.ok) return config;
  const seeded = seedCommon(os, paths, { ask: taken.value.setupAsk });
  if (!seeded.ok) return seeded;
  const name = basename(originals.value);
  const marked = complete(os, paths, {
    adopted: { era: old.value.era, ts: os.clock.now(), originals: `${ORIGINALS}/${name}` },
  });
  if (!marked.ok) return marked;
  return ok({
    runner: old.value.config.runner,
    lines: [...taken.value.lines, ...old.value.config.lines, `every original is kept in ${originals.value}`],
  });
}

/** A directory that an earlier, cut-off call began is gone on with: there is never more than one without `profile.json`. */
function originalsDir(os: Os, paths: Paths): Result<string> {
  const parent = join(paths.root, ORIGINALS);
  const made = os.files.makeDir(parent);
  if (!made.ok) return ioFailure(THING, made.failure);
  const names = os.files.list(parent);
  if (!names.ok) return ioFailure(THING, names.failure);
  const begun = names.value.find((entry) => entry.kind === "dir");
  const dir = join(parent, begun?.name ?? localDay(os.clock.now()));
  const there = os.files.makeDir(dir);
  return there.ok ? ok(dir) : ioFailure(THING, there.failure);
}

function moveOriginals(os: Os, paths: Paths, originals: string): Result<void> {
  const done = join(originals, MOVED);
  if (os.files.stat(done).ok) return ok(undefined);
  const names = os.files.list(paths.root);
  if (!names.ok) return ioFailure(THING, names.failure);
  const link = names.value.find(({ name, kind }) => kind === "symlink" && TAKEN.includes(name));
  if (link !== undefined) {
    return fail("refused", THING, `${join(paths.root, link.name)} is a symbolic link`, {
      hint: "put what it points to in its place, then repeat this",
    });
  }
  for (const { name } of names.value) {
    // What git keeps of the profile stays where git looks for it.
    if (name === ADOPTING || name === ORIGINALS || name.startsWith(".git")) continue;
    // Links are moved as links. A name is only ever moved once: until `.moved` is there, nothing of ours lies in the root.
    const moved = os.files.rename(join(paths.root, name), join(originals, name));
    if (!moved.ok) return ioFailure(THING, moved.failure);
  }
  const marked = os.files.publish(done, "");
  return marked.ok ? ok(undefined) : ioFailure(THING, marked.failure);
}

/** Where the eras kept their config: in the profile under two names, before that with the user's other configs. */
function oldConfig(
  os: Os,
  paths: Paths,
  originals: string,
): Result<{ readonly era: string; readonly config: AdoptedConfig }> {
  const inside: readonly (readonly [string, string])[] = [
    [join(originals, "config.json"), "0.15 or later"],
    [join(originals, "looop.json"), "0.8 to 0.14"],
  ];
  const home = os.environment.get("XDG_CONFIG_HOME") ?? join(os.environment.get("HOME") ?? "/", ".config");
  const given = paths.config.startsWith(`${paths.root}/`) ? [] : [[paths.config, "unknown"] as const];
  for (const [path, era] of [...given, ...inside, [join(home, "looop.json"), "0.1 to 0.7"] as const]) {
    const found = os.files.read(path);
    if (found.kind === "absent") continue;
    if (found.kind === "unreadable") return ioFailure(THING, found.failure);
    const config = parseObject(found.text);
    if (config === undefined) {
      const lines = [`${path} is not JSON: looop begins with its own defaults`];
      return ok({ era, config: { file: {}, runner: undefined, lines } });
    }
    // One of ours already (a config that several profiles share): it is left as it is.
    const mapped = typeof config.v === "number" ? { file: config, runner: undefined, lines: [] } : adoptConfig(config);
    return ok({ era: eraOf(config, era), config: mapped });
  }
  return ok({ era: "unknown", config: { file: {}, runner: undefined, lines: [] } });
}

function eraOf(config: Readonly<Record<string, unknown>>, guess: string): string {
  if (config.tick_command !== undefined || config.worker_command !== undefined) return "0.34 or later";
  if (guess !== "0.15 or later") return guess;
  return config.runners === undefined ? "0.32 or 0.33" : "0.15 to 0.31";
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const data: unknown = JSON.parse(text);
    return typeof data === "object" && data !== null && !Array.isArray(data) ? { ...data } : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the mapped config. One that lies outside the profile is kept among the originals before it is replaced. */
function writeConfig(
  os: Os,
  paths: Paths,
  what: { readonly originals: string; readonly adopted: AdoptedConfig },
): Result<void> {
  if (Object.keys(what.adopted.file).length === 0) return ok(undefined);
  const text = `${JSON.stringify(what.adopted.file, undefined, 2)}\n`;
  const found = os.files.read(paths.config);
  if (found.kind === "text" && sameData(found.text, text)) return ok(undefined);
  if (found.kind === "text") {
    const kept = os.files.publish(join(what.originals, "config.json.outside"), found.text);
    if (!kept.ok) return ioFailure(THING, kept.failure);
  }
  const written = os.files.replace(paths.config, text);
  return written.ok ? ok(undefined) : ioFailure(THING, written.failure);
}

function sameData(a: string, b: string): boolean {
  return JSON.stringify(parseObject(a)) === JSON.stringify(parseObject(b));
}
