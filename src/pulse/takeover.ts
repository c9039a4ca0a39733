import { fail, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import { VERSION } from "../base/version.ts";
import type { Lock } from "../os/lock.ts";
import type { Context } from "../profile/profile.ts";
import { readHeartbeat, writeHeartbeat } from "../heartbeat/store.ts";
import { ownIdentity } from "./identity.ts";
import { readSuccessor, removeSuccessor, writeSuccessor } from "./successor.ts";

/** How long it waits for the word of the pulse: longer than that takes to lose its patience. */
const WAIT_MS = 120_000;

/** How long the pulse may take to be gone once it gave the word. */
const LEAVE_MS = 20_000;

const LOOK_MS = 10;

/**
 * Takes the pulse's lock from a pulse of another looop that started this process for that. From the moment it stands ready until it
 * has the lock it holds one of its own, by which everybody sees a pulse alive all the while (`isPulseHeld`). It takes over only on the
 * old one's word, never because the lock is free: one that `down` stopped, or that was killed, has no successor.
 */
export async function takeOver(ctx: Context, { run, after }: Takeover): Promise<Result<Lock>> {
  const { clock, environment, locks } = ctx.os;
  const { successorLock } = ctx.profile.paths;
  const own = await locks.acquire(successorLock, 2_000);
  if (own === undefined) return refused(after, "another looop waits to do so");
  try {
    // Whatever takes long is done before the old one leaves.
    const identity = await ownIdentity(ctx);
    if (!isAwaited(ctx, after)) return refused(after, "it is not the pulse any more");
    const said = writeSuccessor(ctx, { run, of: after, pid: environment.pid, version: VERSION });
    if (!said.ok) return said;
    const lock = await lockOnWord(ctx, run);
    if (lock === undefined) return refused(after, "it ended without leaving its place to anybody");
    const before = readHeartbeat(ctx);
    const now = clock.now();
    // At once, and in place of the old one's: whoever wants to stop the pulse reads here which process that is.
    writeHeartbeat(ctx, {
      interval_ms: before?.interval_ms ?? ctx.profile.config.intervalMs,
      last_beat: before?.last_beat ?? now,
      config_problem: before?.config_problem,
      ...{ pid: environment.pid, identity, run, started: now, beats: 0, version: VERSION },
    });
    return ok(lock);
  } finally {
    removeSuccessor(ctx, run);
    own.release();
  }
}

/** Which run takes over from which. */
export interface Takeover {
  readonly run: string;
  readonly after: string;
}

/** Whether the pulse that started us is still there. */
function isAwaited(ctx: Context, after: string): boolean {
  return ctx.os.locks.isHeld(ctx.profile.paths.pulseLock) && readHeartbeat(ctx)?.run === after;
}

async function lockOnWord(ctx: Context, run: string): Promise<Lock | undefined> {
  const { clock, locks } = ctx.os;
  const { pulseLock } = ctx.profile.paths;
  let end = clock.ticks() + WAIT_MS;
  let given = false;
  while (clock.ticks() < end) {
    // Looked at before the record: a pulse that is gone has written its last.
    const held = locks.isHeld(pulseLock);
    const record = readSuccessor(ctx);
    if (record?.run !== run) return undefined;
    if (record.go !== true && !held) return undefined;
    if (record.go === true) {
      if (!given) end = clock.ticks() + LEAVE_MS;
      given = true;
      const lock = locks.tryAcquire(pulseLock);
      if (lock !== undefined) return lock;
    }
    await clock.sleep(LOOK_MS);
  }
  return undefined;
}

function refused(after: string, state: string): Result<never> {
  return fail("conflict", `take over from the pulse ${after}`, state, { hint: "looop up" });
}
