import { isAbsolute, join, relative, resolve } from "node:path";
import { byCodeUnit, idProblem } from "../base/id.ts";
import { ok } from "../base/result.ts";
import { releaseClaims } from "../claims/lease_files.ts";
import { budgetNow } from "../cost/store.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
import { listGoals } from "../goals/store.ts";
import { beginGeneration } from "../mailbox/lifecycle.ts";
import type { Actor, Context } from "../profile/profile.ts";
import { formatPrompt } from "../prompts/format.ts";
import { platformOf } from "../sessions/platform.ts";
import type { SessionView } from "../sessions/schema.ts";
import { launchWorker } from "../workers/process.ts";
import { findPrograms } from "../workers/programs.ts";
import { findRunner, INSTALL_HINTS, isRunner, programOf, type Runner } from "../workers/runners.ts";
import type { WorkerRecord } from "../workers/schema.ts";
import { listRecords, listWorkers, recordPath, writeRecord } from "../workers/store.ts";
import type { Move, MoveOutcome } from "./schema.ts";

type Start = Move & { readonly kind: "worker.start" };

/** Words of a shell that are no program on the PATH, and need none. */
const SHELL_WORDS = new Set([
  "trap",
  "cd",
  "set",
  "export",
  "if",
  "for",
  "while",
  "until",
  "case",
  "test",
  "eval",
  "umask",
  "ulimit",
  "read",
  "printf",
  "echo",
  "true",
  "false",
]);

/** What was found to be right before anything was touched. */
interface Checked {
  readonly runner: Runner;
  readonly cwd: string;
  readonly ownCwd: boolean;
}

/**
 * Starts a worker: everything is checked before anything is written, then prompt, record and process come in this order, so that a
 * process without a record cannot be. What fails on the way leaves nothing of this start behind. Answers once the worker was seen to
 * run; one that could not be started is a failure, and its last words are in the sentence.
 */
export async function applyWorkerStart(ctx: Context, actor: Actor, move: Start): Promise<Result<MoveOutcome>> {
  const checked = await check(ctx, move);
  if (!checked.ok) return checked;
  const { paths } = ctx.profile;
  const thing = `start worker "${move.id}"`;
  const conversation = crypto.randomUUID();
  // A name of its own: the prompt of a worker that turns out to live must stay as it is.
  const promptFile = join(paths.prompts, `${move.id}-${conversation.slice(0, 8)}.md`);
  const written = await writeFiles(ctx, move, { checked: checked.value, promptFile });
  if (!written.ok) return written;
  let before: string | undefined;
  let recorded = false;
  const record = recordOf(ctx, move, { checked: checked.value, conversation, promptFile });
  const started = await launchWorker(ctx, {
    record,
    line: record.command,
    runnerEnv: checked.value.runner.env,
    // Under the lock of all starts: the cap cannot be passed by two at once, and the last life's mail is cleared when nobody of this id lives.
    veto: async () => {
      const room = await roomFor(ctx, move.id);
      return room.ok ? await beginGeneration(ctx, move.id, actor.kind) : room;
    },
    onClaim: async ({ generation }) => {
      await releaseClaims(ctx, move.id);
      before = ctx.os.files.readListed(recordPath(ctx, move.id));
      const outcome = writeRecord(ctx, { ...record, generation });
      recorded = outcome.ok;
      return outcome;
    },
  });
  if (!started.ok) {
    // A start that was tried has a log to look at, and stays as failed; one that was refused leaves what was there before.
    if (started.failure.data?.["generation"] === undefined) {
      ctx.os.files.remove(promptFile);
      if (recorded && before !== undefined) ctx.os.files.replace(recordPath(ctx, move.id), before);
      else if (recorded) ctx.os.files.remove(recordPath(ctx, move.id));
    }
    return { ok: false, failure: { ...started.failure, thing } };
  }
  return ok(outcomeOf(move, { checked: checked.value, view: started.value, promptFile }));
}

async function check(ctx: Context, move: Start): Promise<Result<Checked>> {
  const thing = `start worker "${move.id}"`;
  if (idProblem(move.id) !== undefined) {
    return fail("usage", thing, "that is no id for a worker", {
      hint: "ids look like fix-login or pr-12; pulse is taken",
    });
  }
  const twin = listRecords(ctx).find(({ id }) => id !== move.id && id.toLowerCase() === move.id.toLowerCase());
  if (twin !== undefined) return fail("conflict", thing, `"${twin.id}" differs from it only in case`);
  if (move.prompt.trim() === "") {
    return fail("usage", thing, "its brief is empty", { hint: 'looop _ worker start fix-login "what to do"' });
  }
  if (move.verify !== undefined && move.verify.trim() === "") {
    return fail("usage", thing, "the command of --verify is empty");
  }
  const runner = await runnerFor(ctx, move);
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
  const budget = budgetNow(ctx, ctx.os.clock.now());
  if (budget.level === "over") {
    return fail("over_budget", thing, budget.problem ?? "today's budget is used up", {
      hint: "looop cost today; looop config set max_daily_usd <amount>",
    });
  }
  const missing = await platformOf(ctx.os).problem(ctx.os);
  if (missing !== undefined) return fail("failed", thing, missing.state, { hint: missing.hint });
  return ok({ runner: runner.value, ...cwd.value });
}

async function runnerFor(ctx: Context, move: Start): Promise<Result<Runner>> {
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
  const program = programOf(found.command);
  if (program !== undefined && !SHELL_WORDS.has(program) && (await findPrograms(ctx.os, [program])).length === 0) {
    return fail("failed", thing, `${program} is not on the PATH`, {
      hint: INSTALL_HINTS[name] ?? `install ${program}, or choose another runner: --runner`,
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

async function roomFor(ctx: Context, id: string): Promise<Result<void>> {
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

async function writeFiles(
  ctx: Context,
  move: Start,
  files: { readonly checked: Checked; readonly promptFile: string },
): Promise<Result<void>> {
  const { paths } = ctx.profile;
  const { checked } = files;
  const thing = `start worker "${move.id}"`;
  const dirs = [
    paths.prompts,
    paths.workers,
    join(paths.work, move.id),
    ...(checked.ownCwd ? [checked.cwd] : []),
    join(paths.work, move.id, ".agent"),
  ];
  for (const dir of dirs) {
    const made = ctx.os.files.makeDir(dir);
    if (!made.ok) return ioFailure(thing, made.failure);
  }
  // A sandbox can be given a file to write only while it is there.
  for (const file of [paths.cost, paths.events]) {
    const made = ctx.os.files.publish(file, "");
    if (!made.ok) return ioFailure(thing, made.failure);
  }
  // The brief of the runner sh is the command itself.
  const text = checked.runner.name === "sh" ? `${move.prompt}\n` : formatPrompt({
    id: move.id,
    reports: paths.reports,
    claims: paths.claims,
    cwd: checked.cwd,
    playbook: paths.playbook,
    meta: move.meta === true,
  }, move.prompt);
  const written = ctx.os.files.replace(files.promptFile, text);
  return written.ok ? ok(undefined) : ioFailure(thing, written.failure);
}

/** Its generation is not known before the claim. */
function recordOf(
  ctx: Context,
  move: Start,
  made: { readonly checked: Checked; readonly conversation: string; readonly promptFile: string },
): WorkerRecord {
  const { runner, cwd } = made.checked;
  return {
    v: 1,
    id: move.id,
    generation: 0,
    runner: runner.name,
    command: runner.command,
    cwd,
    started: ctx.os.clock.now(),
    prompt_file: made.promptFile,
    conversation: made.conversation,
    // Where others run too, an agent that goes by the directory would take up whichever conversation was the last there.
    ...(runner.resume === undefined || (runner.resumesByCwd && !made.checked.ownCwd) ? {} : { resume: runner.resume }),
    ...(move.goal === undefined ? {} : { goal: move.goal }),
    ...(move.verify === undefined ? {} : { verify: move.verify }),
    ...(move.meta === true ? { meta: true } : {}),
  };
}

function outcomeOf(
  move: Start,
  made: { readonly checked: Checked; readonly view: SessionView; readonly promptFile: string },
): MoveOutcome {
  const { view, checked } = made;
  const goal = move.goal === undefined ? "" : ` for goal ${move.goal}`;
  return {
    changed: true,
    summary: `started worker ${move.id} (${checked.runner.name})${goal}`,
    items: [`worker:${move.id}`],
    data: {
      id: move.id,
      generation: view.generation,
      state: view.state.kind,
      alive: view.alive,
      runner: checked.runner.name,
      cwd: checked.cwd,
      prompt_file: made.promptFile,
      ...(move.goal === undefined ? {} : { goal: move.goal }),
    },
  };
}
