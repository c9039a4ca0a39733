import { idProblem } from "../base/id.ts";
import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import { actorWord } from "../journal/format.ts";
import { withdrawAsks } from "../mailbox/lifecycle.ts";
import type { Actor, Context } from "../profile/profile.ts";
import { GRACE_MS, killSession } from "../sessions/kill.ts";
import { newest } from "../sessions/read.ts";
import type { Move, MoveOutcome } from "./schema.ts";

/**
 * Ends a worker with all that it started, and withdraws its open asks: nobody would read the answers. Process first, asks second: a crash in
 * between leaves asks of a dead worker, which show as orphaned. What survived is named, and is a failure. One that has ended already
 * is said to have, and is a success.
 */
export async function applyWorkerKill(
  ctx: Context,
  actor: Actor,
  move: Move & { readonly kind: "worker.kill" },
): Promise<Result<MoveOutcome>> {
  const thing = `end worker "${move.id}"`;
  if (idProblem(move.id) !== undefined) return fail("usage", thing, "that is no worker's id", { hint: "looop ls" });
  const ref = newest(ctx, move.id);
  if (ref === undefined) return fail("not_found", thing, "there is none of that id", { hint: "looop ls -a" });
  const answered = await killSession(ctx, ref, { by: actorWord(actor), why: "kill", graceMs: GRACE_MS });
  if (!answered.ok) return answered;
  const { value: answer } = answered;
  if (answer.left.length > 0) {
    return fail("failed", thing, `${answer.left.length} of its processes survived: ${answer.left.join(", ")}`, {
      hint: `looop kill ${move.id}`,
      data: { ...answer, ran: true },
    });
  }
  const withdrawn = await withdrawAsks(ctx, move.id, "its worker was killed", actorWord(actor));
  if (!withdrawn.ok) return withdrawn;
  const how = answer.escalated ? "by force" : "gracefully";
  return ok({
    changed: answer.killed,
    summary: answer.killed ? `ended worker ${move.id} (${how})` : `worker ${move.id} had ended already`,
    items: [`worker:${move.id}`, ...withdrawn.value.map((id) => `ask:${id}`)],
    data: { ...answer, id: move.id, withdrawn: withdrawn.value },
  });
}
