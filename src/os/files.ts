import type { Outcome } from "../base/result.ts";
import type { OsFailure } from "./sys.ts";

/** What reading a file gave. Absent, unreadable and present are three things, and no caller may mix them up. */
export type Read =
  | { readonly kind: "text"; readonly text: string; readonly stamp: Stamp }
  | { readonly kind: "absent" }
  | { readonly kind: "unreadable"; readonly failure: OsFailure };

/** What tells one version of a file from another without reading it. Times are milliseconds since 1970, with fractions. */
export interface Stamp {
  readonly kind: "file" | "dir" | "symlink" | "other";
  readonly size: number;
  readonly mtimeMs: number;
  readonly mode: number;
  readonly uid: number;
  readonly ino: number;
  readonly dev: number;
}

/** One name in a directory. */
export interface Entry {
  readonly name: string;
  readonly kind: "file" | "dir" | "symlink" | "other";
}

/**
 * What an outage of the machine may take of a file that was replaced; a killed program loses nothing in any case. `full`: nothing,
 * it is on disk when `replace` returns. `whole`: this change, not the file, which is all of the old or all of the new. `none`: the
 * file, which may be empty or gone; for what speaks of living processes only.
 */
export type Durability = "full" | "whole" | "none";

/** How a file is replaced; without it private and durable in full. */
export interface ReplaceOptions {
  readonly mode?: number;
  readonly durability?: Durability;
}

/** The outcome of a change. */
export type Wrote<T = void> = Outcome<T, OsFailure>;

/**
 * The only writers of a profile. All are synchronous and done when they return; what they made is 0600 (directories 0700, or the
 * mode given) whatever the umask.
 */
export interface Files {
  /** Reads a regular file by lstat, open, fstat (same device and inode): a symbolic link is `unreadable`, not followed. */
  read(path: string): Read;
  /** Reads a file that `list` just named as a regular one: cheaper, for directories of many. Undefined when it went or cannot be read. Never for another kind: a pipe would hold up the program, deaf to signals, for ever. */
  readListed(path: string): string | undefined;
  /** The last `maxBytes` of a file, and the offset at which they start. */
  readTail(path: string, maxBytes: number): Outcome<{ readonly bytes: Uint8Array; readonly offset: number }, OsFailure>;
  /** Up to `maxBytes` from `offset` on. */
  readFrom(path: string, offset: number, maxBytes: number): Outcome<Uint8Array, OsFailure>;
  /** What lies at the path itself (links are not followed). */
  stat(path: string): Outcome<Stamp, OsFailure>;
  /** The names in a directory in code-unit order, without our own temporary and lock files. */
  list(dir: string): Outcome<readonly Entry[], OsFailure>;
  /** The paths of our own temporary files in a directory: what a crash may have left, and what is being written now. */
  listTemps(dir: string): Outcome<readonly string[], OsFailure>;
  /** Makes a directory (and those above it) or finds it there. */
  makeDir(dir: string, mode?: number): Wrote;
  /** Makes one directory; `exists` as failure code when somebody else did: the test-and-set of the file system. */
  claimDir(dir: string, mode?: number): Wrote;
  /** Replaces or makes a file: a reader, and a crash at any instant, sees all of the old or all of the new. */
  replace(path: string, data: string | Uint8Array, options?: ReplaceOptions): Wrote;
  /** Makes a file that must not exist: all or nothing becomes visible, and only for one of many at once (`taken` for the others). */
  publish(path: string, data: string | Uint8Array, mode?: number): Wrote<"published" | "taken">;
  /** Appends in one write, so that lines of several processes never mix. With `sync`, it is on disk when this returns. */
  append(path: string, text: string, options?: { readonly sync?: boolean }): Wrote;
  /** Moves a file to a name that must be free, `taken` when it is not: nothing is ever overwritten. */
  moveAside(from: string, to: string): Wrote<"moved" | "taken">;
  /** Renames, replacing what is there. */
  rename(from: string, to: string): Wrote;
  /** Removes a file; one that is not there is as good as removed. With `durability` none an outage may bring it back. */
  remove(path: string, options?: { readonly durability?: "full" | "none" }): Wrote;
  /** Removes a directory and all in it, links not followed. Not atomic: callers rename it out of sight first. */
  removeTree(dir: string): Wrote;
  /** Sets the mode. */
  chmod(path: string, mode: number): Wrote;
  /** The path with all links resolved. */
  realPath(path: string): Outcome<string, OsFailure>;
  /** An unpredictable name beside `path`, hidden from `list`. */
  tempName(path: string): string;
}

/** How our own temporary files start: `list` leaves them out, the pulse sweeps what a crash left. */
export const TEMP_PREFIX = ".tmp-";

/** The name of a directory's lock file (see guarded_files.ts), hidden from `list` too. */
export const DIR_LOCK = ".dirlock";

/** What lies at a path, in words that go on a sentence: "it is …". */
export function kindWords(kind: Stamp["kind"]): string {
  return { file: "a file", dir: "a directory", symlink: "a symlink", other: "a pipe, a socket or a device" }[kind];
}

/** True for the names that only serve our own writing. */
export function isOwnScratch(name: string): boolean {
  return name.startsWith(TEMP_PREFIX) || name === DIR_LOCK;
}
