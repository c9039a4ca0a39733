import { dirname, join } from "node:path";
import { type LineReader, readLines } from "./lines.ts";
import { allProcesses } from "./processes.ts";
import { PROGRAM } from "./program.ts";
import { waitUntil } from "./wait_until.ts";

/** What a run of looop left behind. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The one JSON document on stdout. Fails when it is none. */
  json<T = Record<string, unknown>>(): T;
}

export interface RunOptions {
  /** Text or bytes for stdin; without it stdin is empty. */
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** After this long the run is killed and the test fails. */
  readonly deadlineMs?: number;
  /** Another program than the one under test: a copy, an installed one. */
  readonly program?: string;
}

/** A looop that runs in the background. */
export interface Started {
  readonly pid: number;
  readonly stdout: LineReader;
  readonly stderr: LineReader;
  /** Its end; may be awaited more than once. */
  readonly end: Promise<Ran>;
  /** Text for its stdin; it stays open until `closeStdin`. */
  send(text: string): Promise<void>;
  closeStdin(): Promise<void>;
  signal(signal: Deno.Signal): void;
}

/** A profile of its own with a home of its own, and the program to use on it. Disposes itself: `await using rig = await makeRig()`. */
export interface Rig extends AsyncDisposable {
  /** The data dir. Not there before looop makes it. */
  readonly dir: string;
  readonly home: string;
  /** All that the program sees of the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs looop to its end. Never throws for an exit code. */
  run(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Runs it and fails unless it exits 0. */
  ok(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Starts it in the background. */
  start(args: readonly string[], options?: RunOptions): Started;
  /** A path below the data dir. */
  path(...parts: readonly string[]): string;
  /** The text of a file below the data dir. Fails when it is not there. */
  file(...parts: readonly string[]): string;
  /** Writes a file below the data dir as an editor would: in place. Makes the directories above it. */
  write(path: string, text: string, mode?: number): void;
  exists(...parts: readonly string[]): boolean;
  /** The names in a directory below the data dir, sorted; none when it is not there. */
  names(...parts: readonly string[]): readonly string[];
}

export { PROGRAM };

/** A run that takes longer than this hangs. */
const RUN_DEADLINE_MS = 60_000;

/** Makes a rig. `env` is added to (and may override) what the program sees. */
export async function makeRig(env: Readonly<Record<string, string>> = {}): Promise<Rig> {
  const base = await Deno.realPath(await Deno.makeTempDir({ prefix: "looop test " }));
  const home = join(base, "home");
  const dir = join(base, "a profile");
  await Deno.mkdir(join(home, ".config"), { recursive: true });
  const seen = { ...scrubbed(base, home), LOOOP_DATA_DIR: dir, ...env };
  const started: Started[] = [];

  const rig: Rig = {
    dir,
    home,
    env: seen,
    run: async (args, options = {}) => await runToEnd(startProgram(seen, home, args, options), args, options),
    ok: async (args, options = {}) => {
      const ran = await rig.run(args, options);
      if (ran.code !== 0) throw new Error(`looop ${args.join(" ")} ended with ${ran.code}\n${ran.stdout}${ran.stderr}`);
      return ran;
    },
    start: (args, options = {}) => {
      const child = startProgram(seen, home, args, options);
      started.push(child);
      return child;
    },
    path: (...parts) => join(dir, ...parts),
    file: (...parts) => Deno.readTextFileSync(join(dir, ...parts)),
    write: (path, text, mode) => {
      const full = join(dir, path);
      Deno.mkdirSync(dirname(full), { recursive: true });
      Deno.writeTextFileSync(full, text);
      if (mode !== undefined) Deno.chmodSync(full, mode);
    },
    exists: (...parts) => exists(join(dir, ...parts)),
    names: (...parts) =>
      exists(join(dir, ...parts)) ? [...Deno.readDirSync(join(dir, ...parts))].map((e) => e.name).sort() : [],
    [Symbol.asyncDispose]: async () => {
      for (const child of started) child.signal("SIGTERM");
      if (mayRun(rig)) await rig.run(["down"]);
      const killed = setTimeout(() => started.forEach((child) => child.signal("SIGKILL")), 3000);
      await Promise.all(started.map((child) => child.end));
      clearTimeout(killed);
      const left = await survivors(dir);
      for (const { pid } of left) kill(pid);
      await Deno.remove(base, { recursive: true });
      if (left.length > 0) throw new Error(`still running for this profile:\n${left.map((l) => l.line).join("\n")}`);
    },
  };
  return rig;
}

/** Nothing of the tester's own environment but what programs need to be found, and Deno's cache. */
function scrubbed(base: string, home: string): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ["PATH", "DENO_DIR", "NPM_CONFIG_REGISTRY", "TMPDIR"]) {
    const value = Deno.env.get(name);
    if (value !== undefined) kept[name] = value;
  }
  kept.DENO_DIR ??= join(
    Deno.env.get("HOME") ?? base,
    Deno.build.os === "darwin" ? "Library/Caches/deno" : ".cache/deno",
  );
  return {
    ...kept,
    LOOOP_DENO: Deno.execPath(),
    DENO_NO_UPDATE_CHECK: "1",
    HOME: home,
    XDG_STATE_HOME: join(home, "state"),
    XDG_CONFIG_HOME: join(home, ".config"),
    TZ: "UTC",
    LANG: "C.UTF-8",
    NO_COLOR: "1",
    COLUMNS: "100",
    SHELL: "/bin/sh",
    USER: "tester",
  };
}

function startProgram(
  env: Readonly<Record<string, string>>,
  home: string,
  args: readonly string[],
  options: RunOptions,
): Started & { readonly piped: boolean } {
  const child = new Deno.Command(options.program ?? PROGRAM, {
    args: [...args],
    clearEnv: true,
    env: { ...env, ...options.env },
    cwd: options.cwd ?? home,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdout = readLines(child.stdout);
  const stderr = readLines(child.stderr);
  const input = child.stdin.getWriter();
  const end = (async () => {
    const { code } = await child.status;
    await Promise.all([stdout.end, stderr.end]);
    await input.close().catch(() => {}); // closed before, or its reader is gone
    return ran(code, stdout.text(), stderr.text());
  })();
  const write = (data: string | Uint8Array) =>
    input.write(typeof data === "string" ? new TextEncoder().encode(data) : data).catch(() => {}); // it ended early
  if (options.stdin !== undefined) void write(options.stdin).then(() => input.close()).catch(() => {});
  return {
    pid: child.pid,
    piped: options.stdin !== undefined,
    stdout,
    stderr,
    end,
    send: write,
    closeStdin: () => input.close().catch(() => {}),
    signal: (signal) => {
      try {
        child.kill(signal);
      } catch { /* ended already */ }
    },
  };
}

async function runToEnd(
  child: Started & { piped: boolean },
  args: readonly string[],
  options: RunOptions,
): Promise<Ran> {
  if (!child.piped) await child.closeStdin();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.signal("SIGKILL");
  }, options.deadlineMs ?? RUN_DEADLINE_MS);
  const end = await child.end;
  clearTimeout(timer);
  if (late) throw new Error(`looop ${args.join(" ")} hung\n${end.stdout}${end.stderr}`);
  return end;
}

function ran(code: number, stdout: string, stderr: string): Ran {
  return {
    code,
    stdout,
    stderr,
    json: <T>() => {
      try {
        return JSON.parse(stdout) as T;
      } catch {
        throw new Error(`not one JSON document: ${JSON.stringify(stdout)}\n${stderr}`);
      }
    },
  };
}

/** Whether anything may be running that `down` has to stop. */
function mayRun(rig: Rig): boolean {
  return rig.exists(".lock", "pulse") || rig.names("sessions").some((name) => !name.startsWith("."));
}

/** Processes with this data dir in their environment that do not go away by themselves. */
async function survivors(dir: string): Promise<readonly { readonly pid: number; readonly line: string }[]> {
  let left = await processesOf(dir);
  if (left.length === 0) return left;
  try {
    await waitUntil("the profile's processes have ended", async () => {
      left = await processesOf(dir);
      return left.length === 0;
    }, { deadlineMs: 5000, everyMs: 50 });
  } catch { /* these are the survivors */ }
  return left;
}

/** Processes that run for this data dir, by their environment. */
export async function processesOf(dir: string): Promise<readonly { readonly pid: number; readonly line: string }[]> {
  return (await allProcesses())
    .filter(({ whole }) => whole.includes(`LOOOP_DATA_DIR=${dir}`))
    .map(({ pid, whole }) => ({ pid, line: `${pid} ${whole.slice(0, 300)}` }));
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch { /* ended meanwhile */ }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
