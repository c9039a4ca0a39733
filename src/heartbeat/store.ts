import { join } from "node:path";
import { ioFailure, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import type { Os } from "../os/os.ts";
import type { Paths } from "../profile/paths.ts";
import type { Context } from "../profile/profile.ts";
import { type Heartbeat, heartbeatSchema, type PulseView } from "./schema.ts";

const VERSION = 1;

/**
 * The pulse as it is now: alive while its lock is held, which the kernel ends with the process, so that neither a stale file nor a
 * recycled pid can say so. The heartbeat of a pulse that is not alive is its last. Nothing is disturbed by looking.
 */
export function viewPulse(ctx: Context): PulseView {
  return { alive: isPulseHeld(ctx), heartbeat: readHeartbeat(ctx) };
}

/** The part of a context that says where the locks of the pulse are. */
interface HasLocks {
  readonly os: Pick<Os, "locks">;
  readonly profile: { readonly paths: Paths };
}

/** Whether a pulse runs, or stands ready to go on in the moment in which one hands over to the next (src/pulse/takeover.ts). */
export function isPulseHeld({ os, profile }: HasLocks): boolean {
  const { pulseLock, successorLock } = profile.paths;
  // The successor takes the one lock before it gives up the other: looked at in this order, there is none between them.
  return os.locks.isHeld(pulseLock) || os.locks.isHeld(successorLock) || os.locks.isHeld(pulseLock);
}

/** The last heartbeat; undefined when there is none, or none that can be understood. */
export function readHeartbeat(ctx: Context): Heartbeat | undefined {
  const found = ctx.os.files.read(heartbeatPath(ctx));
  if (found.kind !== "text") return undefined;
  try {
    const parsed = heartbeatSchema.safeParse(JSON.parse(found.text));
    return parsed.success && (parsed.data.v ?? 1) <= VERSION ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Writes the heartbeat, all or nothing, in a directory that wakes nobody. Nobody waits for the disk: after an outage of the machine it
 * tells of a pulse that is gone.
 */
export function writeHeartbeat(ctx: Context, heartbeat: Heartbeat): Result<void> {
  const text = `${JSON.stringify({ ...heartbeat, v: VERSION })}\n`;
  const written = ctx.os.files.replace(heartbeatPath(ctx), text, { durability: "none" });
  return written.ok ? ok(undefined) : ioFailure("write the heartbeat", written.failure);
}

/** Where the heartbeat lies. */
export function heartbeatPath(ctx: Context): string {
  return join(ctx.profile.paths.pulse, "heartbeat.json");
}
