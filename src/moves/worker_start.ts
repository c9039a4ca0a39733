import { join } from "node:path";
import { ok } from "../base/result.ts";
import { releaseClaims } from "../claims/lease_files.ts";
import { ioFailure, type Result } from "../failure.ts";
import { beginGeneration } from "../mailbox/lifecycle.ts";
import type { Actor, Context } from "../profile/profile.ts";
import { formatPrompt } from "../prompts/format.ts";
import type { SessionView } from "../sessions/schema.ts";
import { launchWorker } from "../workers/process.ts";
import { shownRunner } from "../workers/runners.ts";
import type { WorkerRecord } from "../workers/schema.ts";
import { recordPath, writeRecord } from "../workers/store.ts";
import type { MoveOutcome } from "./schema.ts";
import { type Checked, checkStart, roomFor, type Start } from "./worker_check.ts";

/**
 * Starts a worker: everything is checked before anything is written, then prompt, record and process come in this order, so that a
 * process without a record cannot be. What fails on the way leaves nothing of this start behind. Answers once the worker was seen to
 * run; one that could not be started is a failure, and its last words are in the sentence.
 */
export async function applyWorkerStart(ctx: Context, actor: Actor, move: Start): Promise<Result<MoveOutcome>> {
  const checked = await checkStart(ctx, move);
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
  return ok(outcomeOf(move, { record, view: started.value, promptFile }));
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
    ...(move.command !== undefined && move.runner === undefined ? { own_command: true } : {}),
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
  made: { readonly record: WorkerRecord; readonly view: SessionView; readonly promptFile: string },
): MoveOutcome {
  const { view, record } = made;
  const runner = shownRunner(record);
  const goal = move.goal === undefined ? "" : ` for goal ${move.goal}`;
  return {
    changed: true,
    summary: `started worker ${move.id} (${runner})${goal}`,
    items: [`worker:${move.id}`],
    data: {
      id: move.id,
      generation: view.generation,
      state: view.state.kind,
      alive: view.alive,
      runner,
      cwd: record.cwd,
      prompt_file: made.promptFile,
      ...(move.goal === undefined ? {} : { goal: move.goal }),
    },
  };
}
