import { dirname, join } from "node:path";
import { no, ok, type Outcome } from "../base/result.ts";
import { byCodeUnit } from "../base/id.ts";
import {
  type Entry,
  type Files,
  isOwnScratch,
  kindWords,
  type Read,
  type ReplaceOptions,
  type Stamp,
  TEMP_PREFIX,
} from "./files.ts";
import { type Handle, type OsFailure, osFailure, realSys, type Sys } from "./sys.ts";

/** The files of this machine (or of `sys`, for tests that make single calls fail). */
export function realFiles(sys: Sys = realSys()): Files {
  return {
    read: (path) => read(sys, path),
    readListed: (path) => quietly(() => sys.readText(path)),
    readTail: (path, maxBytes) => attempt(path, () => readTail(sys, path, maxBytes)),
    readFrom: (path, offset, maxBytes) => attempt(path, () => readFrom(sys, path, offset, maxBytes)),
    stat: (path) => attempt(path, () => stampOf(sys.lstat(path))),
    list: (dir) => attempt(dir, () => list(sys, dir)),
    listTemps: (dir) =>
      attempt(
        dir,
        () => sys.list(dir).filter(({ name }) => name.startsWith(TEMP_PREFIX)).map(({ name }) => join(dir, name)),
      ),
    makeDir: (dir, mode = 0o700) => attempt(dir, () => makeDir(sys, dir, mode)),
    claimDir: (dir, mode = 0o700) =>
      attempt(dir, () => {
        sys.mkdir(dir, mode);
        sys.chmod(dir, mode);
      }),
    replace: (path, data, options = {}) => attempt(path, () => replace(sys, path, bytesOf(data), options)),
    publish: (path, data, mode = 0o600) => attempt(path, () => publish(sys, path, bytesOf(data), mode)),
    append: (path, text, options = {}) => attempt(path, () => append(sys, path, text, options.sync === true)),
    moveAside: (from, to) => attempt(from, () => moveAside(sys, from, to)),
    rename: (from, to) =>
      attempt(from, () => {
        sys.rename(from, to);
        syncDir(sys, dirname(to));
      }),
    remove: (path, options = {}) => attempt(path, () => remove(sys, path, options.durability !== "none")),
    removeTree: (dir) => attempt(dir, () => removeTree(sys, dir)),
    chmod: (path, mode) => attempt(path, () => sys.chmod(path, mode)),
    realPath: (path) => attempt(path, () => sys.realPath(path)),
    tempName,
  };
}

function attempt<T>(path: string, action: () => T): Outcome<T, OsFailure> {
  try {
    return ok(action());
  } catch (error) {
    return no(osFailure(path, error));
  }
}

function quietly<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

function read(sys: Sys, path: string): Read {
  const outcome = attempt(path, () => {
    const named = stampOf(sys.lstat(path));
    if (named.kind !== "file") return notRegular(path, kindWords(named.kind));
    const file = sys.open(path, { read: true });
    try {
      const opened = stampOf(file.stat());
      if (opened.ino !== named.ino || opened.dev !== named.dev) {
        return notRegular(path, "a file that changed while it was opened");
      }
      const text = new TextDecoder().decode(readUpTo(file, opened.size, Number.MAX_SAFE_INTEGER));
      return { kind: "text", text, stamp: opened } as const;
    } finally {
      file.close();
    }
  });
  if (outcome.ok) return outcome.value;
  return outcome.failure.code === "absent" ? { kind: "absent" } : { kind: "unreadable", failure: outcome.failure };
}

function notRegular(path: string, what: string): Read {
  const message = `it is ${what}, not a regular file`;
  return { kind: "unreadable", failure: { code: "not_regular", path, message } };
}

/** Reads to the end or to `max` bytes; `hint` is the expected size. */
function readUpTo(file: Handle, hint: number, max: number): Uint8Array {
  let buffer = new Uint8Array(Math.min(max, hint + 1));
  let length = 0;
  while (length < max) {
    if (length === buffer.length) {
      const larger = new Uint8Array(Math.min(max, buffer.length * 2 + 1024));
      larger.set(buffer);
      buffer = larger;
    }
    const n = file.read(buffer.subarray(length));
    if (n === null) break;
    length += n;
  }
  return buffer.subarray(0, length);
}

function readTail(sys: Sys, path: string, maxBytes: number): { bytes: Uint8Array; offset: number } {
  const file = sys.open(path, { read: true });
  try {
    const { size } = file.stat();
    const offset = Math.max(0, size - maxBytes);
    file.seekStart(offset);
    return { bytes: readUpTo(file, size - offset, maxBytes), offset };
  } finally {
    file.close();
  }
}

function readFrom(sys: Sys, path: string, offset: number, maxBytes: number): Uint8Array {
  const file = sys.open(path, { read: true });
  try {
    file.seekStart(offset);
    return readUpTo(file, Math.min(maxBytes, 65_536), maxBytes);
  } finally {
    file.close();
  }
}

function stampOf(info: Deno.FileInfo): Stamp {
  return {
    kind: info.isFile ? "file" : info.isDirectory ? "dir" : info.isSymlink ? "symlink" : "other",
    size: info.size,
    mtimeMs: info.mtime?.getTime() ?? 0,
    mode: (info.mode ?? 0) & 0o7777,
    uid: info.uid ?? -1,
    ino: info.ino ?? 0,
    dev: info.dev,
  };
}

function list(sys: Sys, dir: string): Entry[] {
  const entries: Entry[] = [];
  for (const entry of sys.list(dir)) {
    if (isOwnScratch(entry.name)) continue;
    const kind = entry.isFile ? "file" : entry.isDirectory ? "dir" : entry.isSymlink ? "symlink" : "other";
    entries.push({ name: entry.name, kind });
  }
  return entries.sort((a, b) => byCodeUnit(a.name, b.name));
}

function makeDir(sys: Sys, dir: string, mode: number): void {
  const found = quietly(() => sys.lstat(dir));
  if (found?.isDirectory) return;
  const parent = dirname(dir);
  if (found === undefined && parent !== dir && quietly(() => sys.lstat(parent)) === undefined) {
    makeDir(sys, parent, mode);
  }
  try {
    sys.mkdir(dir, mode);
    sys.chmod(dir, mode); // the umask may have cut the mode
  } catch (error) {
    // Somebody else made it in the same instant: as good. A link to a directory is accepted here; profiles check theirs on opening.
    if (!(error instanceof Deno.errors.AlreadyExists) || !Deno.statSync(dir).isDirectory) throw error;
  }
}

function replace(sys: Sys, path: string, bytes: Uint8Array, options: ReplaceOptions): void {
  const { mode = 0o600, durability = "full" } = options;
  const temp = writeTemp(sys, path, bytes, { mode, sync: durability !== "none" });
  try {
    sys.rename(temp, path); // a crash before this leaves the old file and a hidden temp, after it the new one
  } catch (error) {
    quietly(() => sys.unlink(temp));
    throw error;
  }
  if (durability === "full") syncDir(sys, dirname(path));
}

function publish(sys: Sys, path: string, bytes: Uint8Array, mode: number): "published" | "taken" {
  const temp = writeTemp(sys, path, bytes, { mode, sync: true });
  try {
    sys.link(temp, path); // fails when the name exists, so of many at once one wins, and the name never shows half a file
  } catch (error) {
    const ours = sameInode(sys, temp, path);
    quietly(() => sys.unlink(temp));
    // A link that was made although the call reported an error (seen on network file systems) is ours.
    if (ours) return "published";
    if (error instanceof Deno.errors.AlreadyExists) return "taken";
    throw error;
  }
  syncDir(sys, dirname(path));
  quietly(() => sys.unlink(temp));
  return "published";
}

function sameInode(sys: Sys, a: string, b: string): boolean {
  const first = quietly(() => sys.lstat(a));
  const second = quietly(() => sys.lstat(b));
  return first !== undefined && second !== undefined && first.ino === second.ino && first.dev === second.dev;
}

function writeTemp(
  sys: Sys,
  path: string,
  bytes: Uint8Array,
  { mode, sync }: { readonly mode: number; readonly sync: boolean },
): string {
  const temp = tempName(path);
  const file = sys.open(temp, { write: true, createNew: true, mode });
  try {
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(file.write(rest));
    sys.chmod(temp, mode); // before it gets its name: a sensor must not lose its execute bit, nor a file its privacy
    if (sync) file.sync();
  } catch (error) {
    quietly(() => sys.unlink(temp));
    throw error;
  } finally {
    file.close();
  }
  return temp;
}

/** A crash of the machine must not forget a name that was reported as there. */
function syncDir(sys: Sys, dir: string): void {
  const handle = sys.open(dir, { read: true });
  try {
    handle.sync();
  } finally {
    handle.close();
  }
}

function append(sys: Sys, path: string, text: string, sync: boolean): void {
  const fresh = quietly(() => sys.lstat(path)) === undefined;
  const file = sys.open(path, { append: true, create: true, mode: 0o600 });
  try {
    if (fresh) sys.chmod(path, 0o600);
    const bytes = bytesOf(text);
    const { size } = file.stat();
    const written = file.write(bytes);
    if (written < bytes.length) {
      // A disk that filled in mid-line: the next line must not continue this one.
      quietly(() => file.truncate(size));
      throw new Deno.errors.WriteZero(`only ${written} of ${bytes.length} bytes fitted (os error 28)`);
    }
    if (sync) file.sync();
  } finally {
    file.close();
  }
}

function moveAside(sys: Sys, from: string, to: string): "moved" | "taken" {
  try {
    sys.link(from, to);
  } catch (error) {
    // Both names on one inode: a crash came between link and unlink below. Finishing it is the move.
    if (!sameInode(sys, from, to)) {
      if (error instanceof Deno.errors.AlreadyExists) return "taken";
      throw error;
    }
  }
  syncDir(sys, dirname(to));
  sys.unlink(from);
  syncDir(sys, dirname(from));
  return "moved";
}

function remove(sys: Sys, path: string, sync: boolean): void {
  try {
    sys.unlink(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  if (sync) syncDir(sys, dirname(path));
}

function removeTree(sys: Sys, dir: string): void {
  const info = quietly(() => sys.lstat(dir));
  if (info === undefined) return;
  if (!info.isDirectory) return sys.unlink(dir);
  for (const entry of sys.list(dir)) {
    const path = join(dir, entry.name);
    if (entry.isDirectory) removeTree(sys, path);
    else sys.unlink(path);
  }
  sys.rmdir(dir);
}

function tempName(path: string): string {
  const random = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0"));
  return join(dirname(path), `${TEMP_PREFIX}${random.join("")}`);
}

function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === "string" ? new TextEncoder().encode(data) : data;
}
