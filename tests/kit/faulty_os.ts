import type { Context } from "../../src/profile/profile.ts";
import { type Handle, realSys, type Sys } from "../../src/os/sys.ts";
import { type ContextOptions, makeContext, type TestContext } from "./context.ts";

/** What goes wrong at a step. */
export type Fault =
  /** The call fails with this error, once. */
  | "ENOSPC"
  | "EACCES"
  | "EIO"
  /** The write takes half of its bytes, and the disk is full from then on. */
  | "short_write"
  /** The process ends in front of the call. */
  | "crash";

/** What a crash throws. Not an Error, so that nothing takes it for a failure of the system; every later call throws it too. */
export class Crash {
  readonly note: string;
  constructor(call: string) {
    this.note = `crashed in front of ${call}`;
  }
}

/** A Sys that fails at one step, and what became of that. */
export interface FaultySys {
  readonly sys: Sys;
  /** Whether the step was reached. */
  hit(): boolean;
  /** The calls that counted as steps, with their paths' last parts. */
  readonly steps: readonly string[];
}

/**
 * Wraps `sys` so that `fault` happens at step `at` (from 1). Steps are the calls that change something; for EACCES and EIO those
 * that read as well; for short writes only writes.
 */
export function faultySys(fault: Fault, at: number, sys: Sys = realSys()): FaultySys {
  const steps: string[] = [];
  let hit = false;
  let full = false;

  /** Counts a step and lets the fault happen in front of the call. */
  function step(kind: "change" | "read" | "write", call: string, path: string): "go" | "short" {
    if (hit && fault === "crash") throw new Crash(call);
    if (full && kind === "write") throw errorOf("ENOSPC");
    const counts = fault === "short_write"
      ? kind === "write"
      : kind !== "read" || fault === "EACCES" || fault === "EIO";
    if (!counts) return "go";
    steps.push(`${call} ${path.split("/").slice(-2).join("/")}`);
    if (hit || steps.length !== at) return "go";
    hit = true;
    if (fault === "crash") throw new Crash(call);
    if (fault === "short_write") {
      full = true;
      return "short";
    }
    throw errorOf(fault);
  }

  function wrap(path: string, handle: Handle): Handle {
    return {
      read: (into) => (step("read", "read", path), handle.read(into)),
      write: (bytes) => {
        const way = step("write", "write", path);
        return handle.write(way === "short" ? bytes.subarray(0, Math.ceil(bytes.length / 2)) : bytes);
      },
      seekEnd: (offset) => handle.seekEnd(offset),
      seekStart: (offset) => handle.seekStart(offset),
      stat: () => (step("read", "stat", path), handle.stat()),
      sync: () => (step("change", "sync", path), handle.sync()),
      truncate: (length) => (step("change", "truncate", path), handle.truncate(length)),
      // Even after a crash: the kernel closes what a process had open, and a test must not leak.
      close: () => handle.close(),
    };
  }

  return {
    hit: () => hit,
    steps,
    sys: {
      open: (path, options) => {
        const changes = options.write === true || options.append === true || options.create === true ||
          options.createNew === true;
        step(changes ? "change" : "read", "open", path);
        return wrap(path, sys.open(path, options));
      },
      lstat: (path) => (step("read", "lstat", path), sys.lstat(path)),
      list: (path) => (step("read", "list", path), sys.list(path)),
      mkdir: (path, mode) => (step("change", "mkdir", path), sys.mkdir(path, mode)),
      chmod: (path, mode) => (step("change", "chmod", path), sys.chmod(path, mode)),
      rename: (from, to) => (step("change", "rename", to), sys.rename(from, to)),
      link: (from, to) => (step("change", "link", to), sys.link(from, to)),
      unlink: (path) => (step("change", "unlink", path), sys.unlink(path)),
      rmdir: (path) => (step("change", "rmdir", path), sys.rmdir(path)),
      realPath: (path) => (step("read", "realPath", path), sys.realPath(path)),
      readText: (path) => (step("read", "readText", path), sys.readText(path)),
    },
  };
}

/** The errors as Deno throws them. */
function errorOf(fault: "ENOSPC" | "EACCES" | "EIO"): Error {
  switch (fault) {
    case "ENOSPC":
      return new Error("No space left on device (os error 28)");
    case "EACCES":
      return new Deno.errors.PermissionDenied("Permission denied (os error 13)");
    case "EIO":
      return new Error("Input/output error (os error 5)");
  }
}

/** How a scenario went under a fault. */
export type WalkEnd<T> =
  | { readonly kind: "crashed" }
  | { readonly kind: "returned"; readonly value: T };

/** A scenario, and what has to hold whatever goes wrong in it. */
export interface Walk<T> {
  readonly fault: Fault;
  readonly context?: ContextOptions;
  /** Brings a fresh profile to where the scenario starts, without faults. */
  prepare?(context: Context): unknown;
  /** What is done under the fault: one process's life. */
  act(context: Context): T | Promise<T>;
  /** Looks at the profile afterwards, as the next process does, without faults. Throws when something does not hold. */
  check(context: Context, end: WalkEnd<T>, step: string): unknown;
}

/**
 * Runs the scenario with the fault at step 1, 2, … each time on a fresh profile, until it runs through without meeting it. Answers
 * the number of steps; fails when there was none (then nothing was tested), and names the step at which a check failed.
 */
export async function walk<T>(scenario: Walk<T>): Promise<number> {
  for (let n = 1;; n++) {
    await using test = await makeContext(scenario.context ?? {});
    await scenario.prepare?.(test.context);
    const faulty = faultySys(scenario.fault, n);
    const end = await actUnder(scenario, test, faulty.sys);
    if (!faulty.hit()) {
      if (n === 1) throw new Error("the scenario has no step at which this fault can happen");
      return n - 1;
    }
    const step = `${scenario.fault} at step ${n}: ${faulty.steps[n - 1]}`;
    try {
      // A process that crashed never told anybody an outcome, even if something in it caught the crash.
      await scenario.check(test.context, scenario.fault === "crash" ? { kind: "crashed" } : end, step);
    } catch (error) {
      throw new Error(`${step}\n${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }
}

async function actUnder<T>(scenario: Walk<T>, test: TestContext, sys: Sys): Promise<WalkEnd<T>> {
  try {
    return { kind: "returned", value: await scenario.act(test.withSys(sys)) };
  } catch (error) {
    if (error instanceof Crash) return { kind: "crashed" };
    throw error;
  }
}
