import { sentence } from "../failure.ts";
import { VERSION } from "../base/version.ts";
import type { Context } from "../profile/profile.ts";
import { heartbeatPath, writeHeartbeat } from "../heartbeat/store.ts";
import { type Beat, beat, type BeatTools } from "./beat.ts";
import { ownIdentity } from "./identity.ts";
import { makeLiveConfig } from "./live_config.ts";
import { openPulseLog } from "./log.ts";
import { BEAT_SPACING_MS } from "./plan.ts";
import { makeSensing } from "./sensing.ts";
import { makeSuccession, type Succession } from "./succession.ts";
import { makeUpkeep, type UpkeepStep } from "./upkeep.ts";
import { makeWaker, type Waker } from "./waker.ts";
import { type Watching, watchProfile } from "./watching.ts";

/** How the pulse is run. */
export interface PulseOptions {
  /** Names this run; new at each start. */
  readonly run: string;
  /** The run that left its place to this one. */
  readonly after?: string | undefined;
  readonly steps: readonly UpkeepStep[];
  /** Given each line of the log as well. */
  readonly echo?: ((line: string) => void) | undefined;
}

/** Where nothing tells about file events, the pulse looks this often. */
const BLIND_MS = 5_000;

/** After a beat that failed as a whole, so that a lasting trouble costs no core. */
const AFTER_BUG_MS = 1_000;

/** How long the end waits for a beat under way, for sensors that were killed, and for the last lines: well below a second together. */
const END_BEAT_MS = 300;
const END_SENSORS_MS = 200;
const END_LOG_MS = 100;

/** A beat that did nothing is not worth a write to the disk more often than this. */
const HEARTBEAT_MS = 5_000;

/** What lives as long as the pulse. */
interface Pulse extends BeatTools {
  readonly options: PulseOptions;
  readonly waker: Waker;
  readonly watching: Watching;
  readonly succession: Succession;
  readonly started: number;
  /** What the kernel says of when this process was started. */
  readonly identity: Promise<string | undefined>;
  /** The lock's file as it was taken: with another one there, or none, this is no longer the pulse of anything. */
  readonly lockFile: string | undefined;
  ending: boolean;
  /** SIGHUP came: the config is read again at the next beat, changed or not. */
  reload: boolean;
  beats: number;
  heartbeatTicks: number;
  /** What the last heartbeat said that others go by. */
  heartbeatSaid: string;
}

/**
 * The pulse's life: beats until SIGTERM or SIGINT, woken by file events, due times and the interval; SIGHUP reads the config again.
 * The caller holds the pulse's lock and goes on holding it until the process is gone, so that a free lock means just that. Whatever it
 * started is gone within a second of the signal.
 */
export async function runPulse(first: Context, options: PulseOptions): Promise<void> {
  const { os, profile } = first;
  const waker = makeWaker(os.clock);
  const log = openPulseLog(first, options.echo);
  // The heartbeat of the pulse before must not speak for this one. Who takes over has spoken already.
  if (options.after === undefined) os.files.remove(heartbeatPath(first));
  log.write({
    level: "info",
    event: "pulse.start",
    msg: `the pulse starts (pid ${os.environment.pid})`,
    more: { run: options.run, version: VERSION, ...(options.after !== undefined && { after: options.after }) },
  });
  const sensing = makeSensing(first, { log, run: options.run, poke: waker.poke });
  const upkeep = makeUpkeep(options.steps, { log, poke: waker.poke });
  const pulse: Pulse = {
    options,
    log,
    waker,
    // Armed before the first look: what changes in between is not missed.
    watching: watchProfile(first, waker.poke),
    config: makeLiveConfig(first, log),
    sensing,
    upkeep,
    fleet: {},
    succession: makeSuccession(first, {
      run: options.run,
      log,
      busy: () => sensing.running > 0 || upkeep.busy,
      poke: waker.poke,
      // One at a terminal stays there: whoever watches it starts the next.
      attended: options.echo !== undefined,
    }),
    started: os.clock.now(),
    identity: ownIdentity(first),
    lockFile: fileIdentity(first, profile.paths.pulseLock),
    ending: false,
    reload: false,
    beats: 0,
    heartbeatTicks: -Infinity,
    heartbeatSaid: "",
  };
  const asked = new AbortController();
  const deafen = os.processes.onSignal(["SIGTERM", "SIGINT", "SIGHUP"], (signal) => {
    if (signal === "SIGHUP") pulse.reload = true;
    else {
      pulse.ending = true;
      asked.abort();
    }
    waker.poke(signal);
  });
  await Promise.race([live(pulse), endOf(first, asked.signal)]);
  pulse.ending = true;
  pulse.succession.abandon(pulse.config.ctx);
  pulse.upkeep.stop();
  pulse.watching.close();
  await pulse.sensing.stop(pulse.config.ctx, END_SENSORS_MS);
  log.write({ level: "info", event: "pulse.stop", msg: "the pulse ends", more: { run: options.run } });
  await Promise.race([log.flush(), os.clock.sleep(END_LOG_MS)]);
  deafen();
}

/** Resolves a little after the pulse was asked to end: what a beat is at may be waiting for something slow. */
async function endOf(ctx: Context, asked: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => asked.addEventListener("abort", () => resolve(), { once: true }));
  await ctx.os.clock.sleep(END_BEAT_MS);
}

async function live(pulse: Pulse): Promise<void> {
  const { clock } = pulse.config.ctx.os;
  let reasons: readonly string[] = ["start"];
  while (!pulse.ending && !pulse.succession.done) {
    const began = clock.ticks();
    const restMs = await beatSafely(pulse, reasons);
    if (restMs === undefined) return;
    reasons = await pulse.waker.rest(restMs);
    // A burst of events is one more beat, not hundreds.
    const spare = BEAT_SPACING_MS - (clock.ticks() - began);
    if (spare > 0 && !pulse.ending) {
      await clock.sleep(spare);
      reasons = [...new Set([...reasons, ...await pulse.waker.rest(0)])];
    }
  }
}

/** One beat and what goes with it; answers how long to rest, or undefined when the profile is gone. Never throws: a failure is told and tried again. */
async function beatSafely(pulse: Pulse, reasons: readonly string[]): Promise<number | undefined> {
  const { log, watching } = pulse;
  const { paths } = pulse.config.ctx.profile;
  try {
    if (fileIdentity(pulse.config.ctx, paths.pulseLock) !== pulse.lockFile) {
      log.write({
        level: "error",
        event: "pulse.homeless",
        msg: `${paths.root} was replaced or removed: the pulse ends`,
      });
      return undefined;
    }
    if (await watching.renew()) {
      log.write({ level: "info", event: "pulse.watch", msg: "a directory was replaced: watching the new one" });
    }
    tellWhy(pulse, reasons);
    const { reload } = pulse;
    pulse.reload = false;
    const done = await beat(pulse, { woken: reasons.length > 0, reload });
    pulse.beats++;
    await sayAlive(pulse, done, reasons.length > 0);
    log.settled("beat");
    pulse.succession.look(pulse.config.ctx);
    return watching.lost ? Math.min(BLIND_MS, done.plan.restMs) : done.plan.restMs;
  } catch (error) {
    const told = error instanceof Error ? error.stack ?? error.message : String(error);
    log.trouble("beat", { level: "error", event: "pulse.bug", msg: `a beat failed: ${told}` });
    return AFTER_BUG_MS;
  }
}

async function sayAlive(pulse: Pulse, done: Beat, woken: boolean): Promise<void> {
  const { ctx, problem } = pulse.config;
  const { clock, environment } = ctx.os;
  const saying = `${done.intervalMs} ${problem ?? ""}`;
  const busy = woken || done.plan.sensors.length > 0 || done.plan.schedules.length > 0;
  if (!busy && saying === pulse.heartbeatSaid && clock.ticks() - pulse.heartbeatTicks < HEARTBEAT_MS) return;
  pulse.heartbeatTicks = clock.ticks();
  pulse.heartbeatSaid = saying;
  const said = writeHeartbeat(ctx, {
    pid: environment.pid,
    identity: await pulse.identity,
    run: pulse.options.run,
    started: pulse.started,
    last_beat: clock.now(),
    beats: pulse.beats,
    interval_ms: done.intervalMs,
    version: VERSION,
    config_problem: problem,
  });
  if (said.ok) pulse.log.settled("heartbeat");
  else pulse.log.trouble("heartbeat", { level: "error", event: "pulse.heartbeat", msg: sentence(said.failure) });
}

/** Reasons that are the pulse's own business. */
const QUIET = new Set(["start", "sensor", "upkeep", "SIGTERM", "SIGINT", "journal.md", "upgrade"]);

function tellWhy(pulse: Pulse, reasons: readonly string[]): void {
  const told = reasons.filter((reason) => !QUIET.has(reason));
  if (told.length === 0) return;
  pulse.log.write({ level: "info", event: "wake", msg: `woken by ${told.join(", ")}`, more: { by: told } });
}

function fileIdentity(ctx: Context, path: string): string | undefined {
  const stamp = ctx.os.files.stat(path);
  return stamp.ok ? `${stamp.value.dev}:${stamp.value.ino}` : undefined;
}
