import type { Context } from "../profile/profile.ts";
import type { WorkerView } from "../workers/schema.ts";
import type { PulseLog } from "./log.ts";
import type { UpkeepFacts } from "./plan.ts";

/** What a step of upkeep is given. */
export interface UpkeepJob {
  readonly ctx: Context;
  /** Wall time, milliseconds since 1970. */
  readonly now: number;
  readonly workers: readonly WorkerView[];
  readonly log: PulseLog;
  /** Aborted when the pulse ends. */
  readonly signal: AbortSignal;
}

/** What a step says of itself: when it is next due, in wall time, if that is known and sooner than its cadence. */
export interface UpkeepSaid {
  readonly nextAt?: number | undefined;
}

/** Something that a noun wants done now and then. A step must bear being left out, cut off and repeated. */
export interface UpkeepStep {
  readonly name: string;
  /** With each beat, or every so many milliseconds. */
  readonly every: "beat" | number;
  /** Its cadence while workers live, when that is another. */
  readonly everyWhileLive?: number;
  /** It does with workers as they were seen some seconds ago: a beat for its sake looks at nobody anew. */
  readonly light?: boolean;
  /** Started again also while it runs: it knows by itself what it has under way. Only for one that goes along with every beat. */
  readonly overlaps?: boolean;
  run(job: UpkeepJob): Promise<UpkeepSaid | void> | UpkeepSaid | void;
}

/** What a beat is, as far as its upkeep depends on it. */
export interface BeatKind {
  readonly workersLive: boolean;
  /** Something happened; false: only the time has come. */
  readonly woken: boolean;
}

/** How long what goes along with every beat does without one that something woke: beats of a second come for light steps alone. */
const QUIET_MS = 5_000;

/** The steps under way. Each by itself: one that fails or hangs holds up neither the beat nor another. */
export interface Upkeep {
  /** What is due is due also while it runs: `start` then remembers to make a beat at its end. */
  facts(now: number, ticks: number, beat: BeatKind): readonly UpkeepFacts[];
  /** Called once a beat, with the names of what is due. */
  start(names: readonly string[], job: Omit<UpkeepJob, "log" | "signal">): void;
  /** Whether a step is under way. */
  readonly busy: boolean;
  /** Tells the steps to end. What they do not finish is done by the next pulse. */
  stop(): void;
}

interface Progress {
  /** How often it is under way: more than once only if it says that it bears that. */
  running: number;
  /** A beat came while it ran in which it was due again: what that beat was about may have come too late for it. */
  missed?: boolean;
  startedTicks?: number;
  /** The cadence in force at the last beat, where it has one. */
  cadenceMs?: number;
  nextAt?: number | undefined;
}

/** Makes the upkeep of these steps. */
export function makeUpkeep(
  steps: readonly UpkeepStep[],
  tools: { readonly log: PulseLog; poke(why: string): void },
): Upkeep {
  const progress = new Map<string, Progress>(steps.map(({ name }) => [name, { running: 0 }]));
  const ending = new AbortController();
  return {
    facts,
    start,
    get busy() {
      return [...progress.values()].some(({ running }) => running > 0);
    },
    stop: () => ending.abort(),
  };

  function facts(now: number, ticks: number, { workersLive, woken }: BeatKind): readonly UpkeepFacts[] {
    return steps.map((step) => {
      const { running, startedTicks, nextAt } = progress.get(step.name) ?? { running: 0 };
      const cadence = workersLive && step.everyWhileLive !== undefined ? step.everyWhileLive : step.every;
      const byDate = nextAt === undefined ? Infinity : nextAt - now;
      const state = progress.get(step.name);
      if (state !== undefined && cadence !== "beat") state.cadenceMs = cadence;
      const light = step.light === true;
      const sinceMs = startedTicks === undefined ? Infinity : ticks - startedTicks;
      // What goes along with every beat asks for one of its own only when it named a date.
      if (cadence === "beat") {
        return { name: step.name, light, due: woken || sinceMs >= QUIET_MS || byDate <= 0, asksInMs: byDate };
      }
      const dueInMs = Math.min(cadence - sinceMs, byDate);
      if (dueInMs > 0) return { name: step.name, light, due: false, asksInMs: dueInMs };
      // Started with this beat, it wants another after its next span; still running, the one that its end makes.
      return { name: step.name, light, due: true, asksInMs: running > 0 ? Infinity : cadence };
    });
  }

  function start(names: readonly string[], job: Omit<UpkeepJob, "log" | "signal">): void {
    for (const step of steps) {
      const state = progress.get(step.name);
      if (state === undefined || !names.includes(step.name)) continue;
      if (state.running > 0 && step.overlaps !== true) {
        state.missed = true;
        continue;
      }
      state.running++;
      state.missed = false;
      state.startedTicks = job.ctx.os.clock.ticks();
      void perform(step, state, { ...job, log: tools.log, signal: ending.signal });
    }
  }

  async function perform(step: UpkeepStep, state: Progress, job: UpkeepJob): Promise<void> {
    // What the rest was planned with: the cadence, and a date; one that had come made this beat, and makes no other.
    const date = state.nextAt !== undefined && state.nextAt > job.now ? state.nextAt : Infinity;
    const planned = Math.min(date, job.now + (state.cadenceMs ?? Infinity));
    try {
      const said = await step.run(job);
      const { nextAt } = said ?? {};
      // Never sooner than a second from now: a step that is due again at once would keep a core busy.
      state.nextAt = nextAt === undefined ? undefined : Math.max(nextAt, job.now + 1_000);
      tools.log.settled(`upkeep ${step.name}`);
    } catch (error) {
      state.nextAt = undefined;
      const told = error instanceof Error ? error.message : String(error);
      tools.log.trouble(`upkeep ${step.name}`, {
        level: "error",
        event: "upkeep.fail",
        msg: `${step.name}: ${told}`,
        more: { step: step.name },
      });
    } finally {
      state.running--;
      // The rest was planned without that date. An earlier one only: otherwise each beat would make the next.
      if ((state.nextAt ?? Infinity) < planned || state.missed === true) tools.poke("upkeep");
    }
  }
}
