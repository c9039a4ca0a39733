import { dirname, join } from "node:path";
import { ok } from "../base/result.ts";
import { ioFailure, type Result } from "../failure.ts";
import type { Os } from "../os/os.ts";
import type { Paths } from "../profile/paths.ts";
import type { Context } from "../profile/profile.ts";
import { isRepeatable } from "./identity.ts";
import { deskDir, REPEAT_PREFIX, repeatPath } from "./layout.ts";

/**
 * What may be repeated: a small file for each answer that was taken and that the same line gets again. It goes with the session's next
 * call of looop (`sealRepeats`), and counts for nothing once its time is over.
 */
export function allowRepeat(ctx: Context, id: string): Result<void> {
  const path = repeatPath(ctx.profile.paths, id);
  // An ask that was seeded, or made by hand, comes without its worker's desk.
  ctx.os.files.makeDir(dirname(path));
  const written = ctx.os.files.replace(path, `${ctx.os.clock.now()}\n`);
  return written.ok ? ok(undefined) : ioFailure(`record that "${id}" was read`, written.failure);
}

/** Whether this ask's answer may be given once more. A failure when that cannot be told: asking anew would be as wrong as not to. */
export function mayRepeat(ctx: Context, id: string): Result<boolean> {
  const read = ctx.os.files.read(repeatPath(ctx.profile.paths, id));
  if (read.kind === "unreadable") return ioFailure(`find the answer to "${id}" again`, read.failure);
  return ok(read.kind === "text" && isRepeatable(Number(read.text), ctx.os.clock.now()));
}

/**
 * The session made another call of looop: what it was told before has been read, so the same question is a new one from here on. One
 * listing of a small directory when there is nothing to do. Never fails: at worst an answer is repeated within its span.
 */
export function sealRepeats(os: Os, paths: Paths, session: string): void {
  const dir = deskDir(paths, session);
  const listed = os.files.list(dir);
  if (!listed.ok) return;
  for (const { name } of listed.value) {
    if (name.startsWith(REPEAT_PREFIX)) os.files.remove(join(dir, name));
  }
}
