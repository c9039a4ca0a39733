import { join } from "node:path";
import { ok } from "../base/result.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { noteEvent } from "./events.ts";
import { FILES, generationDir } from "./layout.ts";
import { platformOf } from "./platform.ts";
import { leaderOfSession, processesOf, readSession } from "./read.ts";
import { isAlive, type SessionRef } from "./schema.ts";

/** Rounds in which the tree is listed again, for what forked while it was being stopped. */
const ROUNDS = 10;

/** Stops every process of a session but its helpers. False when it was paused already. */
export async function pause(ctx: Context, ref: SessionRef): Promise<Result<boolean>> {
  const thing = `pause "${ref.id}"`;
  const { state } = await readSession(ctx, ref);
  if (state.kind === "paused") return ok(false);
  if (!isAlive(state)) return fail("conflict", thing, `it is ${state.kind}`);
  const platform = platformOf(ctx.os);
  const inner = leaderOfSession(ctx, ref).inner;
  // The mark first: a crash in between leaves a mark on a running session, which reads as running.
  const written = ctx.os.files.replace(join(generationDir(ctx.profile.paths, ref), FILES.paused), "");
  if (!written.ok) return ioFailure(thing, written.failure);
  for (let round = 0; round < ROUNDS; round++) {
    const rows = await processesOf(ctx, ref);
    if (rows === undefined) return fail("failed", thing, "the system does not list its processes");
    // Never the shell beside the command: script(1) would stop itself with it.
    const going = rows.filter((row) => !row.stopped && row.pid !== inner?.pid);
    if (going.length === 0) {
      noteEvent(ctx, ref, { event: "pause" });
      return ok(true);
    }
    await platform.signal(ctx.os, "STOP", going);
    await ctx.os.clock.sleep(10);
  }
  return fail("failed", thing, "it goes on starting processes");
}

/** Lets a paused session go on. False when it was not paused. */
export async function resume(ctx: Context, ref: SessionRef): Promise<Result<boolean>> {
  const thing = `resume "${ref.id}"`;
  const dir = generationDir(ctx.profile.paths, ref);
  const { state } = await readSession(ctx, ref);
  if (!isAlive(state)) return fail("conflict", thing, `it is ${state.kind}`);
  const platform = platformOf(ctx.os);
  const leader = leaderOfSession(ctx, ref);
  const rows = await processesOf(ctx, ref);
  if (rows === undefined) return fail("failed", thing, "the system does not list its processes");
  const stopped = rows.filter((row) => row.stopped);
  const helpers = [leader.script, leader.inner].filter((identity) => identity !== undefined);
  await platform.signal(ctx.os, "CONT", [...stopped, ...helpers]);
  const was = ctx.os.files.stat(join(dir, FILES.paused)).ok;
  ctx.os.files.remove(join(dir, FILES.paused));
  if (was) noteEvent(ctx, ref, { event: "resume" });
  return ok(was || stopped.length > 0);
}

/**
 * Lets the terminals of these sessions go on where they were stopped: script(1) stops itself when the shell beside the command is, and
 * nothing else would ever wake it. A pause stops neither. Answers the sessions that were helped.
 */
export async function wakeTerminals(ctx: Context, refs: readonly SessionRef[]): Promise<readonly SessionRef[]> {
  if (refs.length === 0) return [];
  const platform = platformOf(ctx.os);
  const asleep = new Map(
    (await platform.processes(ctx.os) ?? []).filter(({ stopped }) => stopped).map((row) => [row.pid, row.start]),
  );
  const woken: SessionRef[] = [];
  for (const ref of asleep.size === 0 ? [] : refs) {
    const { inner, script } = leaderOfSession(ctx, ref);
    // The shell first: script(1) would stop itself again beside a stopped child.
    const helpers = [inner, script].filter((one) => one !== undefined).filter(({ pid, start }) =>
      asleep.get(pid) === start
    );
    if (helpers.length > 0 && await platform.signal(ctx.os, "CONT", helpers) > 0) woken.push(ref);
  }
  return woken;
}
