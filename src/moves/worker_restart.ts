import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import { actorWord } from "../journal/format.ts";
import type { Actor, Context } from "../profile/profile.ts";
import { GRACE_MS, killSession, readIntent } from "../sessions/kill.ts";
import { readSession } from "../sessions/read.ts";
import { sizeOf } from "../sessions/resize.ts";
import { spaceProblem } from "../sessions/space.ts";
import { launchWorker, promptFileOf } from "../workers/process.ts";
import { findRunner, isRunner } from "../workers/runners.ts";
import type { WorkerRecord } from "../workers/schema.ts";
import { readRecord, writeRecord } from "../workers/store.ts";
import { liveCount } from "../workers/views.ts";
import { checkLife } from "./life_check.ts";
import type { Move, MoveOutcome } from "./schema.ts";
import { isInside, killData, sessionOf } from "./worker_kill.ts";

type RestartMove = Extract<Move, { readonly kind: "worker.restart" }>;

/**
 * Starts the next generation of a worker, on a terminal of the size it had last: ends the one that runs, keeps its asks, and takes its
 * conversation up with the runner's own resume command where it has one. What a start checks is checked first, so that a worker that
 * could not come back is not ended. A kill that comes meanwhile wins.
 */
export async function applyWorkerRestart(ctx: Context, actor: Actor, move: RestartMove): Promise<Result<MoveOutcome>> {
  const thing = `restart "${move.id}"`;
  const found = sessionOf(ctx, move.id, "restart");
  if (!found.ok) return found;
  const record = readRecord(ctx, move.id);
  if (!record.ok) return record;
  if (record.value === undefined) return fail("not_found", thing, "it has no record of how it was started");
  const before = record.value;
  if (isInside(ctx, found.value)) return fail("refused", thing, "a session cannot restart itself");
  const { state, alive } = await readSession(ctx, found.value);
  const resumed = before.resume !== undefined && state.kind !== "failed_to_start" && state.kind !== "unstarted";
  const line = resumed ? before.resume ?? before.command : before.command;
  const possible = await checkRestart(ctx, thing, {
    before,
    line,
    needsPrompt: !resumed,
    live: alive || state.kind === "orphaned",
  });
  if (!possible.ok) return possible;
  const size = sizeOf(ctx, found.value);
  const ended = await killSession(ctx, found.value, {
    by: actorWord(actor),
    why: "restart",
    graceMs: GRACE_MS,
  });
  if (!ended.ok) return ended;
  if (ended.value.left.length > 0) {
    return fail("failed", thing, `processes of it are left: ${ended.value.left.join(" ")}`, {
      data: killData(ended.value),
    });
  }
  const runner = findRunner(before.runner, ctx.profile.config.runners, before.command);
  let recorded = false;
  const started = await launchWorker(ctx, {
    record: before,
    line,
    size,
    runnerEnv: isRunner(runner) ? runner.env : {},
    veto: async () => {
      // Whoever ended it for good after we began to restart it has the last word.
      if (ended.value.killed && readIntent(ctx, found.value)?.why === "kill") {
        return fail("conflict", thing, "it was killed meanwhile", { hint: `looop _ worker start ${move.id} …` });
      }
      return await roomForIt(ctx, thing, 0);
    },
    onClaim: (ref) => {
      const written = writeRecord(ctx, { ...before, generation: ref.generation, started: ctx.os.clock.now() });
      recorded = written.ok;
      return Promise.resolve(written);
    },
  });
  // The record must not name a generation of which nothing is left.
  if (!started.ok && recorded && started.failure.data?.["generation"] === undefined) writeRecord(ctx, before);
  if (!started.ok) return fail(started.failure.kind, thing, started.failure.state, started.failure);
  const { generation } = started.value;
  return ok({
    changed: true,
    summary: `restarted worker ${move.id} as generation ${generation}${resumed ? ", its conversation resumed" : ""}`,
    items: [`worker:${move.id}`],
    data: { id: move.id, restart: "done", generation, resumed, state: started.value.state.kind },
  });
}

/** What would keep its next life from beginning, found before anything is done to the one that it has. */
async function checkRestart(
  ctx: Context,
  thing: string,
  life: {
    readonly before: WorkerRecord;
    readonly line: string;
    readonly needsPrompt: boolean;
    /** It counts among those that live. */
    readonly live: boolean;
  },
): Promise<Result<void>> {
  const { before, line } = life;
  const { files } = ctx.os;
  const anew = `looop _ worker start ${before.id} …`;
  if (life.needsPrompt && !files.stat(promptFileOf(ctx, before)).ok) {
    return fail("failed", thing, "its prompt is gone", { hint: anew });
  }
  const cwd = files.realPath(before.cwd);
  const stamp = cwd.ok ? files.stat(cwd.value) : cwd;
  if (!stamp.ok || stamp.value.kind !== "dir") {
    return fail("failed", thing, `the directory it works in is gone: ${before.cwd}`, { hint: anew });
  }
  const possible = await checkLife(ctx, thing, { line, cwd: before.cwd, instead: `install it, or ${anew}` });
  if (!possible.ok) return possible;
  const full = await spaceProblem(ctx.os, ctx.profile.paths.sessions);
  if (full !== undefined) return fail("failed", thing, full, { hint: "make room on the disk of the data dir" });
  return await roomForIt(ctx, thing, life.live ? 1 : 0);
}

/** Whether the fleet has room for it; `own` of those that live is the one that makes way. */
async function roomForIt(ctx: Context, thing: string, own: 0 | 1): Promise<Result<void>> {
  const live = await liveCount(ctx);
  if (!live.ok) return live;
  const { maxWorkers } = ctx.profile.config;
  const others = live.value - own;
  if (maxWorkers <= 0 || others < maxWorkers) return ok(undefined);
  return fail(
    "refused",
    thing,
    `${others === 1 ? "1 worker lives" : `${others} workers live`}, and max_workers is ${maxWorkers}`,
  );
}
