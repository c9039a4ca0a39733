/**
 * The system calls that change or read files, one by one and synchronous: `files.ts` is built on these alone, so that a test can
 * make any single one fail, or end the process in front of it. Sequential on purpose: the order of calls is the order of a crash.
 */
export interface Sys {
  open(path: string, options: Deno.OpenOptions): Handle;
  lstat(path: string): Deno.FileInfo;
  list(path: string): Deno.DirEntry[];
  mkdir(path: string, mode: number): void;
  chmod(path: string, mode: number): void;
  rename(from: string, to: string): void;
  link(from: string, to: string): void;
  unlink(path: string): void;
  rmdir(path: string): void;
  realPath(path: string): string;
  readText(path: string): string;
}

/** An open file. */
export interface Handle {
  read(into: Uint8Array): number | null;
  write(bytes: Uint8Array): number;
  seekEnd(offset: number): number;
  seekStart(offset: number): number;
  stat(): Deno.FileInfo;
  sync(): void;
  truncate(length: number): void;
  close(): void;
}

/** The machine's own calls. */
export function realSys(): Sys {
  return {
    open: (path, options) => handle(Deno.openSync(path, options)),
    lstat: (path) => Deno.lstatSync(path),
    list: (path) => [...Deno.readDirSync(path)],
    mkdir: (path, mode) => Deno.mkdirSync(path, { mode }),
    chmod: (path, mode) => Deno.chmodSync(path, mode),
    rename: (from, to) => Deno.renameSync(from, to),
    link: (from, to) => Deno.linkSync(from, to),
    unlink: (path) => Deno.removeSync(path),
    rmdir: (path) => Deno.removeSync(path),
    realPath: (path) => Deno.realPathSync(path),
    readText: (path) => Deno.readTextFileSync(path),
  };
}

function handle(file: Deno.FsFile): Handle {
  return {
    read: (into) => file.readSync(into),
    write: (bytes) => file.writeSync(bytes),
    seekEnd: (offset) => file.seekSync(offset, Deno.SeekMode.End),
    seekStart: (offset) => file.seekSync(offset, Deno.SeekMode.Start),
    stat: () => file.statSync(),
    sync: () => file.syncSync(),
    truncate: (length) => file.truncateSync(length),
    close: () => file.close(),
  };
}

/** Why a call on the file system failed, in the few kinds that anybody decides on. */
export interface OsFailure {
  readonly code: "absent" | "exists" | "denied" | "no_space" | "read_only" | "not_regular" | "too_many" | "other";
  readonly path: string;
  readonly message: string;
}

/** Turns what a system call threw into data. Anything that is not an error of the system is a bug and is thrown on. */
export function osFailure(path: string, error: unknown): OsFailure {
  if (!(error instanceof Error)) throw error;
  if (error instanceof TypeError || error instanceof RangeError) throw error;
  return { code: codeOf(error), path, message: error.message.replace(/ \(os error \d+\).*$/s, "") };
}

function codeOf(error: Error): OsFailure["code"] {
  if (error instanceof Deno.errors.NotFound) return "absent";
  if (error instanceof Deno.errors.AlreadyExists) return "exists";
  if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) return "denied";
  const { code } = error as { code?: string };
  const text = error.message;
  if (code === "ENOSPC" || code === "EDQUOT" || /os error (28|122)\b/.test(text)) return "no_space";
  if (code === "EROFS" || /os error 30\b/.test(text)) return "read_only";
  if (code === "EMFILE" || code === "ENFILE" || /os error (23|24)\b/.test(text)) return "too_many";
  if (code === "EISDIR" || code === "ENOTDIR" || code === "ELOOP" || /os error (20|21|40|62)\b/.test(text)) {
    return "not_regular";
  }
  return "other";
}
