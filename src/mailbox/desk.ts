import { join } from "node:path";
import { ok } from "../base/result.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
import { withDirLock } from "../os/guarded_files.ts";
import type { Context } from "../profile/profile.ts";
import { deskDir } from "./layout.ts";

/** How often the lock of a desk is tried for its whole deadline: a hundred asks of one worker at once stand in one line. */
const PATIENCE = 4;

/**
 * Runs `action` while no other process raises asks for, tells, or reads tells of this worker. The desk is made when it is not there and
 * stays when the worker is gone: its counters must outlive every worker of that name. `action` is short, starts no child, prints nothing.
 */
export async function withDesk<T>(
  ctx: Context,
  where: { readonly worker: string; readonly thing: string },
  action: () => Result<T> | Promise<Result<T>>,
): Promise<Result<T>> {
  const dir = deskDir(ctx.profile.paths, where.worker);
  const made = ctx.os.files.makeDir(dir);
  if (!made.ok) return ioFailure(where.thing, made.failure);
  for (let attempt = 1;; attempt++) {
    const outcome = await withDirLock(ctx.os, dir, action);
    if (outcome.ok) return outcome.value;
    if (outcome.failure.code !== "other" || attempt === PATIENCE) return ioFailure(where.thing, outcome.failure);
  }
}

/** What a worker id counts, for good. */
export type CounterKind = "ask" | "tell";

/**
 * The next number of a worker id. Under `withDesk` only. It is on disk before it is given out, so a crash leaves a gap and never a
 * second use; `atLeast` (the highest number seen among the files) guards against a counter that was lost or restored from a backup.
 */
export function nextNumber(
  ctx: Context,
  what: { readonly worker: string; readonly kind: CounterKind; readonly thing: string; readonly atLeast: number },
): Result<number> {
  const path = join(deskDir(ctx.profile.paths, what.worker), `${what.kind}.counter`);
  const read = ctx.os.files.read(path);
  if (read.kind === "unreadable") return ioFailure(what.thing, read.failure);
  const text = read.kind === "text" ? read.text.trim() : "0";
  if (!/^[0-9]{1,15}$/.test(text)) {
    return fail("corrupt", what.thing, `its counter ${path} holds no number`, {
      hint: `write the highest number that was ever used into it: echo 1000 > ${path}`,
    });
  }
  const next = Math.max(Number(text), what.atLeast) + 1;
  const written = ctx.os.files.replace(path, `${next}\n`);
  return written.ok ? ok(next) : ioFailure(what.thing, written.failure);
}
