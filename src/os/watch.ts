import { basename } from "node:path";
import { isOwnScratch } from "./files.ts";

/** A watch that is armed. Events are hints: the reader re-reads the state after each, and looks now and then anyway. */
export interface Watch {
  /** No watch could be had: nothing will ever be told. */
  readonly lost: boolean;
  close(): void;
}

/** File events. */
export interface Watches {
  /**
   * Calls `onEvent` with the paths of each event in these directories (not recursive). Armed when it returns. Directories that
   * are not there are left out. Where the machine has no watches left, `lost` is true and nothing is ever called: the caller's
   * slow look carries on alone.
   */
  open(dirs: readonly string[], onEvent: (paths: readonly string[], rescan: boolean) => void): Watch;
}

/** The machine's file events. */
export function realWatches(): Watches {
  return { open };
}

function open(dirs: readonly string[], onEvent: (paths: readonly string[], rescan: boolean) => void): Watch {
  const present = dirs.filter(isDirectory);
  let watcher: Deno.FsWatcher;
  try {
    watcher = Deno.watchFs(present, { recursive: false });
  } catch {
    return { lost: true, close: () => {} }; // limits reached, or a file system that tells nothing
  }
  follow(watcher, onEvent);
  return { lost: false, close: () => closeQuietly(watcher) };
}

async function follow(
  watcher: Deno.FsWatcher,
  onEvent: (paths: readonly string[], rescan: boolean) => void,
): Promise<void> {
  for await (const event of watcher) {
    // Reading is not a change; and our own reads would otherwise wake us for ever.
    if (event.kind === "access") continue;
    // Nor are temporary and lock files: what they lead to has an event of its own.
    if (event.paths.length > 0 && event.paths.every((path) => isOwnScratch(basename(path)))) continue;
    onEvent(event.paths, event.flag === "rescan");
  }
}

function closeQuietly(watcher: Deno.FsWatcher): void {
  try {
    watcher.close();
  } catch { /* closed already */ }
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
