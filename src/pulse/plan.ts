import { type SensorDueFacts, sensorDueIn } from "../sensors/due.ts";

/** A beat is never closer to the one before than this, however many file events come. */
export const BEAT_SPACING_MS = 40;

/** All that a beat decides from. Spans are milliseconds; nothing here is a date, so that no clock can mislead it. */
export interface BeatFacts {
  /** The longest rest. */
  readonly intervalMs: number;
  readonly sensors: readonly SensorDueFacts[];
  /** How many more sensors may run now. */
  readonly freeSlots: number;
  /** In how long each schedule fires; 0 or less: now. */
  readonly schedules: readonly { readonly name: string; readonly dueInMs: number }[];
  readonly upkeep: readonly UpkeepFacts[];
  /** Edits of the config that have not been taken in: in how long they have stood still. */
  readonly settlesInMs?: number | undefined;
}

/** A step of upkeep as the plan sees it. */
export interface UpkeepFacts {
  readonly name: string;
  /** To be started with this beat. */
  readonly due: boolean;
  /** It does with workers as they were seen some seconds ago. */
  readonly light: boolean;
  /** In how long it wants the next beat for its own sake; 0 or less, or Infinity: it does not. */
  readonly asksInMs: number;
}

/** What a beat starts, and when the next one is due if nothing happens. */
export interface BeatPlan {
  readonly sensors: readonly string[];
  readonly schedules: readonly string[];
  readonly upkeep: readonly string[];
  readonly restMs: number;
}

/** Decides what is due. Pure: the same facts give the same plan. */
export function planBeat(facts: BeatFacts): BeatPlan {
  const timed = facts.sensors.map((sensor) => ({ sensor, dueIn: sensorDueIn(sensor) }));
  const due = timed.filter(({ dueIn }) => dueIn === 0).map(({ sensor }) => sensor).sort(longestUnseenFirst);
  const sensors = due.slice(0, Math.max(0, facts.freeSlots)).map(({ name }) => name);
  const schedules = facts.schedules.filter(({ dueInMs }) => dueInMs <= 0).map(({ name }) => name);
  const upkeep = facts.upkeep.filter(({ due }) => due);
  // Due sensors without a free slot ask for no beat: the end of a running one makes it.
  const rests = [
    facts.intervalMs,
    facts.settlesInMs ?? Infinity,
    ...timed.map(({ dueIn }) => dueIn),
    ...facts.schedules.map(({ dueInMs }) => dueInMs),
    ...facts.upkeep.map(({ asksInMs }) => asksInMs),
  ].filter((rest) => rest > 0);
  return {
    sensors,
    schedules,
    upkeep: upkeep.map(({ name }) => name),
    restMs: Math.max(BEAT_SPACING_MS, Math.min(...rests)),
  };
}

/** With fewer slots than sensors, each gets its turn. */
function longestUnseenFirst(a: SensorDueFacts, b: SensorDueFacts): number {
  return (b.sinceRunMs ?? Infinity) - (a.sinceRunMs ?? Infinity) || 0;
}

/** The interval in force: the shortest of those that apply. */
export function intervalNow(
  config: { readonly intervalMs: number; readonly busyIntervalMs: number; readonly activeIntervalMs: number },
  state: { readonly workersLive: boolean; readonly sinceMoveMs: number | undefined },
): number {
  const applying = [config.intervalMs];
  if (state.workersLive) applying.push(config.busyIntervalMs);
  if (state.sinceMoveMs !== undefined && state.sinceMoveMs < ACTIVE_MS) applying.push(config.activeIntervalMs);
  return Math.max(SHORTEST_INTERVAL_MS, applying.length === 1 ? config.intervalMs : Math.min(...applying.slice(1)));
}

/** How long after a move `active_interval` holds. */
const ACTIVE_MS = 600_000;

/** However short the config says: below this the pulse would keep a core warm. */
const SHORTEST_INTERVAL_MS = 1_000;
