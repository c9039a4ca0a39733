import { join } from "node:path";
import { fail, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import { oneLine } from "../base/text.ts";
import { shellWord } from "../base/shell_word.ts";
import type { Lock } from "../os/lock.ts";
import type { Context } from "../profile/profile.ts";
import { proveFileSystem } from "../profile/prove.ts";
import type { Heartbeat } from "../heartbeat/schema.ts";
import { readHeartbeat, viewPulse } from "../heartbeat/store.ts";
import { problemText } from "./live_config.ts";
import { pulseLogPath } from "./log.ts";
import { readableLine } from "./log_format.ts";

/** How long a pulse may take from its start to its first beat: cold caches, two cores, many starting at once. */
const APPEAR_MS = 10_000;

/** Beside the file events: heartbeats that nobody was told of are found by looking. */
const LOOK_MS = 200;

/** What the pulse says on stderr is kept up to here, from start to start. */
const LAST_WORDS_MAX = 65_536;

/** How long a pulse tries for its lock while others only look whether it is held. */
const LOCK_MS = 2_000;

/** What `up` found or did. */
export interface PulseStart {
  readonly started: boolean;
  readonly heartbeat: Heartbeat;
}

/** A name for one run of a pulse. */
export function newRun(): string {
  return crypto.randomUUID().slice(0, 13);
}

/**
 * Takes the pulse's lock for the life of this process. `conflict` when another pulse has it. The kernel gives it back when the
 * process ends, however that happens. Whoever only looks holds a shared lock for microseconds: that is told from a pulse, and waited out.
 */
export async function takePulseLock(ctx: Context): Promise<Result<Lock>> {
  const { clock, locks } = ctx.os;
  const { pulseLock } = ctx.profile.paths;
  const end = clock.ticks() + LOCK_MS;
  for (;;) {
    const lock = locks.tryAcquire(pulseLock);
    if (lock !== undefined) return ok(lock);
    // Another look gets its share beside the looker's, and not beside a pulse's.
    if (locks.isHeld(pulseLock) || clock.ticks() >= end) break;
    await clock.sleep(1);
  }
  const pid = readHeartbeat(ctx)?.pid;
  const state = `it is already running${pid === undefined ? "" : ` (pid ${pid})`}`;
  return fail("conflict", "run the pulse", state, { hint: "looop log pulse -f (its log), looop down (stops it)" });
}

/**
 * Makes sure that a pulse runs: finds one, or starts one that outlives this process and its terminal, and answers when it has been
 * seen alive and has beaten. Of many at once one starts it; the others find it. Refuses a broken config, and a file system that
 * cannot carry a profile.
 */
export async function startPulse(ctx: Context): Promise<Result<PulseStart>> {
  const refused = await refusal(ctx);
  if (!refused.ok) return refused;
  // One starter at a time: a second pulse that finds the lock taken would do no harm, but one that is slow could find it free again,
  // after a `down`, and run when nobody wants it.
  const turn = await ctx.os.locks.acquire(join(ctx.profile.paths.locks, "up"), APPEAR_MS);
  try {
    return await startInTurn(ctx);
  } finally {
    turn?.release();
  }
}

async function startInTurn(ctx: Context): Promise<Result<PulseStart>> {
  const run = newRun();
  // Before the look: read after it, it could be that of a rival which has come meanwhile, and would be taken for a dead one's for ever.
  const last = readHeartbeat(ctx)?.run;
  const view = viewPulse(ctx);
  if (!view.alive) spawnPulse(ctx, run);
  else if (view.heartbeat !== undefined) return ok({ started: false, heartbeat: view.heartbeat });
  const heartbeat = await firstBeat(ctx, { run, stale: view.alive ? undefined : last });
  if (heartbeat !== undefined) return ok({ started: heartbeat.run === run, heartbeat });
  return fail("failed", "start the pulse", `it was not seen alive within ${APPEAR_MS / 1000} seconds`, {
    hint: ends(ctx) ?? "looop up --foreground (shows what it says)",
  });
}

/** What keeps a pulse from being started here, before one is tried. */
async function refusal(ctx: Context): Promise<Result<void>> {
  const { configProblem, paths } = ctx.profile;
  if (configProblem !== undefined) {
    return fail("failed", "start the pulse", `${paths.config} is not usable: ${problemText(configProblem)}`, {
      hint: "mend it, then repeat: looop config show",
    });
  }
  // Proved once: what carried a pulse before carries one now.
  return ctx.os.files.stat(pulseLogPath(ctx)).ok ? ok(undefined) : await proveFileSystem(ctx.os, paths);
}

/** Starts the body of the pulse, or of one that waits for the run `after` to leave it its place. What it may have to say before it can write its log, or while it dies, goes into a file. */
export function spawnPulse(ctx: Context, run: string, more: { readonly after?: string } = {}): void {
  const { os, profile } = ctx;
  const lastWords = lastWordsPath(ctx);
  const stamp = os.files.stat(lastWords);
  if (stamp.ok && stamp.value.size > LAST_WORDS_MAX) os.files.remove(lastWords);
  os.files.append(lastWords, ""); // made here: for its owner alone
  os.processes.spawnDetached({
    argv: [
      "sh",
      "-c",
      'file=$1; shift; exec "$@" 2>>"$file"',
      "sh",
      lastWords,
      os.environment.selfPath(),
      "pulse",
      "--run",
      run,
      ...(more.after === undefined ? [] : ["--after", more.after]),
    ],
    cwd: profile.paths.root,
    env: {
      LOOOP_DATA_DIR: profile.paths.root,
      LOOOP_CONFIG: profile.paths.config,
      LOOOP_CLIENT: "", // what the pulse does is not the doing of the client that called `up`
    },
  });
}

function lastWordsPath(ctx: Context): string {
  return join(ctx.profile.paths.pulse, "stderr.txt");
}

/** Waits until the lock is held and a heartbeat of this start, or of a rival's, lies there: any but that of the last pulse, which is dead. */
async function firstBeat(
  ctx: Context,
  { run, stale }: { readonly run: string; readonly stale: string | undefined },
): Promise<Heartbeat | undefined> {
  const { clock, watches } = ctx.os;
  let woken = new AbortController();
  const watch = watches.open([ctx.profile.paths.pulse], () => woken.abort());
  const end = clock.ticks() + APPEAR_MS;
  try {
    while (clock.ticks() < end) {
      const { alive, heartbeat } = viewPulse(ctx);
      if (alive && heartbeat !== undefined && (heartbeat.run === run || heartbeat.run !== stale)) return heartbeat;
      await clock.sleep(LOOK_MS, woken.signal);
      woken = new AbortController();
    }
    return undefined;
  } finally {
    watch.close();
  }
}

/** The last lines of the pulse's log and of what it said on stderr, for whoever asks why it did not come up. */
function ends(ctx: Context): string | undefined {
  const parts = [
    { path: pulseLogPath(ctx), show: readableLine },
    { path: lastWordsPath(ctx), show: oneLine },
  ].flatMap(({ path, show }) => {
    const tail = ctx.os.files.readTail(path, 2_000);
    const lines = tail.ok ? new TextDecoder().decode(tail.value.bytes).trim().split("\n").slice(-3) : [];
    return lines.join("") === "" ? [] : [`the end of ${shellWord(path)}:`, ...lines.map(show)];
  });
  return parts.length === 0 ? undefined : parts.join("\n");
}
