import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import { actorWord } from "../journal/format.ts";
import type { Actor, Context } from "../profile/profile.ts";
import { GRACE_MS, killSession, readIntent } from "../sessions/kill.ts";
import { readSession } from "../sessions/read.ts";
import { launchWorker, promptFileOf } from "../workers/process.ts";
import { findRunner, isRunner } from "../workers/runners.ts";
import { readRecord, writeRecord } from "../workers/store.ts";
import { liveCount } from "../workers/views.ts";
import type { Move, MoveOutcome } from "./schema.ts";
import { isInside, killData, sessionOf } from "./worker_kill.ts";

type RestartMove = Extract<Move, { readonly kind: "worker.restart" }>;

/**
 * Starts the next generation of a worker: ends the one that runs, keeps its asks, and takes its conversation up with the runner's own
 * resume command where it has one. A kill that comes meanwhile wins.
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
  const { state } = await readSession(ctx, found.value);
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
  const resumed = before.resume !== undefined && state.kind !== "failed_to_start" && state.kind !== "unstarted";
  const hasPrompt = ctx.os.files.stat(promptFileOf(ctx, before)).ok;
  if (!resumed && !hasPrompt) {
    return fail("failed", thing, "its prompt is gone", { hint: `looop _ worker start ${move.id} …` });
  }
  let recorded = false;
  const started = await launchWorker(ctx, {
    record: before,
    line: resumed ? before.resume ?? before.command : before.command,
    runnerEnv: isRunner(runner) ? runner.env : {},
    veto: async () => {
      // Whoever ended it for good after we began to restart it has the last word.
      if (ended.value.killed && readIntent(ctx, found.value)?.why === "kill") {
        return fail("conflict", thing, "it was killed meanwhile", { hint: `looop _ worker start ${move.id} …` });
      }
      const live = await liveCount(ctx);
      if (!live.ok) return live;
      const { maxWorkers } = ctx.profile.config;
      if (maxWorkers <= 0 || live.value < maxWorkers) return ok(undefined);
      return fail("refused", thing, `${live.value} workers are running, and max_workers is ${maxWorkers}`);
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
