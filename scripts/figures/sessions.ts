import { dirname, join } from "node:path";
import type { Bench, Profile } from "./bench.ts";
import { type Figure, median, type Samples } from "./figure.ts";
import { cpuMs, pause, proc, pulseOf } from "./processes.ts";

/** A fleet that a person may well have overnight. */
const FLEET = 50;

/** Workers that have ended and were not pruned yet. */
const ENDED = 500;

const MIB = 1024 * 1024;
const MINUTE_MS = 60_000;

/** From the first of fifty starts at once until all fifty were seen to run. */
export const workersStart: Figure = {
  name: "workers-start",
  title: `${FLEET} workers are started at once → all of them were seen to run`,
  unit: "s",
  most: 5,
  measure: async (bench) => {
    const profile = await fleetProfile(bench);
    const seconds: number[] = [];
    for (let round = 0; round < Math.min(3, bench.runs); round++) {
      const from = performance.now();
      await startFleet(profile);
      const rows = JSON.parse((await profile.looop("ls", "--json")).stdout) as readonly { alive: boolean }[];
      const alive = rows.filter((row) => row.alive).length;
      if (alive !== FLEET) throw new Error(`${alive} of ${FLEET} workers run`);
      seconds.push((performance.now() - from) / 1000);
      await profile.looop("down");
    }
    return { values: seconds, from: `${FLEET} times \`_ worker start\`, then \`ls\`` };
  },
};

/** What is there of ours for each worker: pages that several share are counted once. */
export const workerMemory: Figure = {
  name: "worker-memory",
  title: `memory of looop's own processes (PSS) for each of ${FLEET} workers`,
  unit: "MiB",
  most: 4,
  measure: async (bench) => {
    const profile = await fleetProfile(bench);
    await startFleet(profile);
    const own = ownProcesses(profile);
    const sum = (field: string) =>
      own.reduce(
        (all, pid) => all + Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(proc(pid, "smaps_rollup"))?.[1]),
        0,
      );
    const [pss, rss] = [sum("Pss") / 1024 / FLEET, sum("Rss") / 1024 / FLEET];
    await profile.looop("down");
    return {
      values: [pss],
      from: `${own.length / FLEET} processes each; ${rss.toFixed(1)} MiB with shared pages counted in each of them`,
    };
  },
};

/** `ls` with many live and many ended workers. */
export const listFleet: Figure = {
  name: "ls",
  title: `\`ls\` with ${FLEET} live and ${ENDED} ended workers, over a start of looop`,
  unit: "×",
  most: 2,
  ofExecutable: true,
  measure: async (bench) => {
    const profile = await fleetProfile(bench);
    await multiplyEnded(profile);
    await startFleet(profile);
    const samples = await overStart(bench, profile, ["ls", "--json"]);
    await profile.looop("down");
    return samples;
  },
};

/** A screen that is drawn from a long log. */
export const shotLong: Figure = {
  name: "shot",
  title: "`shot` of a log of 16 MiB",
  unit: "s",
  most: 0.6,
  measure: async (bench) => {
    const profile = await fleetProfile(bench);
    const log = await endedLog(profile);
    await fillLog(log, 16 * MIB);
    return await seconds(bench, profile, ["shot", "long"]);
  },
};

/** The end of a log that nobody would read whole. */
export const tailLong: Figure = {
  name: "tail",
  title: "`log --tail 1` of a log of 1 GiB",
  unit: "ms",
  most: 150,
  measure: async (bench) => {
    const profile = await fleetProfile(bench);
    const log = await endedLog(profile);
    await fillLog(log, 1024 * MIB);
    const { values, from } = await seconds(bench, profile, ["log", "long", "--tail", "1"]);
    return { values: values.map((value) => value * 1000), from };
  },
};

/** What the pulse uses of a core while it keeps an eye on a fleet that does nothing. */
export const idleFleet: Figure = {
  name: "idle-fleet",
  title: `CPU of a pulse with ${FLEET} idle workers over a minute`,
  unit: "%",
  most: 1,
  measure: async (bench) => {
    const profile = await fleetProfile(bench);
    await profile.looop("up");
    await startFleet(profile);
    await pause(5_000); // what starting them has caused is over
    const pid = pulseOf(profile);
    const [before, from] = [cpuMs(pid), performance.now()];
    await pause(MINUTE_MS);
    const used = (cpuMs(pid) - before) * 100 / (performance.now() - from);
    await profile.looop("down");
    return { values: [used], from: "processor time of its process" };
  },
};

async function fleetProfile(bench: Bench): Promise<Profile> {
  const profile = await bench.profile();
  await profile.looop("config", "set", "max_workers", "0");
  return profile;
}

async function startFleet(profile: Profile): Promise<void> {
  const ids = Array.from({ length: FLEET }, (_, n) => `fleet-${n}`);
  await Promise.all(ids.map((id) => profile.looop("_", "worker", "start", id, "exec sleep 100000", "--runner", "sh")));
}

/** The processes that carry the mark of a session of this profile, but for the commands themselves. */
function ownProcesses({ dir }: Profile): readonly number[] {
  const own: number[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (!proc(Number(name), "environ").includes(`LOOOP_DATA_DIR=${dir}\0`)) continue;
      if (!/^(?:sleep)\0/.test(proc(Number(name), "cmdline"))) own.push(Number(name));
    } catch { /* it has ended, or is somebody else's */ }
  }
  return own;
}

/** One worker that really ended, five hundred times. */
async function multiplyEnded(profile: Profile): Promise<void> {
  await ended(profile, "first");
  const path = (id: string, ...parts: readonly string[]) => join(profile.dir, "sessions", id, ...parts);
  const record = Deno.readTextFileSync(join(profile.dir, "workers", "first.json"));
  const spec = Deno.readTextFileSync(path("first", "1", "spec.json"));
  for (let n = 1; n <= ENDED; n++) {
    const id = `ended-${n}`;
    Deno.mkdirSync(path(id, "1", "pipes"), { recursive: true });
    for (const { name, isFile } of Deno.readDirSync(path("first", "1"))) {
      if (isFile) Deno.copyFileSync(path("first", "1", name), path(id, "1", name));
    }
    Deno.writeTextFileSync(path(id, "1", "spec.json"), spec.replaceAll('"first"', `"${id}"`));
    Deno.writeTextFileSync(join(profile.dir, "workers", `${id}.json`), record.replaceAll('"first"', `"${id}"`));
    Deno.writeTextFileSync(path(".ends", `${id},1,exited,0`), "");
  }
}

async function ended(profile: Profile, id: string): Promise<void> {
  await profile.looop("_", "worker", "start", id, "echo over", "--runner", "sh");
  await profile.looop("wait", id);
}

async function endedLog(profile: Profile): Promise<string> {
  await ended(profile, "long");
  return join(profile.dir, "sessions", "long", "1", "out.log");
}

/** Lines such as a build prints, in colours. */
async function fillLog(path: string, bytes: number): Promise<void> {
  const line = (n: number) => `\x1b[32m[${n}]\x1b[0m compiled package-${n % 977} without a warning in ${n % 60} ms\r\n`;
  const block = new TextEncoder().encode(Array.from({ length: 20_000 }, (_, n) => line(n)).join(""));
  await Deno.mkdir(dirname(path), { recursive: true });
  using file = await Deno.open(path, { write: true, truncate: true });
  const writer = file.writable.getWriter();
  for (let written = 0; written < bytes; written += block.length) {
    await writer.write(block.subarray(0, Math.min(block.length, bytes - written)));
  }
}

async function overStart(bench: Bench, profile: Profile, args: readonly string[]): Promise<Samples> {
  const [ours, starts]: [number[], number[]] = [[], []];
  for (let n = 0; n < bench.runs; n++) {
    starts.push((await profile.looop("version")).ms);
    ours.push((await profile.looop(...args)).ms);
  }
  return {
    values: ours.map((ms, n) => ms / (starts[n] ?? NaN)),
    from: `${median(ours).toFixed(1)} ms over ${median(starts).toFixed(1)} ms`,
  };
}

async function seconds(bench: Bench, profile: Profile, args: readonly string[]): Promise<Samples> {
  const values: number[] = [];
  for (let n = 0; n < bench.runs; n++) values.push((await profile.looop(...args)).ms / 1000);
  return { values, from: `${bench.runs} times \`looop ${args.join(" ")}\`, start included` };
}
