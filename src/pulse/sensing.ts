import { sentence } from "../failure.ts";
import { canonicalJson } from "../base/canonical_json.ts";
import { sha256Hex } from "../base/sha256.ts";
import type { Context } from "../profile/profile.ts";
import { signalOf } from "../snapshots/schema.ts";
import { pruneSnapshots, sensorsWithReading, writeSnapshot } from "../snapshots/store.ts";
import { type SensorDueFacts, SETTLE_MS } from "../sensors/due.ts";
import { FLAPPING_AT, isFlapping, nextStreak } from "../sensors/flapping.ts";
import { killMarked, runSensor, type SensorRun } from "../sensors/process.ts";
import { errorReading } from "../sensors/reading.ts";
import type { Sensor, SensorOutcome, SensorRecord } from "../sensors/schema.ts";
import { type HeadCache, readSensorRecords, scanSensors, writeSensorRecords } from "../sensors/store.ts";
import type { PulseLog } from "./log.ts";

/** The sensing half of the pulse: which sensors there are, which run, what they last gave. */
export interface Sensing {
  /** Looks at the scripts, forgets those that went with their readings and their runs. `intervalMs` is the cadence of those that name none. */
  look(ctx: Context, intervalMs: number): readonly SensorDueFacts[];
  /** Starts runs and returns; each publishes by itself the moment it ends, then pokes. */
  start(ctx: Context, names: readonly string[]): void;
  readonly running: number;
  /** Writes down what ended since the last time. */
  remember(ctx: Context): void;
  /** Kills what runs, waits for its end at most `graceMs`, remembers. */
  stop(ctx: Context, graceMs: number): Promise<void>;
}

interface Tools {
  readonly log: PulseLog;
  /** New at each start of the pulse: marks what its sensors start. */
  readonly run: string;
  poke(why: string): void;
}

/** In place of the stamp of a script that is not there at this moment. */
const MISSING = "missing";

interface Known {
  readonly sensor: Sensor;
  /** Since when the script has stood as it is, on the monotonic clock; minus infinity when it did before we looked. */
  readonly stillSince: number;
}

/** Begins with what the pulse before remembered, so that a restart runs nothing before it is due. */
export function makeSensing(first: Context, tools: Tools): Sensing {
  const cache: HeadCache = new Map();
  const known = new Map<string, Known>();
  const records = new Map<string, SensorRecord>(readSensorRecords(first));
  const startedTicks = new Map<string, number>();
  const runs = new Map<string, SensorRun>();
  let looks = 0;
  let runCount = 0;
  let dirty = false;
  return {
    look,
    start: (ctx, names) => names.forEach((name) => startOne(ctx, name)),
    get running() {
      return runs.size;
    },
    remember,
    stop,
  };

  function look(ctx: Context, intervalMs: number): readonly SensorDueFacts[] {
    const scan = scanSensors(ctx, cache);
    if (!scan.ok) {
      // Not the same as no sensors: their readings stay.
      tools.log.trouble("sensors", { level: "error", event: "sense.unreadable", msg: sentence(scan.failure) });
      return [];
    }
    tools.log.settled("sensors");
    const ticks = ctx.os.clock.ticks();
    const sensors = [...scan.value.sensors, ...justMissing(scan.value.sensors, ticks)];
    takeIn(ctx, sensors, ticks);
    looks++;
    const published = sensorsWithReading(ctx);
    return sensors.map((sensor) => factsOf(ctx, sensor, { ticks, intervalMs, published }));
  }

  /**
   * Sensors that are not there, or no sensors, since a moment: an editor empties a script before it writes it, or moves it away first. Until
   * it has stood so for as long as an edit has to, it counts as being edited, and keeps its reading.
   */
  function justMissing(there: readonly Sensor[], ticks: number): readonly Sensor[] {
    const names = new Set(there.map(({ name }) => name));
    return [...known.values()]
      .filter(({ sensor }) => !names.has(sensor.name))
      .filter(({ sensor, stillSince }) => sensor.stamp !== MISSING || ticks - stillSince < SETTLE_MS)
      .map(({ sensor }) => ({ ...sensor, stamp: MISSING }));
  }

  function takeIn(ctx: Context, sensors: readonly Sensor[], ticks: number): void {
    const now = ctx.os.clock.now();
    for (const sensor of sensors) {
      const before = known.get(sensor.name);
      // At the first look what was not touched for a while is settled already.
      const settled = looks === 0 && now - sensor.modifiedMs > SETTLED_LONG_AGO_MS;
      const stillSince = before?.sensor.stamp === sensor.stamp ? before.stillSince : settled ? -Infinity : ticks;
      known.set(sensor.name, { sensor, stillSince });
    }
    const present = new Set(sensors.map(({ name }) => name));
    for (const name of known.keys()) {
      if (present.has(name)) continue;
      known.delete(name);
      startedTicks.delete(name);
      runs.get(name)?.kill();
      tools.log.write({ level: "info", event: "sense.gone", msg: `sensor ${name} is gone`, more: { sensor: name } });
    }
    for (const name of records.keys()) {
      if (!present.has(name)) dirty = records.delete(name) || dirty;
    }
    const pruned = pruneSnapshots(ctx, present);
    if (pruned.ok) tools.log.settled("prune");
    else tools.log.trouble("prune", { level: "error", event: "sense.prune", msg: sentence(pruned.failure) });
  }

  function factsOf(
    ctx: Context,
    sensor: Sensor,
    look: { readonly ticks: number; readonly intervalMs: number; readonly published: ReadonlySet<string> },
  ): SensorDueFacts {
    const { name } = sensor;
    const record = records.get(name);
    const stillSince = known.get(name)?.stillSince ?? look.ticks;
    return {
      name,
      intervalMs: sensor.header.intervalMs ?? look.intervalMs,
      sinceRunMs: record === undefined ? undefined : sinceRun(ctx, name, record),
      changed: record !== undefined && record.stamp !== sensor.stamp,
      stillMs: look.ticks - stillSince,
      running: runs.has(name),
      published: look.published.has(name),
    };
  }

  /**
   * The monotonic clock knows how long ago a run of this process was, but stands while the machine sleeps; the wall clock knows the
   * rest, but may be set. The longer of the two: at worst a sensor runs once too early. A last run in the future says nothing.
   */
  function sinceRun(ctx: Context, name: string, record: SensorRecord): number | undefined {
    const started = startedTicks.get(name);
    const ticked = started === undefined ? undefined : ctx.os.clock.ticks() - started;
    const wall = ctx.os.clock.now() - record.ran;
    if (ticked === undefined) return wall < 0 ? undefined : wall;
    return Math.max(ticked, wall);
  }

  function startOne(ctx: Context, name: string): void {
    const sensor = known.get(name)?.sensor;
    if (sensor === undefined || runs.has(name)) return;
    const ran = ctx.os.clock.now();
    startedTicks.set(name, ctx.os.clock.ticks());
    const run = runSensor(ctx, sensor, `${tools.run}-${++runCount}-`);
    runs.set(name, run);
    run.end.then((outcome) => publish(ctx, sensor, { ran, outcome })).catch((error) => {
      tools.log.write({ level: "error", event: "sense.bug", msg: `sensor ${name}: ${error}`, more: { sensor: name } });
    }).finally(() => {
      runs.delete(name);
      tools.poke("sensor");
    });
  }

  function publish(
    ctx: Context,
    sensor: Sensor,
    ended: { readonly ran: number; readonly outcome: SensorOutcome },
  ): void {
    const { name } = sensor;
    // Archived meanwhile, as it seems: a reading without a sensor must not come back. One that is edited runs anew.
    if ((known.get(name)?.sensor.stamp ?? MISSING) === MISSING) return;
    const { outcome, ran } = ended;
    const before = records.get(name);
    const good = outcome.kind === "reading" ? ran : before?.good;
    const reading = outcome.kind === "reading" ? outcome.reading : errorReading(outcome, good);
    const written = writeSnapshot(ctx, name, reading);
    if (written.ok) tools.log.settled(`publish ${name}`);
    else {
      tools.log.trouble(`publish ${name}`, { level: "error", event: "sense.publish", msg: sentence(written.failure) });
    }
    const signal = sha256Hex(canonicalJson(signalOf(reading)));
    const after: SensorRecord = {
      ran,
      stamp: sensor.stamp,
      ms: Math.round(outcome.ms),
      ...(good === undefined ? {} : { good }),
      ...(outcome.kind === "error" ? { error: outcome.error } : {}),
      signal,
      streak: nextStreak(before?.streak ?? 0, before?.signal, signal),
    };
    records.set(name, after);
    dirty = true;
    tell(name, outcome, { before, after });
  }

  function tell(
    name: string,
    outcome: SensorOutcome,
    record: { readonly before: SensorRecord | undefined; readonly after: SensorRecord },
  ): void {
    const { before, after } = record;
    if (isFlapping(after.streak) && !isFlapping(before?.streak ?? 0)) {
      const msg = `sensor ${name} is flapping: another signal in each of ${FLAPPING_AT} runs`;
      tools.log.write({ level: "warn", event: "sense.flapping", msg, more: { sensor: name } });
    }
    if (before?.signal === after.signal) return;
    if (outcome.kind === "error") {
      const { error, message } = outcome;
      const msg = `sensor ${name} failed: ${message}`;
      tools.log.write({ level: "warn", event: "sense.fail", msg, more: { sensor: name, error, ms: after.ms ?? 0 } });
    } else {
      const msg = `sensor ${name}: ${before === undefined ? "first reading" : "its signal changed"}`;
      tools.log.write({ level: "ok", event: "sense.ok", msg, more: { sensor: name, ms: after.ms ?? 0 } });
    }
  }

  function remember(ctx: Context): void {
    if (!dirty) return;
    const written = writeSensorRecords(ctx, records);
    if (written.ok) {
      dirty = false;
      tools.log.settled("remember");
    } else tools.log.trouble("remember", { level: "error", event: "sense.remember", msg: sentence(written.failure) });
  }

  async function stop(ctx: Context, graceMs: number): Promise<void> {
    const under = [...runs.values()];
    known.clear(); // what is killed now must not publish that it was
    for (const run of under) run.kill();
    if (under.length > 0) {
      await Promise.race([Promise.all(under.map((run) => run.end)), ctx.os.clock.sleep(graceMs)]);
      await Promise.race([killMarked(ctx.os, `${tools.run}-`), ctx.os.clock.sleep(graceMs)]);
    }
    remember(ctx);
  }
}

/** Well above the span that a script being written has to stand still, and above the grain of any file system's stamps. */
const SETTLED_LONG_AGO_MS = 2_000;
