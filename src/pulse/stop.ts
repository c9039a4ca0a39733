import { fail, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import type { Context } from "../profile/profile.ts";
import type { Heartbeat } from "../heartbeat/schema.ts";
import { isPulseHeld, readHeartbeat, viewPulse } from "../heartbeat/store.ts";
import { readSuccessor } from "./successor.ts";
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
  for (;;) {
    const found = await whoRuns(ctx);
    if (!found.ok) return found;
    const heartbeat = found.value;
    if (heartbeat === undefined) return ok({ kind: "not_running" });
    const end = await stopOne(ctx, heartbeat);
    if (end === "held") {
      const state = `its lock is still held, and pid ${heartbeat.pid} is not or no longer it`;
      return fail("failed", "stop the pulse", state, {
        hint: `see who holds it: fuser ${ctx.profile.paths.pulseLock}`,
      });
    }
    // One that had just given its place to another run is gone, and that is the one to stop.
    if (end !== "left") return ok(end);
  }
}

async function stopOne(ctx: Context, heartbeat: Heartbeat): Promise<PulseStop | "left" | "held"> {
  for (const step of [{ signal: "TERM", waitMs: GRACE_MS }, { signal: "KILL", waitMs: KILL_MS }] as const) {
    const sent = await signalPulse(ctx, heartbeat, step.signal);
    // Between its end and the first word of who takes over, both locks say that there is a pulse.
    const end = await endWithin(ctx, heartbeat, sent || readSuccessor(ctx)?.go === true ? step.waitMs : 0);
    if (end === "free") return { kind: step.signal === "TERM" ? "stopped" : "killed", pid: heartbeat.pid };
    if (end === "left") return end;
    if (!sent) break;
  }
  return "held";
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

/** What becomes of the pulse within `ms`: none is left, or another run has its place. Looks at least once. */
async function endWithin(ctx: Context, { run }: Heartbeat, ms: number): Promise<"free" | "left" | "held"> {
  const { clock } = ctx.os;
  const end = clock.ticks() + ms;
  for (;;) {
    if (!isPulseHeld(ctx)) return "free";
    const now = readHeartbeat(ctx)?.run;
    if (now !== undefined && now !== run) return "left";
    if (clock.ticks() >= end) return "held";
    await clock.sleep(5);
  }
}
