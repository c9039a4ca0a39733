import { join } from "node:path";
import { type Config } from "../../src/config/schema.ts";
import { defaultConfig } from "../../src/config/store.ts";
import type { Clock } from "../../src/os/clock.ts";
import { realFiles } from "../../src/os/real_files.ts";
import { realOs } from "../../src/os/os.ts";
import type { Os } from "../../src/os/os.ts";
import type { Sys } from "../../src/os/sys.ts";
import { profileDirs, profilePaths } from "../../src/profile/paths.ts";
import type { Context } from "../../src/profile/profile.ts";
import { platformOf } from "../../src/sessions/platform.ts";
import { allGenerations } from "../../src/sessions/prune.ts";
import { readSpec } from "../../src/sessions/read.ts";
import { waitUntil } from "./wait_until.ts";
import { type CapturedTerminal, captureTerminal } from "./terminal.ts";

/** How a test's context differs from the plain one. */
export interface ContextOptions {
  readonly config?: Partial<Config>;
  /** Variables besides LOOOP_DATA_DIR and HOME; nothing of the tester's own is seen. */
  readonly env?: Readonly<Record<string, string>>;
  /** Wall time starts here and stands still until `advance`; without it the clock is the machine's. */
  readonly now?: number;
  /** Leaves the data dir away instead of making its directories. */
  readonly bare?: boolean;
  /** The directory to make it in, instead of the system's for temporary files. */
  readonly within?: string;
}

/** A profile in a temporary directory, opened in this process. */
export interface TestContext extends AsyncDisposable {
  readonly context: Context;
  readonly os: Os;
  readonly dir: string;
  readonly terminal: CapturedTerminal;
  /** Moves a clock that was given `now`. */
  advance(ms: number): void;
  /** The same profile through other system calls. */
  withSys(sys: Sys): Context;
}

/** Makes one: all directories of a profile (0700), no file in it, the default config. */
export async function makeContext(options: ContextOptions = {}): Promise<TestContext> {
  const base = await Deno.realPath(
    await Deno.makeTempDir({
      prefix: "looop unit ",
      ...(options.within !== undefined && { dir: options.within }),
    }),
  );
  const dir = join(base, "a profile");
  const env: Record<string, string> = {
    HOME: base,
    LOOOP_DATA_DIR: dir,
    PATH: Deno.env.get("PATH") ?? "",
    ...options.env,
  };
  const real = realOs(new URL("../../", import.meta.url));
  const clock = options.now === undefined ? undefined : standingClock(real.clock, options.now);
  const terminal = captureTerminal();
  const os: Os = {
    ...real,
    terminal,
    clock: clock ?? real.clock,
    environment: { ...real.environment, get: (name) => env[name] === "" ? undefined : env[name] },
  };
  const paths = profilePaths(dir);
  if (options.bare !== true) {
    for (const made of [dir, ...profileDirs(paths)]) {
      await Deno.mkdir(made, { recursive: true });
      await Deno.chmod(made, 0o700);
    }
  }
  const profile = { paths, config: { ...defaultConfig(), ...options.config } };
  return {
    context: { os, profile },
    os,
    dir,
    terminal,
    advance: (ms) => {
      if (clock === undefined) throw new Error("give the context a `now` to move its clock");
      clock.advance(ms);
    },
    withSys: (sys) => ({ os: { ...os, files: realFiles(sys) }, profile }),
    [Symbol.asyncDispose]: async () => {
      const left = await survivors({ os, profile });
      await Deno.remove(base, { recursive: true });
      if (left.length > 0) throw new Error(`processes of sessions are left, and were killed: ${left.join(" ")}`);
    },
  };
}

/** The processes of sessions that do not go away by themselves, killed. Only those whose records are still there can be told. */
async function survivors(ctx: Context): Promise<readonly number[]> {
  const marks = new Set(
    allGenerations(ctx).map((ref) => readSpec(ctx, ref)?.mark).filter((mark) => mark !== undefined),
  );
  if (marks.size === 0) return [];
  let left: readonly number[] = [];
  await waitUntil("the sessions' processes have ended", async () => {
    const rows = await platformOf(ctx.os).processes(ctx.os) ?? [];
    left = rows.filter(({ mark, zombie }) => !zombie && mark !== undefined && marks.has(mark)).map(({ pid }) => pid);
    return left.length === 0;
  }, { deadlineMs: 5_000, everyMs: 20 }).catch(() => {}); // these are the survivors
  for (const pid of left) {
    try {
      Deno.kill(pid, "SIGKILL");
    } catch { /* ended meanwhile */ }
  }
  return left;
}

/** Wall time that moves when told; spans and sleeps stay the machine's. */
function standingClock(real: Clock, start: number): Clock & { advance(ms: number): void } {
  let now = start;
  return { ...real, now: () => now, advance: (ms) => void (now += ms) };
}
