import { fail, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import type { Context } from "../profile/profile.ts";
import type { Heartbeat } from "../heartbeat/schema.ts";
import { isPulseHeld, viewPulse } from "../heartbeat/store.ts";
import { platformOf, type SignalName } from "../sessions/platform.ts";

/** A pulse ends within a second of TERM. What needs longer is stuck. */
const GRACE_MS = 3_000;

/** From KILL to a free lock is the kernel's business. */
const KILL_MS = 2_000;

/** A pulse that has its lock and no heartbeat yet is starting. */
const STARTING_MS = 5_000;

/** What `down` saw of the pulse. */
export type PulseStop =
  | { readonly kind: "not_running" }
  | { readonly kind: "stopped"; readonly pid: number }
  /** It did not answer TERM. */
  | { readonly kind: "killed"; readonly pid: number };

/**
 * Stops the pulse and answers when its lock is free, which is when the process is gone: TERM, then KILL after a grace. The process is
 * named by number and start, compared in the moment before the signal: a number that belongs to somebody else now is never hit.
 */
export async function stopPulse(ctx: Context): Promise<Result<PulseStop>> {
  const stopped = await stopOne(ctx);
  // One that had just handed over is gone, and another holds the lock: that is the one to stop.
  return stopped.ok ? stopped : await stopOne(ctx);
}

async function stopOne(ctx: Context): Promise<Result<PulseStop>> {
  const found = await whoRuns(ctx);
  if (!found.ok) return found;
  const heartbeat = found.value;
  if (heartbeat === undefined) return ok({ kind: "not_running" });
  for (const step of [{ signal: "TERM", waitMs: GRACE_MS }, { signal: "KILL", waitMs: KILL_MS }] as const) {
    const sent = await signalPulse(ctx, heartbeat, step.signal);
    if (await freeWithin(ctx, sent ? step.waitMs : 0)) {
      return ok({ kind: step.signal === "TERM" ? "stopped" : "killed", pid: heartbeat.pid });
    }
    if (!sent) break;
  }
  return fail("failed", "stop the pulse", `its lock is still held, and pid ${heartbeat.pid} is not or no longer it`, {
    hint: `see who holds it: fuser ${ctx.profile.paths.pulseLock}`,
  });
}

/** The heartbeat of the pulse that holds the lock; undefined when none does. */
async function whoRuns(ctx: Context): Promise<Result<Heartbeat | undefined>> {
  const { clock } = ctx.os;
  const end = clock.ticks() + STARTING_MS;
  for (;;) {
    const { alive, heartbeat } = viewPulse(ctx);
    if (!alive) return ok(undefined);
    if (heartbeat?.identity !== undefined) return ok(heartbeat);
    if (clock.ticks() >= end) break;
    await clock.sleep(20);
  }
  return fail("failed", "stop the pulse", "it holds its lock and does not say who it is", {
    hint: `see who holds it: fuser ${ctx.profile.paths.pulseLock}`,
  });
}

async function signalPulse(ctx: Context, { pid, identity }: Heartbeat, name: SignalName): Promise<boolean> {
  if (identity === undefined) return false;
  return await platformOf(ctx.os).signal(ctx.os, name, [{ pid, start: identity }]) > 0;
}

/** Whether the lock becomes free within `ms`. Looks at least once. */
async function freeWithin(ctx: Context, ms: number): Promise<boolean> {
  const { clock } = ctx.os;
  const end = clock.ticks() + ms;
  for (;;) {
    if (!isPulseHeld(ctx)) return true;
    if (clock.ticks() >= end) return false;
    await clock.sleep(5);
  }
}
