import { idProblem } from "../base/id.ts";
import { ok } from "../base/result.ts";
import { releaseClaims } from "../claims/lease_files.ts";
import { fail, type Result } from "../failure.ts";
import { actorWord } from "../journal/format.ts";
import { withdrawAsks } from "../mailbox/lifecycle.ts";
import type { Actor, Context } from "../profile/profile.ts";
import { GRACE_MS, type KillAnswer, killSessions } from "../sessions/kill.ts";
import { generationsOf, newest, readSpec } from "../sessions/read.ts";
import { exitCodeOf, isAlive, type SessionRef } from "../sessions/schema.ts";
import type { Move, MoveOutcome } from "./schema.ts";

type KillMove = Extract<Move, { readonly kind: "worker.kill" }>;

/** The newest generation of a worker's session, or why there is none. */
export function sessionOf(ctx: Context, id: string, verb: string): Result<SessionRef> {
  const thing = `${verb} "${id}"`;
  if (id.toLowerCase() === "pulse") {
    return fail("refused", thing, "the pulse is no worker", { hint: "looop down, looop up, looop log pulse" });
  }
  if (idProblem(id) !== undefined) return fail("usage", thing, "that is no id", { hint: "looop ls" });
  const ref = newest(ctx, id);
  if (ref !== undefined) return ok(ref);
  return fail("not_found", thing, "there is no such session", { hint: "looop ls -a" });
}

/**
 * Ends a worker with all that it started, withdraws its open asks and frees its claims. Process first, asks second: a crash in between
 * leaves asks of a dead worker, which show as orphaned. What survived is named, and is a failure; one that has ended already is said
 * to have, and is a success. Called from inside the tree, the ending is handed to a process
 * outside of it, and the answer is given before the caller is killed.
 */
export async function applyWorkerKill(ctx: Context, actor: Actor, move: KillMove): Promise<Result<MoveOutcome>> {
  const found = sessionOf(ctx, move.id, "kill");
  if (!found.ok) return found;
  const ref = found.value;
  if (isInside(ctx, ref)) return handOver(ctx, ref, actor);
  const ended = await killAll(ctx, ref, actor);
  if (!ended.ok) return ended;
  const answer = ended.value;
  if (answer.left.length > 0) {
    return fail(
      "failed",
      `kill "${move.id}"`,
      `${answer.left.length} of its processes are left: ${answer.left.join(" ")}`,
      {
        hint: `looop kill ${move.id}`,
        data: killData(answer),
      },
    );
  }
  if (isAlive(answer.state)) {
    return fail(
      "failed",
      `kill "${move.id}"`,
      `it is still ${answer.state.kind}, and no process can be told to be its own`,
      {
        hint: "looop doctor; ps shows what runs",
        data: killData(answer),
      },
    );
  }
  const withdrawn = await withdrawAsks(ctx, move.id, move.reason ?? "its worker was killed", actorWord(actor));
  if (!withdrawn.ok) return withdrawn;
  await releaseClaims(ctx, move.id);
  return ok({
    changed: answer.killed,
    summary: killWords(answer),
    items: [`worker:${move.id}`, ...withdrawn.value.map((id) => `ask:${id}`)],
    data: { ...killData(answer), withdrawn: withdrawn.value },
  });
}

/** The generation, and with it what earlier ones of the id left behind when they ended. */
async function killAll(ctx: Context, ref: SessionRef, actor: Actor): Promise<Result<KillAnswer>> {
  const refs = generationsOf(ctx, ref.id).map((generation) => ({ id: ref.id, generation }));
  const ended = await killSessions(ctx, refs, { by: actorWord(actor), why: "kill", graceMs: GRACE_MS });
  if (!ended.ok) return ended;
  const answer = ended.value.at(-1);
  if (answer === undefined) return fail("not_found", `kill "${ref.id}"`, "there is no such session");
  return ok({
    ...answer,
    killed: ended.value.some(({ killed }) => killed),
    escalated: ended.value.some(({ escalated }) => escalated),
    signalled: ended.value.reduce((sum, { signalled }) => sum + signalled, 0),
    left: ended.value.flatMap(({ left }) => left),
  });
}

function killWords(answer: KillAnswer): string {
  if (!answer.killed) return `worker ${answer.id} had ended before: ${answer.state.kind}`;
  const how = answer.escalated ? "it did not heed TERM and was killed" : "it ended when told to";
  return `killed worker ${answer.id}: ${how} (${answer.signalled} processes, ${answer.ms} ms)`;
}

/** An ending as programs read it, with the forerunner's names. */
export function killData(answer: KillAnswer): Record<string, unknown> {
  return {
    id: answer.id,
    generation: answer.generation,
    killed: answer.killed && !isAlive(answer.state),
    confirmed: answer.left.length === 0 && !isAlive(answer.state),
    escalated: answer.escalated,
    signalled: answer.signalled,
    left: answer.left,
    script_hung: answer.scriptHung,
    state: answer.state.kind,
    exit_code: exitCodeOf(answer.state),
    ms: answer.ms,
  };
}

/** Whether this process belongs to the session that it is about to end. Agent CLIs may hand on only a part of their environment. */
export function isInside(ctx: Context, ref: SessionRef): boolean {
  const { environment } = ctx.os;
  const mark = environment.get("LOOOP_SESSION_MARK");
  return environment.get("LOOOP_SESSION_ID") === ref.id || (mark !== undefined && mark === readSpec(ctx, ref)?.mark);
}

/** The helper carries no mark and no seal and leads a session of its own: it is outside as soon as we are gone, which it waits for. */
function handOver(ctx: Context, ref: SessionRef, actor: Actor): Result<MoveOutcome> {
  const { os } = ctx;
  const bin = os.environment.selfPath();
  const by = actorWord(actor);
  os.processes.spawnDetached({
    argv: [
      "sh",
      "-c",
      'command ulimit -S -m unlimited 2>/dev/null; exec "$@"',
      "sh",
      bin,
      "end-session",
      ref.id,
      String(ref.generation),
      "--after",
      String(os.environment.pid),
      "--by",
      by,
    ],
    cwd: "/",
    env: { LOOOP_SESSION_MARK: "", LOOOP_SESSION_ID: "", LOOOP_DATA_DIR: ctx.profile.paths.root },
  });
  return ok({
    changed: true,
    summary: `worker ${ref.id} is ending`,
    items: [`worker:${ref.id}`],
    data: { id: ref.id, generation: ref.generation, ending: true },
  });
}
