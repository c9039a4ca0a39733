import type { Bench, Profile, Program } from "./bench.ts";
import { programOf } from "./bench.ts";
import type { Figure } from "./figure.ts";
import { cpuMs, pause, proc, pulseOf } from "./processes.ts";

/** So many waits, each of a client of its own. */
const WAITS = 10;

const MINUTE_MS = 60_000;

/** Until processes that were just started have come to rest. */
const SETTLE_MS = 3_000;

/** What blocked waits take, over a program that only sleeps: the share of memory that is theirs, shared pages divided among those who share. */
export const waitMemory: Figure = memoryFigure("_ wait", startWaits);

/** The same of workers who wait for an answer. */
export const askMemory: Figure = memoryFigure("_ ask", startAsks);

function memoryFigure(verb: string, start: (bench: Bench) => Promise<readonly Deno.ChildProcess[]>): Figure {
  return {
    name: `${verb.slice(2)}-memory`,
    title: `memory (PSS) of a blocked \`${verb}\`, ${WAITS} of them, over a program that sleeps`,
    unit: "×",
    most: 1.3,
    ofExecutable: true,
    measure: async (bench) => {
      const ours = await memoryOf(await start(bench));
      const idle = await programOf(await bench.room(), "setInterval(() => {}, 3_600_000);\n", bench.executable);
      const bare = await memoryOf(startMany(idle));
      const [mean, sleeping] = [average(ours), average(bare)];
      return {
        values: [mean / sleeping],
        from: `${(mean / 1024).toFixed(1)} MiB over ${(sleeping / 1024).toFixed(1)} MiB`,
      };
    },
  };
}

/** What the pulse and blocked waits use of a core while nothing happens, each. */
export const idleCpu: Figure = {
  name: "idle-cpu",
  title: `CPU of an idle pulse and ${WAITS} blocked waits over a minute, the busiest of them`,
  unit: "%",
  most: 0.2,
  measure: async (bench) => {
    const profile = await bench.profile();
    await profile.looop("up");
    await pause(SETTLE_MS); // the first readings are a change, and would end the waits
    const waits = await startWaits(bench, profile);
    const pids = [pulseOf(profile), ...waits.map((child) => child.pid)];
    const before = pids.map(cpuMs);
    const from = performance.now();
    await pause(MINUTE_MS);
    const span = performance.now() - from;
    const used = pids.map((pid, n) => (cpuMs(pid) - (before[n] ?? 0)) * 100 / span);
    end(waits);
    await profile.looop("down");
    return {
      values: [Math.max(...used)],
      from: `pulse ${used[0]?.toFixed(2)} %, waits ${used.slice(1).map((one) => one.toFixed(2)).join(" ")} %`,
    };
  },
};

async function startWaits(bench: Bench, given?: Profile): Promise<readonly Deno.ChildProcess[]> {
  const profile = given ?? await bench.profile();
  const waits: Deno.ChildProcess[] = [];
  for (let n = 0; n < WAITS; n++) {
    const client = `client-${n}`;
    await profile.looop("_", "wait", "--client", client);
    waits.push(profile.start("_", "wait", "--client", client));
  }
  await pause(SETTLE_MS);
  return waits;
}

/** Each a question of a worker of its own, asked by hand: nobody has to be started for it. */
async function startAsks(bench: Bench): Promise<readonly Deno.ChildProcess[]> {
  const profile = await bench.profile();
  const asks = Array.from({ length: WAITS }, (_, n) => profile.start("_", "ask", `worker-${n}`, "--prompt", "Go on?"));
  await pause(SETTLE_MS);
  return asks;
}

function startMany({ path, args }: Program): readonly Deno.ChildProcess[] {
  return Array.from(
    { length: WAITS },
    () => new Deno.Command(path, { args: [...args], stdin: "null", stdout: "null", stderr: "null" }).spawn(),
  );
}

/** Kibibytes of each, once they are at rest; then ends them. */
async function memoryOf(children: readonly Deno.ChildProcess[]): Promise<readonly number[]> {
  await pause(SETTLE_MS);
  const sizes = children.map(({ pid }) => Number(/^Pss:\s+(\d+) kB/m.exec(proc(pid, "smaps_rollup"))?.[1] ?? NaN));
  end(children);
  await Promise.all(children.map((child) => child.status));
  return sizes;
}

function end(children: readonly Deno.ChildProcess[]): void {
  for (const child of children) {
    try {
      child.kill("SIGKILL");
    } catch { /* has ended */ }
  }
}

function average(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
