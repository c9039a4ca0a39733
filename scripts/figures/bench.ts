import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileArguments, compiler } from "../compile_arguments.ts";
import { readGrants } from "../read_grants.ts";
import { median, type Samples } from "./figure.ts";
import { CannotMeasure, looopAt } from "./measurable.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A program that can be started: its path and the arguments that come before all others. */
export interface Program {
  readonly path: string;
  readonly args: readonly string[];
}

/** A run that has ended. `ms` is the time from the call to the end, starting the process included. */
export interface Ran {
  readonly ms: number;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A profile of its own in a home of its own, and looop in it. */
export interface Profile {
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs looop to its end; throws when it does not exit 0. */
  looop(...args: readonly string[]): Promise<Ran>;
  /** Starts looop and does not wait for it. What still runs at the end of the bench is killed. */
  start(...args: readonly string[]): Deno.ChildProcess;
}

/** What a figure measures with. */
export interface Bench extends AsyncDisposable {
  /** looop, as a checkout or an executable. */
  readonly program: Program;
  /** A program of the same kind that does nothing: what a start costs without us. */
  readonly empty: Program;
  readonly executable: boolean;
  /** How often a measure of a few milliseconds is repeated. */
  readonly runs: number;
  /** A new directory, gone at the end. */
  room(): Promise<string>;
  /** A new profile with what `looop init` puts into it. Of a foreign one: whatever that makes of `init`. */
  profile(): Promise<Profile>;
}

/** What a bench is set up for: the checkout, or the executable at `binary`, which may be a `foreign` one. */
export interface BenchWish {
  readonly binary?: string | undefined;
  readonly runs: number;
  /** Not this looop: it makes its profile in a way of its own, and need not be one of Deno's executables. */
  readonly foreign?: boolean;
}

/** Sets a bench up. Throws `CannotMeasure` when the program is no looop, or nothing can be compiled to compare an executable with. */
export async function makeBench(wish: BenchWish): Promise<Bench> {
  const path = wish.binary === undefined ? join(ROOT, "bin/looop") : await looopAt(wish.binary);
  const program: Program = { path, args: [] };
  const base = await Deno.realPath(await Deno.makeTempDir({ prefix: "looop-bench-" }));
  const children: Deno.ChildProcess[] = [];
  let rooms = 0;
  const room = async () => {
    const path = join(base, String(++rooms));
    await Deno.mkdir(path);
    return path;
  };
  const clear = async () => {
    await Deno.remove(base, { recursive: true });
    if (codeRoom !== undefined) await Deno.remove(codeRoom, { recursive: true });
    codeRoom = undefined;
  };
  let empty: Program;
  try {
    empty = await programOf(await room(), "export {};\n", wish.binary !== undefined && wish.foreign !== true);
  } catch (error) {
    await clear();
    throw error;
  }

  return {
    program,
    empty,
    executable: wish.binary !== undefined,
    runs: wish.runs,
    room,
    profile: async () => {
      const profile = profileIn(await room(), program, children);
      if (wish.foreign === true) await run(program, ["init"], profile.env);
      else await profile.looop("init", "--runner", "sh", "--yes");
      return profile;
    },
    [Symbol.asyncDispose]: async () => {
      for (const child of children) {
        try {
          child.kill("SIGKILL");
        } catch {
          // has ended
        }
        await child.status;
      }
      await clear();
    },
  };
}

function profileIn(home: string, program: Program, children: Deno.ChildProcess[]): Profile {
  const dir = join(home, "profile");
  const env: Record<string, string> = { ...ambient(), HOME: home, LOOOP_DATA_DIR: dir };
  const looop = async (...args: readonly string[]) => {
    const ran = await run(program, args, env);
    if (ran.code !== 0) throw new Error(`looop ${args.join(" ")} ended with ${ran.code}: ${ran.stderr}`);
    return ran;
  };
  const start = (...args: readonly string[]) => {
    const child = new Deno.Command(program.path, {
      args: [...program.args, ...args],
      env,
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    children.push(child);
    return child;
  };
  return { dir, env, looop, start };
}

/** Of the caller's environment only what finds programs and packages. */
function ambient(): Record<string, string> {
  const packages = Deno.env.get("DENO_DIR") ?? defaultDenoDir();
  return {
    PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin",
    // Executables keep their compiled code there, under nothing but their names.
    TMPDIR: temporary(),
    LOOOP_DENO: Deno.execPath(),
    DENO_NO_UPDATE_CHECK: "1",
    ...(packages === undefined ? {} : { DENO_DIR: packages }),
  };
}

let codeRoom: string | undefined;

/** A temporary directory that no other program of the same name uses; gone with the bench. */
function temporary(): string {
  codeRoom ??= Deno.makeTempDirSync({ prefix: "looop-bench-code-" });
  return codeRoom;
}

function defaultDenoDir(): string | undefined {
  const { code, stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  return code === 0 ? JSON.parse(new TextDecoder().decode(stdout)).denoDir : undefined;
}

/** A program of the same kind as looop is measured as, a script or an executable, with this source. */
export async function programOf(room: string, source: string, executable: boolean): Promise<Program> {
  return executable ? await executableOf(room, source) : await scriptOf(room, source);
}

async function scriptOf(room: string, source: string): Promise<Program> {
  const path = join(room, "program.ts");
  await Deno.writeTextFile(path, source);
  return { path: Deno.execPath(), args: ["run", "--quiet", "--no-config", ...readGrants(ROOT), path] };
}

const RUNTIME = "DENORT_BIN may name a local runtime, LOOOP_COMPILE_DENO the Deno that it belongs to";

/**
 * Compiled like looop: by LOOOP_COMPILE_DENO around DENORT_BIN, when these are set. The runtime keeps the compiled code of executables
 * by their names: those that take turns need different ones.
 */
export async function executableOf(room: string, source: string, name = "program"): Promise<Program> {
  await Deno.writeTextFile(join(room, "program.js"), source);
  const { code, said } = await compileIn(room, compileArguments(ROOT, { output: name, entry: "program.js" }));
  if (code !== 0) {
    throw new CannotMeasure("an executable", `deno compile makes none to compare it with: ${said}`, RUNTIME);
  }
  return { path: join(room, name), args: [] };
}

/** Compiles in a directory. What it said of a failure is the line that tells the cause: below `error:` come the steps that led to it. */
async function compileIn(
  room: string,
  args: readonly string[],
): Promise<{ readonly code: number; readonly said: string }> {
  try {
    const command = new Deno.Command(compiler(), { args: [...args], cwd: room, env: { NO_COLOR: "1" }, stdin: "null" });
    const { code, stderr } = await command.output();
    const text = new TextDecoder().decode(stderr);
    return { code, said: (/^\s+1: (.+)$/m.exec(text) ?? /^error: (.+)$/m.exec(text))?.[1] ?? `it ended with ${code}` };
  } catch {
    return { code: 1, said: `${compiler()} cannot be started` };
  }
}

/** Runs a program to its end. */
export async function run(
  program: Program,
  args: readonly string[],
  env: Readonly<Record<string, string>> = ambient(),
): Promise<Ran> {
  const command = new Deno.Command(program.path, {
    args: [...program.args, ...args],
    env: { ...env },
    clearEnv: true,
    stdin: "null",
  });
  const from = performance.now();
  const { code, stdout, stderr } = await command.output();
  const ms = performance.now() - from;
  const decoder = new TextDecoder();
  return { ms, code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** The arguments of the run with this number. */
export type ArgsOf = (run: number) => readonly string[];

/**
 * How many times as long a command takes as an empty program does. The two take turns, and each sample is the ratio of neighbours, so
 * that whatever else the machine does falls on both.
 */
export function ratioToEmpty(bench: Bench, profile: Profile, argsOf: ArgsOf): Promise<Samples> {
  return startsOverEmpty(bench, (i) => profile.looop(...argsOf(i)));
}

/** The same for any program; `start` is told which run it is, the first being -1. */
export async function startsOverEmpty(bench: Bench, start: (run: number) => Promise<Ran>): Promise<Samples> {
  await start(-1); // fills caches of code
  await run(bench.empty, []);
  const [ours, bare]: [number[], number[]] = [[], []];
  for (let i = 0; i < bench.runs; i++) {
    bare.push((await run(bench.empty, [])).ms);
    ours.push((await start(i)).ms);
  }
  return {
    values: ours.map((ms, i) => ms / (bare[i] ?? NaN)),
    from: `${median(ours).toFixed(1)} ms over ${median(bare).toFixed(1)} ms`,
  };
}
