/** What the process was started with. */
export interface Environment {
  /** A variable, or undefined when it is unset, empty, or not granted. */
  get(name: string): string | undefined;
  /** Our own process id. */
  readonly pid: number;
  /** Where we were started. */
  cwd(): string;
  /** The path that runs this program again: the binary, or the launcher of a checkout. Children get it as `$LOOOP_BIN`. */
  selfPath(): string;
  /** The files of which at least one is another when another version lies at `selfPath`. */
  programFiles(): readonly string[];
  /** A directory of files that ship with the program (seeds, demo scripts), by name relative to the root. */
  asset(path: string): string;
  /** The text of a file that ships with the program. Throws when it was not shipped: that is a bug of the build. */
  readAsset(path: string): string;
  /** Whether this is the one executable, and not a checkout. */
  readonly compiled: boolean;
  readonly platform: "linux" | "darwin" | "other";
  /** Gives memory back that only the start needed. Takes some milliseconds; does nothing in a checkout. */
  giveBack(): void;
}

// Remembered at start-up: `execPath()` of a binary that was replaced meanwhile ends in " (deleted)".
const STARTED_AS = Deno.execPath();

/** The real environment; `root` is the directory of main.ts and of what ships with it. */
export function realEnvironment(root: URL): Environment {
  return {
    get: readVariable,
    pid: Deno.pid,
    cwd: () => Deno.cwd(),
    selfPath: () => Deno.build.standalone ? STARTED_AS : launcher(root),
    programFiles: () => Deno.build.standalone ? [STARTED_AS] : programFiles(root),
    asset: (path) => filePath(new URL(path, root)),
    readAsset: (path) => Deno.readTextFileSync(new URL(path, root)),
    compiled: Deno.build.standalone,
    platform: Deno.build.os === "linux" || Deno.build.os === "darwin" ? Deno.build.os : "other",
    giveBack: collectAll,
  };
}

/** More together than glibc's allocator keeps at the end of its heap once it has given back the runtime's cache, which makes it keep more. */
const FREED_BLOCKS = 6;
const FREED_BYTES = 400_000;

/** The executable is compiled with `--expose-gc`; the runtime collects by itself only when it needs room. */
function collectAll(): void {
  const { gc } = globalThis as { gc?: (options: object) => void };
  // Freed with the rest: so much at once makes the allocator look, and give the end of its heap back to the system.
  if (gc !== undefined) { for (let n = 0; n < FREED_BLOCKS; n++) new ArrayBuffer(FREED_BYTES); }
  gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
}

function readVariable(name: string): string | undefined {
  try {
    const value = Deno.env.get(name);
    return value === "" ? undefined : value;
  } catch {
    return undefined; // not on the list of grants: the same as unset
  }
}

function launcher(root: URL): string {
  return filePath(new URL("bin/looop", root));
}

/** A checkout keeps its version in a source file, the package has all its code in one: each of them has the one and not the other. */
function programFiles(root: URL): readonly string[] {
  const code = ["main.js", "src/base/version.ts"].map((name) => filePath(new URL(name, root)));
  return [launcher(root), ...code.filter(isThere)];
}

function isThere(path: string): boolean {
  try {
    return Deno.lstatSync(path).isFile;
  } catch {
    return false;
  }
}

function filePath(url: URL): string {
  return decodeURIComponent(url.pathname);
}
