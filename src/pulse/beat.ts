import { sentence } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { healed, nextDue } from "../schedules/due.ts";
import { fireIfDue, healIfAhead } from "../schedules/firing.ts";
import { listSchedules } from "../schedules/store.ts";
import { listWorkers } from "../workers/views.ts";
import type { WorkerView } from "../workers/schema.ts";
import type { LiveConfig } from "./live_config.ts";
import type { PulseLog } from "./log.ts";
import { type BeatPlan, intervalNow, planBeat, type UpkeepFacts } from "./plan.ts";
import type { Sensing } from "./sensing.ts";
import type { Upkeep } from "./upkeep.ts";

/** What beats share. */
export interface BeatTools {
  readonly config: LiveConfig;
  readonly sensing: Sensing;
  readonly upkeep: Upkeep;
  readonly log: PulseLog;
  readonly fleet: Fleet;
}

/** The workers as they were last seen. */
export interface Fleet {
  seen?: readonly WorkerView[];
}

/** What a beat did, and how long the pulse may rest. */
export interface Beat {
  readonly plan: BeatPlan;
  readonly intervalMs: number;
}

/** Why there is a beat. */
export interface BeatCall {
  /** Something happened; false: only the time has come. */
  readonly woken: boolean;
  /** The config is to be read whatever its stamp says. */
  readonly reload: boolean;
}

/**
 * One beat: gathers the facts, plans purely, starts what is due. Waits for no sensor and no step of upkeep. Repeating it does no
 * harm: all it decides from is on disk or has a clock of its own.
 */
export async function beat(tools: BeatTools, { woken, reload }: BeatCall): Promise<Beat> {
  const { config, sensing, upkeep, log, fleet } = tools;
  const settlesInMs = await config.look({ now: reload });
  const { ctx } = config;
  const { clock } = ctx.os;
  const now = clock.now();
  const due = (workers: readonly WorkerView[]): readonly UpkeepFacts[] =>
    upkeep.facts(now, clock.ticks(), { workersLive: isLive(workers), woken });
  // To look at a fleet costs far more than what is done each second: then it is taken as it was.
  const last = woken ? undefined : fleet.seen;
  const light = last !== undefined && due(last).every((step) => !step.due || step.light);
  const workers = light ? last : await workersNow(ctx, log);
  fleet.seen = workers;
  const workersLive = isLive(workers);
  const intervalMs = intervalNow(ctx.profile.config, { workersLive, sinceMoveMs: sinceMove(ctx, now) });
  const plan = planBeat({
    intervalMs,
    sensors: sensing.look(ctx, intervalMs),
    freeSlots: ctx.profile.config.sensorConcurrency - sensing.running,
    schedules: await schedulesNow(ctx, now, log),
    upkeep: due(workers),
    settlesInMs,
  });
  sensing.start(ctx, plan.sensors);
  for (const name of plan.schedules) await fire(ctx, name, log);
  upkeep.start(plan.upkeep, { ctx, now, workers });
  sensing.remember(ctx);
  return { plan, intervalMs };
}

function isLive(workers: readonly WorkerView[]): boolean {
  return workers.some(({ alive }) => alive);
}

async function workersNow(ctx: Context, log: PulseLog): Promise<readonly WorkerView[]> {
  try {
    const workers = await listWorkers(ctx, ctx.os.clock.now());
    log.settled("workers");
    return workers;
  } catch (error) {
    log.trouble("workers", { level: "error", event: "workers.unknown", msg: `cannot look at the workers: ${error}` });
    return [];
  }
}

async function schedulesNow(
  ctx: Context,
  now: number,
  log: PulseLog,
): Promise<readonly { readonly name: string; readonly dueInMs: number }[]> {
  const times: { name: string; dueInMs: number }[] = [];
  for (const { name, schedule, problem } of listSchedules(ctx)) {
    if (schedule === undefined) {
      const msg = `schedule ${name} does not count: ${problem ?? "the file holds no schedule"}`;
      log.trouble(`schedule ${name}`, { level: "warn", event: "schedule.invalid", msg, more: { schedule: name } });
      continue;
    }
    log.settled(`schedule ${name}`);
    if (healed(schedule, now) !== undefined) await heal(ctx, { name, now, log });
    const due = await nextDue(schedule, now);
    if (due !== undefined) times.push({ name, dueInMs: due - now });
  }
  return times;
}

async function heal(
  ctx: Context,
  job: { readonly name: string; readonly now: number; readonly log: PulseLog },
): Promise<void> {
  const { name, now, log } = job;
  const healing = await healIfAhead(ctx, name, now);
  if (healing.ok) log.settled(`heal ${name}`);
  else log.trouble(`heal ${name}`, { level: "error", event: "schedule.heal", msg: sentence(healing.failure) });
}

async function fire(ctx: Context, name: string, log: PulseLog): Promise<void> {
  const fired = await fireIfDue(ctx, name, ctx.os.clock.now());
  if (!fired.ok) {
    log.trouble(`fire ${name}`, { level: "error", event: "schedule.fail", msg: sentence(fired.failure) });
    return;
  }
  log.settled(`fire ${name}`);
  if (fired.value === undefined) return;
  const { count, note } = fired.value;
  const msg = `schedule ${name} fired${note === undefined ? "" : `: ${note}`}`;
  log.write({ level: "ok", event: "schedule.fired", msg, more: { schedule: name, count } });
}

/** Milliseconds since the last move: each leaves one line in the journal. */
function sinceMove(ctx: Context, now: number): number | undefined {
  const stamp = ctx.os.files.stat(ctx.profile.paths.journal);
  return stamp.ok && stamp.value.size > 0 ? Math.max(0, now - stamp.value.mtimeMs) : undefined;
}
