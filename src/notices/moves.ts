import { fail, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import { clip, oneLine, stripControls } from "../base/text.ts";
import type { MoveOutcome } from "../moves/schema.ts";
import type { Context } from "../profile/profile.ts";
import { raise } from "./store.ts";

/** Raises a notice for the human. The same message again is another notice: whoever says it twice means it twice. */
export async function applyNotify(ctx: Context, move: { readonly message: string }): Promise<Result<MoveOutcome>> {
  if (stripControls(move.message).trim() === "") {
    return fail("usage", "raise a notice", "the message is empty", { hint: 'looop _ notify "the build is red again"' });
  }
  const raised = await raise(ctx, { source: "notify", message: move.message });
  if (!raised.ok) return raised;
  const { notice } = raised.value;
  return ok({
    changed: true,
    summary: `notice ${notice.n}: ${clip(oneLine(notice.message), 200)}`,
    items: [`notice:${notice.n}`],
    data: { n: notice.n, message: notice.message },
  });
}
