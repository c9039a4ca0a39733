import { fail, ioFailure, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import type { MoveOutcome } from "../moves/schema.ts";
import type { Context } from "../profile/profile.ts";
import { writePlaybook } from "./store.ts";

/** The largest playbook that is taken, in bytes. */
export const PLAYBOOK_MAX_BYTES = 262_144;

/** Replaces the playbook and keeps the body before it; the same text again is said and succeeds. */
export async function applyPlaybookWrite(ctx: Context, move: { readonly body: string }): Promise<Result<MoveOutcome>> {
  const thing = "write the playbook";
  if (move.body.trim() === "") return fail("usage", thing, "the body is empty");
  if (move.body.includes("\0")) return fail("usage", thing, "the body is not text");
  const text = move.body.replace(/\r\n/g, "\n").replace(/\n*$/, "\n");
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > PLAYBOOK_MAX_BYTES) {
    return fail("usage", thing, `the body has ${bytes} bytes, and a playbook takes at most ${PLAYBOOK_MAX_BYTES}`);
  }
  const written = await writePlaybook(ctx, text);
  if (!written.ok) return ioFailure(thing, written.failure);
  if (written.value.kind === "same") {
    return ok({
      changed: false,
      summary: "unchanged: the playbook says that already",
      items: [],
      data: { kept: null },
    });
  }
  const { kept } = written.value;
  const where = kept === undefined ? "" : `, the previous one is playbook.d/${kept}`;
  return ok({
    changed: true,
    summary: `rewrote the playbook (${bytes} bytes)${where}`,
    items: ["playbook"],
    data: { kept: kept === undefined ? null : `playbook.d/${kept}` },
  });
}
