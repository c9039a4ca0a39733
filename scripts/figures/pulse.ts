import { join } from "node:path";
import type { Profile } from "./bench.ts";
import type { Figure } from "./figure.ts";

/** So many sensors, each asleep for a second. */
const SENSORS = 50;

/** From a goal on disk to the heartbeat of the beat that it caused, watched from outside. */
export const goalToBeat: Figure = {
  name: "goal-to-beat",
  title: "a goal is written → the pulse has acted on it",
  unit: "ms",
  most: 100,
  measure: async (bench) => {
    const profile = await bench.profile();
    await profile.looop("up");
    await quiet(profile);
    const values: number[] = [];
    for (let n = 0; n < bench.runs; n++) {
      const before = beats(profile);
      const temp = join(profile.dir, ".goal");
      await Deno.writeTextFile(temp, `---\ngoal: number ${n}\n---\n`);
      const from = performance.now();
      await Deno.rename(temp, join(profile.dir, "goals", `measured-${n}.md`));
      await until("the pulse beats", () => beats(profile) > before);
      values.push(performance.now() - from);
      await quiet(profile);
    }
    await profile.looop("down");
    return { values, from: `${bench.runs} goals, seen by looking at the heartbeat` };
  },
};

/** From the start of a pulse to the last of the readings of many sensors that are due at once. */
export const manySensors: Figure = {
  name: "many-sensors",
  title: `${SENSORS} sensors of 1 s each: the pulse starts → all readings are published`,
  unit: "s",
  most: 1.5,
  measure: async (bench) => {
    const values: number[] = [];
    for (let n = 0; n < Math.min(3, bench.runs); n++) values.push(await sensing(await bench.profile()));
    return { values, from: "the stamps of the readings" };
  },
};

/** From SIGTERM to the free lock, with sensors under way that ignore it. */
export const termToEnd: Figure = {
  name: "term-to-end",
  title: "SIGTERM with 10 stubborn sensors under way → the pulse has ended",
  unit: "s",
  most: 1,
  measure: async (bench) => {
    const profile = await bench.profile();
    const values: number[] = [];
    for (let n = 0; n < 10; n++) {
      const path = join(profile.dir, "sensors", `measured-${n}.sh`);
      await Deno.writeTextFile(path, `#!/bin/sh\ntrap '' TERM HUP INT\n: >started-${n}\nwhile :; do sleep 9; done\n`);
      await Deno.chmod(path, 0o700);
    }
    for (let n = 0; n < Math.min(3, bench.runs); n++) {
      const pulse = profile.start("up", "--foreground");
      const started = () => [...Deno.readDirSync(profile.dir)].filter(({ name }) => name.startsWith("started-"));
      await until("the sensors run", () => started().length === 10);
      const from = performance.now();
      pulse.kill("SIGTERM");
      await pulse.status;
      values.push((performance.now() - from) / 1000);
      for (const { name } of started()) await Deno.remove(join(profile.dir, name));
    }
    return { values, from: "the end of its process" };
  },
};

async function sensing(profile: Profile): Promise<number> {
  for (let n = 0; n < SENSORS; n++) {
    const path = join(profile.dir, "sensors", `measured-${n}.sh`);
    await Deno.writeTextFile(path, `#!/bin/sh\nsleep 1\necho '{"n":${n}}'\n`);
    await Deno.chmod(path, 0o700);
    await Deno.utime(path, 1, 1); // long ago, so that no script counts as being written
  }
  const snapshots = join(profile.dir, "snapshots");
  const published = () => [...Deno.readDirSync(snapshots)].filter(({ name }) => name.startsWith("sensor-measured-"));
  await profile.looop("up");
  await until("all readings", () => published().length === SENSORS);
  const last = Math.max(
    ...published().map(({ name }) => Deno.statSync(join(snapshots, name)).mtime?.getTime() ?? Infinity),
  );
  const [first = ""] = Deno.readTextFileSync(join(profile.dir, "sessions", ".pulse", "pulse.log")).split("\n");
  await profile.looop("down");
  return (last - Date.parse(JSON.parse(first).ts)) / 1000;
}

function beats(profile: Profile): number {
  return JSON.parse(Deno.readTextFileSync(join(profile.dir, "sessions", ".pulse", "heartbeat.json"))).beats;
}

/** Waits until the beats of the last event are over: a burst of events is answered at once, and once more a moment later. */
async function quiet(profile: Profile): Promise<void> {
  for (let seen = -1, since = performance.now(); performance.now() - since < 200;) {
    const now = beats(profile);
    if (now !== seen) [seen, since] = [now, performance.now()];
    await pause(10);
  }
}

async function until(what: string, fact: () => boolean): Promise<void> {
  for (const end = performance.now() + 20_000; !fact();) {
    if (performance.now() > end) throw new Error(`Not within the deadline: ${what}`);
    await pause(1);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
