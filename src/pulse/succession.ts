import { COMMIT, VERSION } from "../base/version.ts";
import type { Context } from "../profile/profile.ts";
import type { PulseLog } from "./log.ts";
import { newRun, spawnPulse } from "./start.ts";

/** A program that was just replaced is left alone for so long: an installer may be at work. */
export const UPGRADE_SETTLE_MS = 1_000;

/** How long the new program is given to say its version, and then to stand ready. */
const ANSWER_MS = 10_000;

/** Looks after each beat whether this program was replaced by another version of itself. */
export interface Succession {
  /**
   * `handed_over`: the new program runs as a pulse that stands ready, and this one has to end; its lock goes over when its process is
   * gone. `settling`: the program at our path is another one since less than `UPGRADE_SETTLE_MS`.
   */
  look(): Promise<"none" | "settling" | "handed_over">;
}

/** For a pulse that never hands over. */
export const NO_SUCCESSION: Succession = { look: () => Promise.resolve("none") };

/**
 * An upgrade must not wait for somebody to restart the pulse, nor may there be a moment without one. So the old pulse starts the program
 * that lies at its own path now, which takes a lock that says "alive" as well as the pulse's own does, and only then ends. A new program
 * that does not run here, is the same version, or cannot work with this profile (an older one) is told once and left alone.
 */
export function makeSuccession(ctx: Context, log: PulseLog): Succession {
  const { os } = ctx;
  const path = os.environment.selfPath();
  let known = stampOf(ctx, path);
  let fresh: { readonly stamp: string; readonly ticks: number } | undefined;
  return {
    look: async () => {
      const stamp = stampOf(ctx, path);
      if (stamp === undefined || stamp === known) {
        fresh = undefined;
        return "none";
      }
      if (fresh?.stamp !== stamp) fresh = { stamp, ticks: os.clock.ticks() };
      if (os.clock.ticks() - fresh.ticks < UPGRADE_SETTLE_MS) return "settling";
      known = stamp; // tried once, whatever comes of it
      return await handOver(ctx, log, path) ? "handed_over" : "none";
    },
  };
}

/** What tells one file from another at the same path. Undefined while there is none: an installer is between two steps, or gone. */
function stampOf(ctx: Context, path: string): string | undefined {
  const stamp = ctx.os.files.stat(path);
  if (!stamp.ok) return undefined;
  const { dev, ino, size, mtimeMs } = stamp.value;
  return `${dev}:${ino}:${size}:${mtimeMs}`;
}

async function handOver(ctx: Context, log: PulseLog, path: string): Promise<boolean> {
  const { os, profile } = ctx;
  const asked = await os.processes.sh('exec "$1" version --json', [path], { timeoutMs: ANSWER_MS });
  const version = asked.code === 0 ? versionOf(asked.stdout) : undefined;
  if (version === undefined) {
    log.write({
      level: "warn",
      event: "pulse.upgrade",
      msg: `${path} was replaced by something that does not run here`,
    });
    return false;
  }
  if (version === `${VERSION} ${COMMIT}`) return false;
  spawnPulse(ctx, newRun(), { succeed: true });
  const end = os.clock.ticks() + ANSWER_MS;
  while (!os.locks.isHeld(profile.paths.successorLock)) {
    if (os.clock.ticks() >= end) {
      const msg = `looop ${version.trim()} lies at ${path} and did not take over: this one goes on`;
      log.write({ level: "warn", event: "pulse.upgrade", msg });
      return false;
    }
    await os.clock.sleep(10);
  }
  log.write({ level: "info", event: "pulse.upgrade", msg: `looop ${version.trim()} takes over` });
  return true;
}

function versionOf(json: string): string | undefined {
  try {
    const { version, commit } = JSON.parse(json);
    return typeof version === "string" ? `${version} ${typeof commit === "string" ? commit : ""}` : undefined;
  } catch {
    return undefined;
  }
}
