import { join } from "node:path";
import { fail, ioFailure, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import type { Os } from "../os/os.ts";
import type { Paths } from "./paths.ts";

const THING = "use the profile's file system";

/** Where to go instead. */
const HINT = "set LOOOP_DATA_DIR to a directory on a local disk (not FAT, not a network mount)";

/**
 * Proves that the file system below the profile can do what looop stands on: hard links that refuse a taken name, locks that a
 * second opener sees, named pipes. `up` asks before the first pulse starts. Leaves nothing behind. `.lock` must be there.
 */
export async function proveFileSystem(os: Os, paths: Paths): Promise<Result<void>> {
  const dir = os.files.tempName(join(paths.locks, "proof"));
  const made = os.files.claimDir(dir);
  if (!made.ok) return ioFailure(THING, made.failure);
  try {
    const linked = proveLinks(os, dir);
    if (!linked.ok) return linked;
    const locked = proveLocks(os, dir);
    return locked.ok ? await provePipes(os, dir) : locked;
  } finally {
    os.files.removeTree(dir);
  }
}

function proveLinks(os: Os, dir: string): Result<void> {
  const path = join(dir, "link");
  const first = os.files.publish(path, "first\n");
  if (!first.ok) {
    if (first.failure.code === "no_space" || first.failure.code === "read_only") return ioFailure(THING, first.failure);
    return fail("refused", THING, `it has no hard links (${first.failure.message})`, { hint: HINT });
  }
  const second = os.files.publish(path, "second\n");
  if (second.ok && second.value === "taken") return ok(undefined);
  return fail("refused", THING, "a hard link does not refuse a name that is taken", { hint: HINT });
}

function proveLocks(os: Os, dir: string): Result<void> {
  const path = join(dir, "lock");
  try {
    const lock = os.locks.tryAcquire(path);
    const seen = lock !== undefined && os.locks.isHeld(path);
    lock?.release();
    if (seen && !os.locks.isHeld(path)) return ok(undefined);
  } catch { /* a file system without locks answers with an error */ }
  return fail("refused", THING, "it has no file locks (flock)", { hint: HINT });
}

async function provePipes(os: Os, dir: string): Promise<Result<void>> {
  const tried = await os.processes.sh('mkfifo -m 600 "$1" && [ -p "$1" ]', [join(dir, "pipe")]);
  if (tried.code === 0) return ok(undefined);
  const why = tried.stderr.trim() === "" ? "" : ` (${tried.stderr.trim()})`;
  return fail("refused", THING, `it has no named pipes${why}`, { hint: HINT });
}
