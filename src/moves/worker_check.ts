import { isAbsolute, join, relative, resolve } from "node:path";
import { byCodeUnit, idProblem } from "../base/id.ts";
import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import { listGoals } from "../goals/store.ts";
import { twinOf } from "../mailbox/newcomer.ts";
import type { Context } from "../profile/profile.ts";
import { findRunner, isRunner, type Runner } from "../workers/runners.ts";
import { listWorkers } from "../workers/views.ts";
import { checkLife } from "./life_check.ts";
import type { Move } from "./schema.ts";

/** The move that starts a worker. */
export type Start = Move & { readonly kind: "worker.start" };

/** What was found to be right before anything was touched. */
export interface Checked {
  readonly runner: Runner;
  readonly cwd: string;
  readonly ownCwd: boolean;
}

/** Whether a start is right in everything that can be known beforehand; every refusal has its reason and its exit code. */
export async function checkStart(ctx: Context, move: Start): Promise<Result<Checked>> {
  const thing = `start worker "${move.id}"`;
  if (idProblem(move.id) !== undefined) {
    return fail("usage", thing, "that is no id for a worker", {
      hint: "ids look like fix-login or pr-12; pulse is taken",
    });
  }
  const twin = twinOf(ctx, move.id, thing);
  if (!twin.ok) return twin;
  if (twin.value !== undefined) return fail("conflict", thing, `"${twin.value}" differs from it only in case`);
  if (move.prompt.trim() === "") {
    return fail("usage", thing, "its brief is empty", { hint: 'looop _ worker start fix-login "what to do"' });
  }
  if (move.verify !== undefined && move.verify.trim() === "") {
    return fail("usage", thing, "the command of --verify is empty");
  }
  const runner = runnerFor(ctx, move);
  if (!runner.ok) return runner;
  const cwd = cwdOf(ctx, move, runner.value);
  if (!cwd.ok) return cwd;
  if (move.goal !== undefined) {
    const goals = listGoals(ctx);
    if (!goals.ok) return goals;
    if (!goals.value.some(({ id }) => id === move.goal)) {
      return fail("not_found", thing, `there is no goal "${move.goal}"`, {
        hint: goals.value.length === 0 ? "looop _ goal write" : `goals: ${goals.value.map(({ id }) => id).join(", ")}`,
      });
    }
  }
  const life = await checkLife(ctx, thing, {
    line: runner.value.command,
    cwd: cwd.value.cwd,
    instead: move.command === undefined
      ? "install it, or choose another runner: --runner"
      : "install it, or give the path of what is to run: --command",
  });
  if (!life.ok) return life;
  return ok({ runner: runner.value, ...cwd.value });
}

function runnerFor(ctx: Context, move: Start): Result<Runner> {
  const thing = `start worker "${move.id}"`;
  const { config } = ctx.profile;
  const name = move.runner ?? config.default;
  const found = findRunner(name, config.runners, move.command);
  if (!isRunner(found)) {
    switch (found.kind) {
      case "unknown":
        return fail("usage", thing, `there is no runner "${name}"`, { hint: `runners: ${found.known.join(", ")}` });
      case "no_command":
        return fail("usage", thing, `runner "${name}" has no command`, { hint: "looop config show" });
      case "no_placeholder":
        return fail("usage", thing, `the command of runner "${name}" does not say where the prompt goes`, {
          hint: "put {{prompt_file}} into it: looop config set runners." + name + '.command "agent {{prompt_file}}"',
        });
      case "removed_placeholder":
        return fail("usage", thing, `the command of runner "${name}" has {{${found.name}}}, which is no more`, {
          hint: "write the value itself into the command",
        });
    }
  }
  const size = new TextEncoder().encode(move.prompt).length;
  if (size + 8_000 > found.promptMax) {
    return fail("usage", thing, `its brief has ${size} bytes, more than ${name} takes as an argument`, {
      hint: "put it into a file and tell the worker to read that",
    });
  }
  return ok(found);
}

/** A directory of its own unless one was named; never where policy files lie. */
function cwdOf(ctx: Context, move: Start, runner: Runner): Result<{ readonly cwd: string; readonly ownCwd: boolean }> {
  const thing = `start worker "${move.id}"`;
  const { paths } = ctx.profile;
  const named = move.cwd ?? runner.cwd;
  if (named === undefined) return ok({ cwd: join(paths.work, move.id), ownCwd: true });
  const cwd = resolve(ctx.os.environment.cwd(), named);
  const real = ctx.os.files.realPath(cwd);
  const stamp = real.ok ? ctx.os.files.stat(real.value) : real;
  if (!real.ok || !stamp.ok || stamp.value.kind !== "dir") return fail("usage", thing, `${cwd} is no directory`);
  const below = relative(paths.root, real.value);
  const inside = !below.startsWith("..") && !isAbsolute(below);
  if (inside && !real.value.startsWith(`${paths.work}/`) && !real.value.startsWith(`${paths.reports}/`)) {
    return fail("refused", thing, `${cwd} is where the loop's own files lie`, {
      hint: "leave --cwd out: it gets a directory of its own",
    });
  }
  return ok({ cwd: real.value, ownCwd: false });
}

/** Whether the fleet has room for one more. To be asked under the lock of all starts. */
export async function roomFor(ctx: Context, id: string): Promise<Result<void>> {
  const { maxWorkers } = ctx.profile.config;
  if (maxWorkers <= 0) return ok(undefined);
  const live = (await listWorkers(ctx, ctx.os.clock.now()))
    .filter((worker) => worker.id !== id && (worker.alive || worker.state === "orphaned"));
  if (live.length < maxWorkers) return ok(undefined);
  return fail(
    "refused",
    `start worker "${id}"`,
    `${live.length} workers live, and ${maxWorkers} is the most (max_workers)`,
    {
      hint: "wait for one to end, or: looop config set max_workers <n>",
      data: { live: live.map((worker) => worker.id).sort(byCodeUnit) },
    },
  );
}
