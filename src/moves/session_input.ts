import { ok } from "../base/result.ts";
import type { Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { sendKeys, sendText, type Sent } from "../sessions/input.ts";
import type { Move, MoveOutcome } from "./schema.ts";
import { sessionOf } from "./worker_kill.ts";

/** Types a text and Enter into a worker's terminal. */
export async function applySessionSend(
  ctx: Context,
  move: Extract<Move, { readonly kind: "session.send" }>,
): Promise<Result<MoveOutcome>> {
  const found = sessionOf(ctx, move.id, "type into");
  if (!found.ok) return found;
  const { enter = true, confirm = false, raw = false } = move;
  const sent = await sendText(ctx, found.value, move.text, { enter, confirm, raw });
  return sent.ok ? ok(outcome(move.id, `typed ${sent.value.sent} bytes into ${move.id}`, sent.value)) : sent;
}

/** Presses keys in a worker's terminal. */
export async function applySessionKey(
  ctx: Context,
  move: Extract<Move, { readonly kind: "session.key" }>,
): Promise<Result<MoveOutcome>> {
  const found = sessionOf(ctx, move.id, "press keys in");
  if (!found.ok) return found;
  const sent = await sendKeys(ctx, found.value, move.keys);
  return sent.ok ? ok(outcome(move.id, `pressed ${move.keys.join(" ")} in ${move.id}`, sent.value)) : sent;
}

function outcome(id: string, summary: string, sent: Sent): MoveOutcome {
  const { echoedOffset, lineCutAt, ...rest } = sent;
  const cut = lineCutAt === undefined ? {} : { line_cut_at: lineCutAt };
  return { changed: true, summary, items: [], data: { id, ...rest, echoed_offset: echoedOffset, ...cut } };
}
