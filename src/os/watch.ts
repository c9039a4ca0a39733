import { basename, join } from "node:path";
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

/** How often it is looked for pipes in what is watched. */
const PIPES_MS = 5_000;

function open(dirs: readonly string[], onEvent: (paths: readonly string[], rescan: boolean) => void): Watch {
  const present = dirs.filter(isDirectory);
  holdPipes(present);
  let watcher: Deno.FsWatcher;
  try {
    watcher = Deno.watchFs(present, { recursive: false });
  } catch {
    return { lost: true, close: () => {} }; // limits reached, or a file system that tells nothing
  }
  follow(watcher, onEvent);
  // Not unreferenced: such a timer may never come while nothing but files and children is waited for; and who watches lives anyway.
  const timer = setInterval(() => holdPipes(present), PIPES_MS);
  return {
    lost: false,
    close: () => {
      clearInterval(timer);
      holdPipes(present);
      closeQuietly(watcher);
    },
  };
}

/** The pipes that are held open, by path: until the program ends, because its one watcher goes on looking at what it was once told. */
const HELD = new Map<string, Deno.FsFile>();

/**
 * Deno's watcher opens what an event names, and before a named pipe that nobody writes to it stands for ever: it tells nothing any more,
 * and who opens or closes a watch stands there too. While a pipe that strayed among the data is held open for both ways, opening it waits
 * for nobody.
 */
function holdPipes(dirs: readonly string[]): void {
  for (const dir of dirs) {
    try {
      for (const { name, isFile, isDirectory, isSymlink } of Deno.readDirSync(dir)) {
        const path = join(dir, name);
        if (isFile || isDirectory || isSymlink || HELD.has(path) || Deno.lstatSync(path).isFifo !== true) continue;
        HELD.set(path, Deno.openSync(path, { read: true, write: true }));
      }
    } catch { /* the directory, or the pipe, has gone; or it is not ours to open */ }
  }
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
