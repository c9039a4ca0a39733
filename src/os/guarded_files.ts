import { basename, dirname, join } from "node:path";
import { no, ok, type Outcome } from "../base/result.ts";
import { type OsFailure, osFailure } from "./sys.ts";
import type { Lock } from "./lock.ts";
import type { Os } from "./os.ts";
import { DIR_LOCK, type Entry, kindWords } from "./files.ts";

/** How long a writer tries for a directory's lock. A healthy holder needs milliseconds; longer means a stopped process. */
const LOCK_DEADLINE_MS = 5_000;

/**
 * Runs `action` while no other process of ours changes what belongs to `dir`. Tried with a deadline, never waited for blindly;
 * `locked` as failure text when somebody else holds on to it. `action` must be short and must not start children or write stdout.
 */
export async function withDirLock<T>(
  os: Os,
  dir: string,
  action: () => T | Promise<T>,
): Promise<Outcome<T, OsFailure>> {
  const path = join(dir, DIR_LOCK);
  let lock;
  try {
    lock = await os.locks.acquire(path, LOCK_DEADLINE_MS);
  } catch (error) {
    return no(osFailure(path, error));
  }
  if (lock === undefined) {
    return no({ code: "other", path, message: `another process has held the lock for ${LOCK_DEADLINE_MS / 1000} s` });
  }
  try {
    return ok(await action());
  } finally {
    lock.release();
  }
}

/**
 * The text of what a listing just named, where that is a regular file: a pipe would hold up the program for ever, and a link is not
 * followed. Undefined otherwise, when it went, or when it cannot be read.
 */
export function readEntry(os: Os, dir: string, { name, kind }: Entry): string | undefined {
  return kind === "file" ? os.files.readListed(join(dir, name)) : undefined;
}

/** How often a lock is taken again because its file was rotated away in between: each time somebody else got a line in. */
const MOST_ROTATIONS = 20;

/**
 * Runs `action` while no other process of ours appends to the file or moves it away. The file is its own lock (and is made, empty, when
 * it is not there): whoever may write nothing else, as in an agent's sandbox, can append all the same.
 */
export async function withFileLock<T>(
  os: Os,
  path: string,
  action: () => Outcome<T, OsFailure>,
): Promise<Outcome<T, OsFailure>> {
  const found = os.files.stat(path);
  if (found.ok && found.value.kind !== "file") {
    return no({ code: "not_regular", path, message: `it is ${kindWords(found.value.kind)}, not a regular file` });
  }
  for (let tries = 0; tries < MOST_ROTATIONS; tries++) {
    let lock: Lock | undefined;
    try {
      lock = await os.locks.acquire(path, LOCK_DEADLINE_MS);
    } catch (error) {
      return no(osFailure(path, error));
    }
    if (lock === undefined) break;
    try {
      if (lock.isCurrent()) return action();
    } finally {
      lock.release();
    }
  }
  return no({ code: "other", path, message: `another process has held the lock for ${LOCK_DEADLINE_MS / 1000} s` });
}

/** Removes a file only while it still holds exactly `expected`; `changed` when it does not, or is gone. */
export function removeIfEqual(
  os: Os,
  path: string,
  expected: string,
): Promise<Outcome<"removed" | "changed", OsFailure>> {
  return underLock(os, path, () => {
    if (!holds(os, path, expected)) return ok("changed");
    const removed = os.files.remove(path);
    return removed.ok ? ok("removed") : removed;
  });
}

/** Replaces a file only while it still holds exactly `expected`. */
export function replaceIfEqual(
  os: Os,
  path: string,
  change: { readonly expected: string; readonly next: string },
): Promise<Outcome<"replaced" | "changed", OsFailure>> {
  return underLock(os, path, () => {
    if (!holds(os, path, change.expected)) return ok("changed");
    const written = os.files.replace(path, change.next);
    return written.ok ? ok("replaced") : written;
  });
}

/**
 * Appends a line (without its newline); when the file would pass `maxBytes` it first becomes `<name>.1`, the one before that `.2`,
 * up to `keep`. Append and rotation hold the file's lock, so no line is lost between two processes; `maxBytes` 0: never.
 * Where the directory may not be written the file grows on: a line that is there is worth more than a rotation.
 */
export function appendRotating(
  os: Os,
  path: string,
  options: { readonly line: string; readonly maxBytes: number; readonly keep: number; readonly sync?: boolean },
): Promise<Outcome<void, OsFailure>> {
  return withFileLock(os, path, () => {
    const stamp = os.files.stat(path);
    if (
      options.maxBytes > 0 && stamp.ok && stamp.value.size > 0 &&
      stamp.value.size + options.line.length > options.maxBytes
    ) {
      // Oldest first: a crash in the middle leaves a gap in the numbers, never a file over another.
      for (let n = options.keep; n > 0; n--) {
        const from = n === 1 ? path : `${path}.${n - 1}`;
        if (os.files.stat(from).ok) os.files.rename(from, `${path}.${n}`);
      }
    }
    return os.files.append(path, `${options.line}\n`, { sync: options.sync === true });
  });
}

function holds(os: Os, path: string, expected: string): boolean {
  const found = os.files.read(path);
  return found.kind === "text" && found.text === expected;
}

async function underLock<T>(os: Os, path: string, action: () => Outcome<T, OsFailure>): Promise<Outcome<T, OsFailure>> {
  const outcome = await withDirLock(os, dirname(path), action);
  return outcome.ok ? outcome.value : outcome;
}

/** The stem of a path with this ending, for `<id>.json` and its like. Undefined for another ending. */
export function stem(path: string, ending: string): string | undefined {
  const name = basename(path);
  return name.endsWith(ending) && name.length > ending.length ? name.slice(0, -ending.length) : undefined;
}

/** Whether there is nothing at a path that a listing has just named: whoever removed it did so meanwhile. */
export function isGone(os: Os, path: string): boolean {
  const stamp = os.files.stat(path);
  return !stamp.ok && stamp.failure.code === "absent";
}
