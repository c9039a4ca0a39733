import { join } from "node:path";
import type { Bench, Profile } from "./bench.ts";
import { type Figure, median, type Samples } from "./figure.ts";

/** From the start of `_ answer` until the `_ ask` that was blocked has ended, over a start of looop. */
export const answerToAsk: Figure = {
  name: "answer-ask",
  title: "`_ answer` is started → the blocked `_ ask` has ended, over a start of looop",
  unit: "×",
  most: 2,
  ofExecutable: true,
  measure: (bench) =>
    roundTrips(bench, {
      first: ["asks"],
      wait: (n) => ["_", "ask", "worker", "--prompt", `Question ${n}?`],
      isWaiting: (profile, n) => exists(join(profile.dir, "asks", `worker-${n}.json`)),
      wake: (n) => ["_", "answer", `worker-${n}`, "yes"],
    }),
};

/** From the start of `_ ask` until the `_ wait` that was blocked has ended, over a start of looop. */
export const askToWait: Figure = {
  name: "ask-wait",
  title: "`_ ask` is started → the blocked `_ wait` has ended, over a start of looop",
  unit: "×",
  most: 2,
  ofExecutable: true,
  measure: (bench) =>
    roundTrips(bench, {
      wait: () => ["_", "wait", "--json"],
      // The whole world is given first; from then on each wait takes what its round brought.
      first: ["_", "wait", "--json"],
      isWaiting: () => true,
      wake: (n) => ["_", "ask", "worker", "--no-wait", "--prompt", `Question ${n}?`],
    }),
};

/** From the start of `_ goal write` until the `_ wait` that was blocked has ended, over a start of looop. */
export const goalToWait: Figure = {
  name: "goal-wait",
  title: "`_ goal write` is started → the blocked `_ wait` has ended, over a start of looop",
  unit: "×",
  most: 2,
  ofExecutable: true,
  measure: (bench) =>
    roundTrips(bench, {
      wait: () => ["_", "wait", "--json"],
      first: ["_", "wait", "--json"],
      isWaiting: () => true,
      wake: (n) => ["_", "goal", "write", `measured-${n}`, `---\ngoal: number ${n}\n---\n`],
    }),
};

/** What older versions did: `_ ask` and `wait` looked once a second. The same round with such a loop in place of the waiting process. */
export const polledAnswer: Figure = {
  name: "polled-answer",
  title: "the same when the asker looks once a second, as older versions did (for comparison)",
  unit: "×",
  measure: async (bench) => {
    const profile = await bench.profile();
    const [trips, starts]: [number[], number[]] = [[], []];
    for (let n = 1; n <= bench.runs; n++) {
      starts.push((await profile.looop("version")).ms);
      await profile.looop("_", "ask", "worker", "--no-wait", "--prompt", `Question ${n}?`);
      const looking = new Deno.Command("sh", {
        args: ["-c", 'until [ -e "$1" ]; do sleep 1; done', "sh", join(profile.dir, "answers", `worker-${n}.json`)],
      }).spawn();
      // The answer comes at any moment of the second: moments spread evenly over it tell the average with few rounds.
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS + ((n - 0.5) / bench.runs) * 1000));
      const from = performance.now();
      await Promise.all([profile.looop("_", "answer", `worker-${n}`, "yes"), looking.status]);
      trips.push(performance.now() - from);
    }
    return ratios(trips, starts);
  },
};

interface RoundTrip {
  /** What is run once before all. */
  readonly first: readonly string[];
  /** The command that blocks in round `n` (from 1). */
  wait(n: number): readonly string[];
  isWaiting(profile: Profile, n: number): boolean;
  /** The command that wakes it. */
  wake(n: number): readonly string[];
}

/** How long what was started is given to get to its rest: a wake that comes before would measure a start as well. */
const SETTLE_MS = 400;

async function roundTrips(bench: Bench, trip: RoundTrip): Promise<Samples> {
  const profile = await bench.profile();
  await profile.looop(...trip.first);
  const [trips, starts]: [number[], number[]] = [[], []];
  for (let n = 1; n <= bench.runs; n++) {
    starts.push((await profile.looop("version")).ms);
    const waiting = profile.start(...trip.wait(n));
    do await new Promise((resolve) => setTimeout(resolve, SETTLE_MS)); while (!trip.isWaiting(profile, n));
    const from = performance.now();
    await Promise.all([profile.looop(...trip.wake(n)), waiting.status]);
    trips.push(performance.now() - from);
  }
  return ratios(trips, starts);
}

function ratios(trips: readonly number[], starts: readonly number[]): Samples {
  return {
    values: trips.map((ms, i) => ms / (starts[i] ?? NaN)),
    from: `${median(trips).toFixed(1)} ms over ${median(starts).toFixed(1)} ms`,
  };
}

function exists(path: string): boolean {
  try {
    return Deno.lstatSync(path).isFile;
  } catch {
    return false;
  }
}
