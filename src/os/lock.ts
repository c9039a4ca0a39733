import type { Clock } from "./clock.ts";

/** A lock that is held: by the kernel for this process, so that it goes with the process, however that ends. */
export interface Lock {
  release(): void;
  /** Whether the file that was locked is still the one at its path: another holder may have renamed it away before. */
  isCurrent(): boolean;
}

/** flock(2) on files of their own. None is held across a prompt, standard output or a child. */
export interface Locks {
  /** Takes the lock or answers undefined at once. Makes the file (0600) when it is not there. */
  tryAcquire(path: string, options?: { readonly shared?: boolean }): Lock | undefined;
  /** Tries until `deadlineMs` have passed, then answers undefined. Never waits in the kernel: that would hold one of few threads. */
  acquire(path: string, deadlineMs: number): Promise<Lock | undefined>;
  /** Whether somebody holds it. Looks with a shared try that lasts microseconds; see `probe` of the pulse for why that is harmless. */
  isHeld(path: string): boolean;
}

/** The kernel's locks. */
export function realLocks(clock: Clock): Locks {
  return { tryAcquire, acquire: (path, deadlineMs) => acquire(clock, path, deadlineMs), isHeld };
}

function tryAcquire(path: string, options: { readonly shared?: boolean } = {}): Lock | undefined {
  const file = openOwn(path);
  if (!file.tryLockSync(options.shared !== true)) {
    file.close();
    return undefined;
  }
  return { release: () => file.close(), isCurrent: () => isSame(file, path) };
}

function isSame(file: Deno.FsFile, path: string): boolean {
  try {
    const [opened, named] = [file.statSync(), Deno.lstatSync(path)];
    return opened.ino === named.ino && opened.dev === named.dev;
  } catch {
    return false; // gone
  }
}

/** A umask that takes our own rights away would leave a lock file which the next of us cannot open. */
function openOwn(path: string): Deno.FsFile {
  const options = { read: true, write: true, create: true, mode: 0o600 };
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, options);
  } catch (error) {
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
    Deno.chmodSync(path, 0o600); // its maker has not come to it, or died before: only our own file lets us
    file = Deno.openSync(path, options);
  }
  if (((file.statSync().mode ?? 0) & 0o777) !== 0o600) {
    try {
      Deno.chmodSync(path, 0o600);
    } catch { /* taken away again in this instant */ }
  }
  return file;
}

async function acquire(clock: Clock, path: string, deadlineMs: number): Promise<Lock | undefined> {
  const end = clock.ticks() + deadlineMs;
  for (let pause = 1;; pause = Math.min(pause * 2, 25)) {
    const lock = tryAcquire(path);
    if (lock !== undefined) return lock;
    const left = end - clock.ticks();
    if (left <= 0) return undefined;
    // Spread out, so that many who started together do not try together again.
    await clock.sleep(Math.min(left, pause * (0.5 + Math.random())));
  }
}

function isHeld(path: string): boolean {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { read: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  try {
    return !file.tryLockSync(false);
  } finally {
    file.close();
  }
}
