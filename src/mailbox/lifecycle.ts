import { join } from "node:path";
import { parseAskId } from "../base/id.ts";
import { ok } from "../base/result.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { archivePairs } from "./archive.ts";
import { deskDir, KEY_PREFIX, markName, REPEAT_PREFIX } from "./layout.ts";
import { idOfName } from "./read.ts";
import { idsOf } from "./raise.ts";
import { withdrawAsk } from "./resolve.ts";
import { mailboxNames } from "./store.ts";
import { clearTells } from "./tells.ts";

/** Asks of a worker that nobody has answered, by number; those whose files cannot be read among them. */
function unanswered(ctx: Context, worker: string): Result<readonly string[]> {
  const names = mailboxNames(ctx);
  if ("problem" in names) return unreadable(worker, names.problem);
  const ids = idsOf(names.asks, worker);
  return ok(ids.filter((id) => !names.answers.has(`${id}.json`) && !names.answers.has(markName(id, "consumed"))));
}

function unreadable(worker: string, problem: string): Result<never> {
  return fail("unreadable", `look through the asks of "${worker}"`, problem, { hint: "looop doctor" });
}

/**
 * A worker was killed: nobody will ever read an answer, so its open asks are withdrawn and its messages cleared. Answers which asks
 * that were. One that was answered in the same moment stays answered. Repeating it is harmless.
 */
export async function withdrawAsks(
  ctx: Context,
  worker: string,
  reason: string,
  actor = "root",
): Promise<Result<readonly string[]>> {
  const withdrawn: string[] = [];
  const open = unanswered(ctx, worker);
  if (!open.ok) return open;
  for (const id of open.value) {
    const outcome = await withdrawAsk(ctx, { id, reason, actor });
    if (outcome.ok) withdrawn.push(id);
    else if (outcome.failure.kind !== "conflict") return outcome;
  }
  const cleared = await clearTells(ctx, worker);
  return cleared.ok ? ok(withdrawn) : cleared;
}

/**
 * A worker ended, was lost, or went down with the pulse: which asks it leaves orphaned. Nothing is written for them: that an ask is
 * orphaned follows from its worker not living, so no crash can leave it half said, and a resumed worker finds its asks open. Its
 * messages are cleared: they were meant for this life.
 */
export async function orphanAsks(ctx: Context, worker: string): Promise<Result<readonly string[]>> {
  const cleared = await clearTells(ctx, worker);
  return cleared.ok ? unanswered(ctx, worker) : cleared;
}

/**
 * A new worker takes this id: nothing of an earlier one may reach it. Open asks are withdrawn, all pairs go to the archive, messages
 * and keys are cleared; the counters stay, so that no ask id is ever used twice. Before the new process starts; repeating it is harmless.
 */
export async function beginGeneration(ctx: Context, worker: string, actor = "root"): Promise<Result<void>> {
  const withdrawn = await withdrawAsks(ctx, worker, "a new session of this id was started", actor);
  if (!withdrawn.ok) return withdrawn;
  const cleared = clearDesk(ctx, worker);
  if (!cleared.ok) return cleared;
  const names = mailboxNames(ctx);
  if ("problem" in names) return unreadable(worker, names.problem);
  const ids = new Set(names.asks);
  for (const name of names.answers) ids.add(idOfName(name) ?? name.replace(/\.(?:delivering|consumed)$/, ""));
  const archived = await archivePairs(ctx, [...ids].filter((id) => parseAskId(id)?.worker === worker));
  return archived.ok ? ok(undefined) : archived;
}

function clearDesk(ctx: Context, worker: string): Result<void> {
  const dir = deskDir(ctx.profile.paths, worker);
  const listed = ctx.os.files.list(dir);
  const thing = `clear the desk of "${worker}"`;
  if (!listed.ok) return listed.failure.code === "absent" ? ok(undefined) : ioFailure(thing, listed.failure);
  for (const { name } of listed.value) {
    if (!name.startsWith(KEY_PREFIX) && !name.startsWith(REPEAT_PREFIX)) continue;
    const removed = ctx.os.files.remove(join(dir, name));
    if (!removed.ok) return ioFailure(thing, removed.failure);
  }
  return ok(undefined);
}
