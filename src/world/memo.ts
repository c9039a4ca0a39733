import type { Os } from "../os/os.ts";

/** How long after a file's stamp another change may still carry the same one: the coarsest clock of a file system is two seconds. */
const GRAIN_MS = 2_000;

/** A part of the world that is read again only when something says that it may have changed. */
export interface Part<T> {
  /** What it was when last read, read again when a stamp moved, or `now` has passed the time until which it holds. */
  read(now: number): Promise<T>;
}

/** How a part is read, and what tells that it has to be read again. */
export interface PartSpec<T> {
  /** The paths whose stamps are looked at; `last` is what was read before, for files that are edited in place. */
  paths(last: T | undefined): readonly string[];
  /** Anything else that it depends on. */
  key?(now: number): string;
  read(now: number): T | Promise<T>;
  /** From when on it has to be read again whatever the stamps say. */
  until?(value: T, now: number): number;
}

/** Reads anew each time: for those who read once, and need no stamps. */
export function unremembered<T>(_os: Os, spec: PartSpec<T>): Part<T> {
  return { read: async (now) => await spec.read(now) };
}

/** Remembers what was read. Stamps are taken before the reading, so that a change in between is seen by the next look. */
export function remembered<T>(os: Os, spec: PartSpec<T>): Part<T> {
  let last: { readonly value: T; readonly mark: string; readonly until: number } | undefined;
  return {
    read: async (now) => {
      const mark = markOf(os, spec.paths(last?.value), spec.key?.(now) ?? "");
      // A stamp so young that a second change could hide behind it is never trusted: undefined equals no mark.
      if (last !== undefined && mark !== undefined && last.mark === mark && now < last.until) return last.value;
      const value = await spec.read(now);
      last = { value, mark: mark ?? "", until: spec.until?.(value, now) ?? Infinity };
      return value;
    },
  };
}

/** The stamps as one text; undefined when one of them is too young to be trusted. */
function markOf(os: Os, paths: readonly string[], key: string): string | undefined {
  const now = os.clock.now();
  const parts = [key];
  for (const path of paths) {
    const stamp = os.files.stat(path);
    if (!stamp.ok) {
      parts.push(stamp.failure.code);
      continue;
    }
    const { ino, size, mtimeMs, mode } = stamp.value;
    if (now - mtimeMs < GRAIN_MS) return undefined;
    parts.push(`${ino} ${size} ${mtimeMs} ${mode}`);
  }
  return parts.join("\n");
}
