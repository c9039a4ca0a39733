import { dirname, join } from "node:path";
import { fail, ioFailure, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import { shellWord } from "../base/shell_word.ts";
import type { Os } from "../os/os.ts";
import type { Stamp } from "../os/files.ts";
import { type Paths, profileDirs } from "./paths.ts";

const THING = "open the profile";

/** Write permission for everybody, and the mark that keeps everybody from renaming what is not theirs. */
const WORLD_WRITE = 0o002;
const STICKY = 0o1000;

/**
 * Refuses directories above the profile in which anybody could put another one in its place: those that all may write to without
 * the sticky bit. Group-writable ones pass (private groups make them usual); `doctor` names them.
 */
export function guardParents(os: Os, root: string): Result<void> {
  for (let dir = dirname(root);; dir = dirname(dir)) {
    const stamp = os.files.stat(dir);
    if (stamp.ok && (stamp.value.mode & WORLD_WRITE) !== 0 && (stamp.value.mode & STICKY) === 0) {
      return fail("refused", THING, `everybody may write to ${dir}, above it`, {
        hint: `chmod o-w ${shellWord(dir)}`,
      });
    }
    if (dirname(dir) === dir) return ok(undefined);
  }
}

/** Refuses a profile that others may look into or write to. What is in it is then out of their reach whatever its own mode. */
export function guardMode(paths: Paths, root: Stamp): Result<void> {
  if ((root.mode & 0o077) === 0) return ok(undefined);
  const octal = (root.mode & 0o777).toString(8).padStart(3, "0");
  return fail("refused", THING, `${paths.root} is open to other users (mode ${octal})`, {
    hint: `chmod 700 ${shellWord(paths.root)}`,
  });
}

/**
 * Refuses files and directories of ours that are links: what is written through them would land elsewhere. One listing tells of nearly
 * all of them: this is done at every start. Answers the directories that are missing.
 */
export function guardLinks(os: Os, paths: Paths): Result<readonly string[]> {
  const listed = os.files.list(paths.root);
  if (!listed.ok) return ioFailure(THING, listed.failure);
  const kinds = new Map(listed.value.map(({ name, kind }) => [`${paths.root}/${name}`, kind]));
  const missing: string[] = [];
  const dirs = profileDirs(paths);
  const files = [paths.marker, paths.playbook, paths.config, paths.journal, paths.events, paths.cost, paths.gitignore];
  for (const [n, path] of [...dirs, ...files].entries()) {
    const wanted = n < dirs.length ? "dir" : "file";
    const kind = dirname(path) === paths.root ? ok(kinds.get(path)) : kindOf(os, path);
    if (!kind.ok) return kind;
    if (kind.value === wanted) continue;
    if (kind.value === undefined) {
      if (wanted === "dir") missing.push(path);
      continue;
    }
    if (kind.value === "symlink") {
      return fail("refused", THING, `${path} is a symbolic link`, {
        hint: `put what it points to in its place: rm ${shellWord(path)}, then move the real one there`,
      });
    }
    const noun = wanted === "dir" ? "directory" : "regular file";
    return fail("refused", THING, `${path} is not a ${noun}`, { hint: `move it away: mv ${shellWord(path)} /tmp/` });
  }
  return ok(missing);
}

/** What lies at the path; undefined: nothing. */
function kindOf(os: Os, path: string): Result<Stamp["kind"] | undefined> {
  const stamp = os.files.stat(path);
  if (stamp.ok) return ok(stamp.value.kind);
  return stamp.failure.code === "absent" ? ok(undefined) : ioFailure(THING, stamp.failure);
}

/** Refuses a config outside the profile that others could write: what it names is run. */
export function guardConfig(os: Os, paths: Paths): Result<void> {
  if (paths.config.startsWith(`${paths.root}/`)) return ok(undefined);
  const stamp = os.files.stat(paths.config);
  if (!stamp.ok || (stamp.value.mode & 0o022) === 0) return ok(undefined);
  return fail("refused", THING, `others may write to ${paths.config}, and what it names is run`, {
    hint: `chmod go-w ${shellWord(paths.config)}`,
  });
}

/**
 * Refuses a profile of another user, without a spawn in the usual case: its owner is the home's. Only where they differ (no home,
 * another user's) is `id` asked.
 */
export async function guardOwnerToRead(os: Os, paths: Paths, root: Stamp): Promise<Result<void>> {
  const home = os.environment.get("HOME");
  const stamp = home === undefined ? undefined : os.files.stat(home);
  if (stamp?.ok === true && stamp.value.uid === root.uid) return ok(undefined);
  const own = await ownUid(os);
  return own === undefined || own === root.uid ? ok(undefined) : foreign(paths, root.uid, own);
}

/**
 * The same before a change, by the owner of something just made: exact, and nothing is spawned. `.lock` must be there. An agent's sandbox
 * lets parts of the profile be written only (mailbox, claims, ledger): there the owner is looked up as before a read, and
 * what may not be written says so itself.
 */
export async function guardOwnerToChange(os: Os, paths: Paths, root: Stamp): Promise<Result<void>> {
  const probe = os.files.tempName(join(paths.locks, "owner"));
  const made = os.files.claimDir(probe);
  if (!made.ok) {
    const shut = made.failure.code === "read_only" || made.failure.code === "denied";
    return shut ? await guardOwnerToRead(os, paths, root) : ioFailure(THING, made.failure);
  }
  const stamp = os.files.stat(probe);
  os.files.removeTree(probe);
  if (!stamp.ok) return ioFailure(THING, stamp.failure);
  return stamp.value.uid === root.uid ? ok(undefined) : foreign(paths, root.uid, stamp.value.uid);
}

/** Our user id; undefined when the machine has no `id`. */
export async function ownUid(os: Os): Promise<number | undefined> {
  const said = await os.processes.sh("id -u");
  const uid = Number(said.stdout.trim());
  return said.code === 0 && said.stdout.trim() !== "" && Number.isInteger(uid) ? uid : undefined;
}

/** Says whose it is. */
export function foreign(paths: Paths, owner: number, own: number): Result<never> {
  return fail("refused", THING, `${paths.root} belongs to user ${owner}, and you are user ${own}`, {
    hint: "run looop as that user, or set LOOOP_DATA_DIR to a directory of your own",
  });
}
