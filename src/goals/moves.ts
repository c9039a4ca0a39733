import { fail, ioFailure, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import { frontMatterLine } from "../base/front_matter.ts";
import { idProblem } from "../base/id.ts";
import type { MoveOutcome } from "../moves/schema.ts";
import type { Context } from "../profile/profile.ts";
import { storedBody } from "./format.ts";
import { moveToArchive, noSuchGoal, writeGoal } from "./store.ts";

/** The largest goal that is taken, in bytes: root agents and workers read it whole. */
export const GOAL_MAX_BYTES = 262_144;

/** Writes a goal: the front matter must hold a `goal:` line; the same text again is said and succeeds. */
export async function applyGoalWrite(
  ctx: Context,
  move: { readonly id: string; readonly body: string },
): Promise<Result<MoveOutcome>> {
  const thing = `write goal "${move.id}"`;
  const problem = goalProblem(move);
  if (problem !== undefined) return fail("usage", thing, problem.state, { hint: problem.hint });
  const text = storedBody(move.body);
  const title = frontMatterLine(text, "goal") ?? "";
  const written = await writeGoal(ctx, { id: move.id, text });
  if (!written.ok) return ioFailure(thing, written.failure);
  if (typeof written.value === "object") {
    return fail("conflict", thing, `there is a goal "${written.value.clash}", and ids may not differ only in case`, {
      hint: `looop _ goal write ${written.value.clash}, or take another id`,
    });
  }
  const changed = written.value !== "same";
  const word = written.value === "added" ? "added" : written.value === "replaced" ? "rewrote" : "unchanged:";
  return ok({
    changed,
    summary: `${word} goal ${move.id}: ${title}`,
    items: changed ? [`goal:${move.id}`] : [],
    data: { id: move.id, title, written: written.value },
  });
}

/** Archives a goal under a name that was free. One that is not there is `not_found`; when it was archived before, the hint says where. */
export async function applyGoalArchive(ctx: Context, move: { readonly id: string }): Promise<Result<MoveOutcome>> {
  const thing = `archive goal "${move.id}"`;
  if (idProblem(move.id) !== undefined) return fail("usage", thing, badId(move.id), { hint: ID_HINT });
  const archived = await moveToArchive(ctx, move.id);
  if (!archived.ok) return ioFailure(thing, archived.failure);
  if (archived.value.kind === "absent") return noSuchGoal(ctx, "archive", move.id);
  const { name } = archived.value;
  return ok({
    changed: true,
    summary: `archived goal ${move.id} as goals/archive/${name}.md`,
    items: [`goal:${move.id}`],
    data: { id: move.id, archived: `goals/archive/${name}.md` },
  });
}

const ID_HINT =
  "ids are 1 to 63 letters, digits, dots, dashes and underscores, and start with a letter or digit: fix-ci";

const BODY_HINT = "a goal is markdown that starts with three lines:\n---\ngoal: CI on main is green\n---";

function goalProblem(move: { readonly id: string; readonly body: string }):
  | { readonly state: string; readonly hint?: string }
  | undefined {
  if (idProblem(move.id) !== undefined) return { state: badId(move.id), hint: ID_HINT };
  if (move.body.trim() === "") return { state: "the body is empty", hint: BODY_HINT };
  if (move.body.includes("\0")) return { state: "the body is not text" };
  const bytes = new TextEncoder().encode(move.body).length;
  if (bytes > GOAL_MAX_BYTES) {
    return {
      state: `the body has ${bytes} bytes, and a goal takes at most ${GOAL_MAX_BYTES}`,
      hint: "keep the long part in a file and name its path",
    };
  }
  if (frontMatterLine(move.body, "goal") === undefined) {
    return { state: "its front matter has no goal: line", hint: BODY_HINT };
  }
  return undefined;
}

function badId(id: string): string {
  return idProblem(id) === "reserved" ? "this id is reserved" : "this is not an id";
}
