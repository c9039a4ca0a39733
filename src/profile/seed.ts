import { join } from "node:path";
import { fail, ioFailure, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import { shellWord } from "../base/shell_word.ts";
import { VERSION } from "../base/version.ts";
import type { Lock } from "../os/lock.ts";
import type { Os } from "../os/os.ts";
import { osFailure } from "../os/sys.ts";
import { contentsOf, SEEDING } from "./contents.ts";
import { foreign, guardParents } from "./guard.ts";
import { type Paths, profileDirs } from "./paths.ts";
import { publishRecord } from "./records.ts";

const THING = "make the profile";

/** How long one waits for another process that is making the same profile; it takes milliseconds. */
const PATIENCE_MS = 10_000;

/** What an empty profile receives beside `seedCommon`: the name below `seeds/` is the name in the profile. */
const SEED_FILES: readonly { readonly name: string; readonly mode?: number }[] = [
  { name: "goals/setup.md" },
  { name: "goals/playbook-daily.md" },
  { name: "sensors/today.sh", mode: 0o700 },
  // That `setup-1` is given out must outlive the ask itself.
  { name: "mailbox/workers/setup/ask.counter" },
];

/**
 * Makes the profile, or finishes making it; one that is complete is left as it is. Of many at once one does it, the others wait
 * for it. A crash at any step leaves a directory that no verb takes for a profile and that the next call finishes.
 */
export async function seedProfile(os: Os, paths: Paths): Promise<Result<void>> {
  const parents = guardParents(os, paths.root);
  if (!parents.ok) return parents;
  const made = os.files.makeDir(paths.root);
  if (!made.ok) return ioFailure(THING, made.failure);
  const free = mayBeMade(os, paths);
  if (!free.ok || free.value === "complete") return free.ok ? ok(undefined) : free;
  const lock = await takeLock(os, paths, SEEDING);
  if (!lock.ok) return lock;
  try {
    // Looked at again: another process may have done it all, or a person put something there.
    const still = mayBeMade(os, paths);
    if (!still.ok) return still;
    const done = still.value === "complete" ? ok(undefined) : fill(os, paths);
    // Only now: until `profile.json` is there this name says that the rest is ours. A crash before this leaves a name that the
    // next change removes.
    if (done.ok) os.files.remove(join(paths.root, SEEDING));
    return done;
  } finally {
    lock.value.release();
  }
}

/** Whether a profile may be made here. */
function mayBeMade(os: Os, paths: Paths): Result<"complete" | "free"> {
  const contents = contentsOf(os, paths);
  if (!contents.ok) return contents;
  switch (contents.value) {
    case "complete":
      return ok("complete");
    case "forerunner":
      return fail("refused", THING, `${paths.root} holds an older looop's profile`, {
        hint: "looop init --adopt (takes it over and keeps the originals)",
      });
    case "foreign":
      return fail("refused", THING, `${paths.root} is not empty, and what is in it is not looop's`, {
        hint: "set LOOOP_DATA_DIR to a directory of its own",
      });
    default:
      return ok("free");
  }
}

/**
 * Takes the lock inside the root that at the same time marks it as begun (beside the root we may have no right to write), and
 * makes sure that the root is ours and closed to others.
 */
export async function takeLock(os: Os, paths: Paths, name: string): Promise<Result<Lock>> {
  const path = join(paths.root, name);
  let lock: Lock | undefined;
  try {
    lock = await lockOpened(os, paths, path);
  } catch (error) {
    return ioFailure(THING, osFailure(path, error));
  }
  if (lock === undefined) {
    return fail("conflict", THING, `another looop has been making it for ${PATIENCE_MS / 1000} s`, {
      hint: "run the same line again; if it stays so, look for a stopped looop process",
    });
  }
  const closed = closeRoot(os, paths, path);
  if (closed.ok) return ok(lock);
  os.files.remove(path);
  lock.release();
  return closed;
}

/** Under a umask that takes our own rights away, a directory is closed to ourselves until its maker has set its mode. */
async function lockOpened(os: Os, paths: Paths, path: string): Promise<Lock | undefined> {
  try {
    return await os.locks.acquire(path, PATIENCE_MS);
  } catch (error) {
    if (osFailure(path, error).code !== "denied" || !os.files.chmod(paths.root, 0o700).ok) throw error;
    return await os.locks.acquire(path, PATIENCE_MS);
  }
}

function closeRoot(os: Os, paths: Paths, lockPath: string): Result<void> {
  const root = os.files.stat(paths.root);
  if (!root.ok) return ioFailure(THING, root.failure);
  const own = os.files.stat(lockPath);
  // Gone: another process finished meanwhile and took it away. It has made the same check.
  if (own.ok && own.value.uid !== root.value.uid) return foreign(paths, root.value.uid, own.value.uid);
  if ((root.value.mode & 0o1022) !== 0) {
    return fail("refused", THING, `${paths.root} is a directory that others may write to`, {
      hint: `chmod 700 ${shellWord(paths.root)}, or set LOOOP_DATA_DIR to a directory of its own`,
    });
  }
  if ((root.value.mode & 0o777) === 0o700) return ok(undefined);
  const closed = os.files.chmod(paths.root, 0o700);
  return closed.ok ? ok(undefined) : ioFailure(THING, closed.failure);
}

/** Everything that is missing, in crash order: directories, files, and last the marker that says all is there. */
function fill(os: Os, paths: Paths): Result<void> {
  const dirs = makeDirs(os, paths);
  if (!dirs.ok) return dirs;
  const files = writeSeeds(os, paths);
  return files.ok ? complete(os, paths, {}) : files;
}

/** Makes the directories, and sets the mode of those that a crash left half made. */
export function makeDirs(os: Os, paths: Paths): Result<void> {
  for (const dir of profileDirs(paths)) {
    const made = os.files.makeDir(dir);
    if (!made.ok) return ioFailure(THING, made.failure);
    const stamp = os.files.stat(dir);
    if (!stamp.ok) return ioFailure(THING, stamp.failure);
    if (stamp.value.mode === 0o700) continue;
    const set = os.files.chmod(dir, 0o700);
    if (!set.ok) return ioFailure(THING, set.failure);
  }
  return ok(undefined);
}

/** Publishes each seed that is not there: what an earlier, cut-off call made is complete, since a name never shows half a file. */
function writeSeeds(os: Os, paths: Paths): Result<void> {
  for (const { name, mode } of SEED_FILES) {
    const seeded = seedFile(os, join(paths.root, name), { text: os.environment.readAsset(`seeds/${name}`), mode });
    if (!seeded.ok) return seeded;
  }
  return seedCommon(os, paths, { ask: 1 });
}

/** The seeds that an adopted profile gets too, where it lacks them. `ask` is the number of the setup ask; undefined: none is raised. */
export function seedCommon(os: Os, paths: Paths, options: { readonly ask: number | undefined }): Result<void> {
  for (const [path, name] of [[paths.gitignore, "gitignore"], [paths.playbook, "PLAYBOOK.md"]] as const) {
    const seeded = seedFile(os, path, { text: os.environment.readAsset(`seeds/${name}`) });
    if (!seeded.ok) return seeded;
  }
  const config = seedConfig(os, paths);
  if (!config.ok || options.ask === undefined) return config;
  const id = `setup-${options.ask}`;
  const ask = JSON.parse(os.environment.readAsset("seeds/setup-ask.json")) as object;
  const published = publishRecord(os, join(paths.asks, `${id}.json`), { ...ask, id, ts: os.clock.now() });
  return published.ok ? ok(undefined) : published;
}

/** A config outside the profile may be missing its directory; one that is there is the person's. */
function seedConfig(os: Os, paths: Paths): Result<void> {
  return seedFile(os, paths.config, { text: os.environment.readAsset("seeds/config.json") });
}

function seedFile(
  os: Os,
  path: string,
  file: { readonly text: string; readonly mode?: number | undefined },
): Result<void> {
  const dir = os.files.makeDir(join(path, ".."));
  if (!dir.ok) return ioFailure(THING, dir.failure);
  const published = os.files.publish(path, file.text, file.mode ?? 0o600);
  return published.ok ? ok(undefined) : ioFailure(THING, published.failure);
}

/** Writes `profile.json`: from now on this is a profile. */
export function complete(os: Os, paths: Paths, more: object): Result<void> {
  const marker = { created: os.clock.now(), version: VERSION, ...more };
  const published = publishRecord(os, paths.marker, marker);
  return published.ok ? ok(undefined) : published;
}
