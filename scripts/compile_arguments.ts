import { readGrants } from "./read_grants.ts";

/** How the executable runs V8: for starts of a few milliseconds, which is what agents wait for. Each was measured alone. */
const ENGINE_FLAGS: readonly string[] = [
  // Functions are compiled with their file, so that they are in the code that the first run leaves in the runtime's cache: later ones
  // spare a fifth of their start. A run without a cache loses nothing by it (src/verbs/warm.ts sees to what is in there).
  "--no-lazy",
  // The first compiler works for functions that run some ten times, which is where a start ends; the later ones stay for what runs long.
  "--no-sparkplug",
  // Room for what a start allocates (MiB), so that nothing is collected in it.
  "--min-semi-space-size=2",
  // An error is made for each file that is not there, and it says where: parsing again for that costs more than keeping it.
  "--no-enable-lazy-source-positions",
  // For `giveBack` of src/os/environment.ts: a verb that waits collects once.
  "--expose-gc",
];

/** The parts of a call of `deno compile` that differ. */
export interface Compilation {
  /** Where the executable goes. */
  readonly output: string;
  /** Of another machine, as `deno compile` names them; left out: this one. */
  readonly target?: string | undefined;
  /** Folders below the working directory that it carries as they are. */
  readonly carried?: readonly string[];
  /** The file that is run; below the working directory. */
  readonly entry?: string;
}

/** The arguments with which `deno compile`, in the directory of the entry, makes an executable that runs under the grants of looop. */
export function compileArguments(
  root: string,
  { output, target, carried = [], entry = "main.js" }: Compilation,
): string[] {
  return [
    ...["compile", "--quiet", "--no-config", "--no-check", "--no-lock", `--v8-flags=${ENGINE_FLAGS.join(",")}`],
    ...readGrants(root),
    ...carried.flatMap((folder) => ["--include", folder]),
    ...(target === undefined ? [] : ["--target", target]),
    ...["--output", output, entry],
  ];
}

/** The Deno that compiles: LOOOP_COMPILE_DENO, to which DENORT_BIN belongs, or the one that runs this. */
export function compiler(): string {
  return Deno.env.get("LOOOP_COMPILE_DENO") ?? Deno.execPath();
}
