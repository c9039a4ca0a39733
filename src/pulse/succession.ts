import { sentence } from "../failure.ts";
import { COMMIT, VERSION } from "../base/version.ts";
import type { Context } from "../profile/profile.ts";
import type { PulseLog } from "./log.ts";
import { newRun, spawnPulse } from "./start.ts";
import { readSuccessor, removeSuccessor, writeSuccessor } from "./successor.ts";

/** The program's files have to stand still for so long: an upgrade may write several. */
const SETTLE_MS = 500;

/** How long the other looop may take to say its version, and to stand ready. */
const VERSION_MS = 30_000;
const READY_MS = 30_000;

/** How often the pulse looks whether it stands ready, and whether nothing is under way. */
const LOOK_MS = 50;

/** For so long the pulse lets sensors and checks come to their end. What is cut off after that is done again by the successor. */
const PATIENCE_MS = 10_000;

/** After one that did not come up the next is tried so much later, unless the files change again. */
const RETRY_MS = 600_000;

/**
 * The pulse's way out when another looop lies where its own did: an upgrade must not wait for somebody to restart the pulse, nor may there
 * be a moment without one. It starts the other one, which waits; only when it stands ready does the
 * pulse leave, and nothing is given up before. See `takeover.ts` for the other side.
 */
export interface Succession {
  /** Called once a beat: a stat or two. */
  look(ctx: Context): void;
  /** A successor stands ready and has been told to go: the pulse has nothing to do but to end. */
  readonly done: boolean;
  /** The pulse ends for another reason: nobody shall take over. */
  abandon(ctx: Context): void;
}

interface Tools {
  readonly run: string;
  readonly log: PulseLog;
  /** Whether something is under way that an end would cut off. */
  busy(): boolean;
  poke(why: string): void;
  /** The pulse belongs to a terminal or a supervisor, and what would take over would not: that there is a newer one is only told. */
  readonly attended: boolean;
}

/** Begins with the program as it is now. */
export function makeSuccession(first: Context, tools: Tools): Succession {
  const { log } = tools;
  const ended = new AbortController();
  let known = stampOf(first);
  let underWay = false;
  let failed: { readonly stamp: string; readonly untilTicks: number } | undefined;
  let done = false;
  let run: string | undefined;
  return {
    look,
    get done() {
      return done;
    },
    abandon: (ctx) => {
      ended.abort();
      if (run !== undefined && !done) removeSuccessor(ctx, run);
    },
  };

  function look(ctx: Context): void {
    if (underWay || done) return;
    const stamp = stampOf(ctx);
    if (stamp === known) return;
    if (failed?.stamp === stamp && ctx.os.clock.ticks() < failed.untilTicks) return;
    underWay = true;
    succeed(ctx).catch((error) => {
      log.trouble("succession", { level: "error", event: "pulse.bug", msg: `cannot hand over: ${error}` });
    }).finally(() => {
      underWay = false;
    });
  }

  async function succeed(ctx: Context): Promise<void> {
    const stamp = await settled(ctx);
    // Gone: an upgrade in two steps is between them, or looop was uninstalled. Neither ends the pulse.
    if (stamp === "" || ended.signal.aborted) return;
    const other = await buildOf(ctx);
    if (other === undefined) return fails(ctx, stamp, "what was put in its place does not run here");
    if (other.version === VERSION && other.commit === COMMIT) {
      known = stamp;
      return;
    }
    if (tools.attended) {
      known = stamp;
      const msg = `looop ${other.version} was installed: end this pulse and start it again to run it`;
      log.write({ level: "info", event: "pulse.upgrade", msg });
      return;
    }
    const ready = await isReady(ctx);
    if (ended.signal.aborted) return;
    if (!ready) return fails(ctx, stamp, `looop ${other.version} did not come up (see stderr.txt beside this log)`);
    await quiet(ctx);
    if (ended.signal.aborted) return;
    leave(ctx, stamp, other);
  }

  /** From here on the successor has the word: it takes the lock when this process is gone, however that happens. */
  function leave(ctx: Context, stamp: string, other: Build): void {
    const successor = readSuccessor(ctx);
    if (successor === undefined || successor.run !== run || !isWaiting(ctx)) {
      return fails(ctx, stamp, `looop ${other.version} ended while it waited`);
    }
    const told = writeSuccessor(ctx, { ...successor, go: true });
    if (!told.ok) return fails(ctx, stamp, sentence(told.failure));
    done = true;
    const msg = `looop ${other.version} takes over (pid ${successor.pid})`;
    log.write({ level: "info", event: "pulse.upgrade", msg, more: { to: successor.run, version: other.version } });
    tools.poke("upgrade");
  }

  function fails(ctx: Context, stamp: string, why: string): void {
    if (run !== undefined) removeSuccessor(ctx, run);
    failed = { stamp, untilTicks: ctx.os.clock.ticks() + RETRY_MS };
    log.trouble("succession", { level: "warn", event: "pulse.upgrade", msg: `the pulse stays: ${why}` });
  }

  async function settled(ctx: Context): Promise<string> {
    let stamp = stampOf(ctx);
    for (;;) {
      await ctx.os.clock.sleep(SETTLE_MS, ended.signal);
      const after = stampOf(ctx);
      if (after === stamp || ended.signal.aborted) return after;
      stamp = after;
    }
  }

  async function isReady(ctx: Context): Promise<boolean> {
    const { clock } = ctx.os;
    run = newRun();
    spawnPulse(ctx, run, { after: tools.run });
    const end = clock.ticks() + READY_MS;
    while (clock.ticks() < end && !ended.signal.aborted) {
      // It takes its lock before it says so, and loses that when it dies.
      if (readSuccessor(ctx)?.run === run) return isWaiting(ctx);
      await clock.sleep(LOOK_MS, ended.signal);
    }
    return false;
  }

  async function quiet(ctx: Context): Promise<void> {
    const { clock } = ctx.os;
    const end = clock.ticks() + PATIENCE_MS;
    while (tools.busy() && isWaiting(ctx) && clock.ticks() < end && !ended.signal.aborted) {
      await clock.sleep(LOOK_MS, ended.signal);
    }
  }
}

/** Its lock goes with it, so this cannot be said of one that died. */
function isWaiting(ctx: Context): boolean {
  return ctx.os.locks.isHeld(ctx.profile.paths.successorLock);
}

/** What another program in the same place would not have; empty when there is none. */
function stampOf({ os }: Context): string {
  const stamps = os.environment.programFiles().map((path) => os.files.stat(path));
  if (stamps.some((stamp) => !stamp.ok)) return "";
  return stamps.map((stamp) => {
    return stamp.ok ? [stamp.value.dev, stamp.value.ino, stamp.value.size, stamp.value.mtimeMs].join(":") : "";
  }).join(" ");
}

/** A looop as it tells of itself. */
interface Build {
  readonly version: string;
  readonly commit: string;
}

/** What lies in our place, asked itself: undefined when it does not answer. */
async function buildOf({ os }: Context): Promise<Build | undefined> {
  const { end } = os.processes.run({
    argv: [os.environment.selfPath(), "version", "--json"],
    timeoutMs: VERSION_MS,
    stdoutMax: 4_096,
    overflow: "kill",
    stderrMax: 1_024,
  });
  const ended = await end;
  if (ended.kind !== "exited" || ended.code !== 0) return undefined;
  try {
    const { version, commit } = JSON.parse(new TextDecoder().decode(ended.stdout));
    return typeof version === "string" ? { version, commit: typeof commit === "string" ? commit : "" } : undefined;
  } catch {
    return undefined;
  }
}
