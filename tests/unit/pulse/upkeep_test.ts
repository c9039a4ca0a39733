import { assertEquals } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import { waitUntil } from "../../kit/wait_until.ts";
import type { LogEntry } from "../../../src/pulse/log_format.ts";
import { makeUpkeep, type UpkeepStep } from "../../../src/pulse/upkeep.ts";

const IDLE = { workersLive: false, woken: true };
const LIVE = { workersLive: true, woken: true };

/** The upkeep of these steps, with what it logs and whom it pokes. */
function prepare(steps: readonly UpkeepStep[]) {
  const logged: LogEntry[] = [];
  const pokes: string[] = [];
  const write = (entry: LogEntry): void => void logged.push(entry);
  const log = {
    write,
    trouble: (_key: string, entry: LogEntry) => write(entry),
    settled: () => {},
    flush: async () => {},
  };
  return { logged, pokes, upkeep: makeUpkeep(steps, { log, poke: (why) => void pokes.push(why) }) };
}

Deno.test("makeUpkeep() isolates a step that throws and one that never ends", async () => {
  await using test = await makeContext();
  let healthy = 0;
  const { upkeep, logged } = prepare([
    { name: "throws", every: "beat", run: () => Promise.reject(new Error("disk on fire")) },
    { name: "hangs", every: "beat", run: () => new Promise<void>(() => {}) },
    { name: "healthy", every: "beat", run: () => void healthy++ },
  ]);
  const job = { ctx: test.context, now: 0, workers: [] };
  upkeep.start(["throws", "hangs", "healthy"], job);
  await waitUntil("the failure was told", () => logged.length > 0);
  assertEquals([logged[0]?.msg, healthy], ["throws: disk on fire", 1]);
  assertEquals(upkeep.facts(0, 0, IDLE), [
    { name: "throws", light: false, due: true, asksInMs: Infinity },
    { name: "hangs", light: false, due: true, asksInMs: Infinity },
    { name: "healthy", light: false, due: true, asksInMs: Infinity },
  ]);
  upkeep.start(["hangs"], job); // not started twice
  upkeep.stop();
});

Deno.test("makeUpkeep() keeps cadences on the monotonic clock and dates on the wall's", async () => {
  await using test = await makeContext();
  const { upkeep, pokes } = prepare([
    { name: "hourly", every: 3_600_000, everyWhileLive: 1_000, run: () => {} },
    { name: "dated", every: "beat", run: () => ({ nextAt: 90_000 }) },
  ]);
  assertEquals(upkeep.facts(0, 0, IDLE).map(({ due }) => due), [true, true]);
  const ticks = test.os.clock.ticks();
  upkeep.start(["hourly", "dated"], { ctx: test.context, now: 60_000, workers: [] });
  await waitUntil("both ended", () => upkeep.facts(60_000, ticks, IDLE).some(({ asksInMs }) => asksInMs === 30_000));
  assertEquals(pokes, ["upkeep"]); // the rest was planned before the date was known
  const [hourly, dated] = upkeep.facts(90_000, ticks + 500, LIVE);
  assertEquals([hourly?.due, dated?.asksInMs], [false, 0]);
  assertEquals(upkeep.facts(90_000, ticks + 3_000, LIVE)[0]?.due, true);
  // The same date again makes no beat of its own.
  upkeep.start(["dated"], { ctx: test.context, now: 61_000, workers: [] });
  await waitUntil("it ended", () => upkeep.facts(61_000, ticks, IDLE)[1]?.due);
  assertEquals(pokes, ["upkeep"]);
});

Deno.test("makeUpkeep() lets no step come back at once for ever", async () => {
  await using test = await makeContext();
  const { upkeep } = prepare([{ name: "eager", every: "beat", run: () => ({ nextAt: 0 }) }]);
  upkeep.start(["eager"], { ctx: test.context, now: 50_000, workers: [] });
  await waitUntil("it ended", () => upkeep.facts(50_000, 0, IDLE)[0]?.due);
  assertEquals(upkeep.facts(50_000, 0, IDLE)[0]?.asksInMs, 1_000);
});

Deno.test("makeUpkeep() makes a beat for a step that was busy when one came", async () => {
  await using test = await makeContext();
  let finish = (): void => {};
  const { upkeep, pokes } = prepare([
    { name: "slow", every: "beat", run: () => new Promise<void>((resolve) => void (finish = resolve)) },
  ]);
  const job = { ctx: test.context, now: 0, workers: [] };
  upkeep.start(["slow"], job);
  upkeep.start(["slow"], job);
  assertEquals(pokes, []);
  finish();
  await waitUntil("it asked for a beat", () => pokes.length > 0);
  upkeep.start(["slow"], job);
  finish();
  await waitUntil("it ended", () => upkeep.facts(0, 0, IDLE)[0]?.due);
  assertEquals(pokes, ["upkeep"]);
});

Deno.test("makeUpkeep() asks for the beat of the next span with the one that starts a step", async () => {
  await using test = await makeContext();
  const ends: (() => void)[] = [];
  const { upkeep, pokes } = prepare([
    { name: "quick", every: 3_600_000, everyWhileLive: 1_000, run: () => {} },
    { name: "slow", every: 1_000, run: () => new Promise<void>((resolve) => void ends.push(resolve)) },
  ]);
  const ask = (ticks: number) => upkeep.facts(0, ticks, LIVE).map(({ due, asksInMs }) => [due, asksInMs]);
  assertEquals(ask(0), [[true, 1_000], [true, 1_000]]);
  const job = {
    ctx: { ...test.context, os: { ...test.os, clock: { ...test.os.clock, ticks: () => 0 } } },
    now: 0,
    workers: [],
  };
  upkeep.start(["quick", "slow"], job);
  await waitUntil("both run", () => ends.length === 1);
  assertEquals(ask(400), [[false, 600], [false, 600]]);
  // What outlives its span asks for no beat while it runs, and makes one at its end.
  assertEquals(ask(1_000), [[true, 1_000], [true, Infinity]]);
  upkeep.start(["slow"], job);
  assertEquals(pokes, []);
  ends[0]?.();
  await waitUntil("it asked for a beat", () => pokes.length === 1);
});

Deno.test("makeUpkeep() makes a beat for the date that follows one that has come", async () => {
  await using test = await makeContext();
  let nextAt = 10_000;
  const { upkeep, pokes } = prepare([{ name: "dated", every: "beat", run: () => ({ nextAt }) }]);
  const ended = (now: number) => waitUntil("it ended", () => upkeep.facts(now, 0, IDLE)[0]?.asksInMs === nextAt - now);
  upkeep.start(["dated"], { ctx: test.context, now: 0, workers: [] });
  await ended(0);
  assertEquals(pokes.length, 1);
  nextAt = 20_000;
  upkeep.start(["dated"], { ctx: test.context, now: 10_000, workers: [] });
  await ended(10_000);
  assertEquals(pokes.length, 2);
});

Deno.test("makeUpkeep() starts a step that overlaps with every beat, and is busy until the last has ended", async () => {
  await using test = await makeContext();
  const ends: (() => void)[] = [];
  const run = () => new Promise<void>((resolve) => void ends.push(resolve));
  const { upkeep, pokes } = prepare([{ name: "many", every: "beat", overlaps: true, run }]);
  const job = { ctx: test.context, now: 0, workers: [] };
  for (const _ of [1, 2]) upkeep.start(["many"], job);
  assertEquals(ends.length, 2);
  ends[0]?.();
  await Promise.resolve();
  assertEquals(upkeep.busy, true);
  ends[1]?.();
  await waitUntil("both ended", () => !upkeep.busy);
  assertEquals(pokes, []);
});

Deno.test("makeUpkeep() leaves what goes with every beat out of those that only the time has made, for a while", async () => {
  await using test = await makeContext();
  const { upkeep } = prepare([
    { name: "beat", every: "beat", run: () => {} },
    { name: "light", every: 1_000, light: true, run: () => {} },
  ]);
  const quiet = (ticks: number) => upkeep.facts(0, ticks, { workersLive: true, woken: false }).map(({ due }) => due);
  assertEquals(quiet(0), [true, true]); // never yet
  const job = {
    ctx: { ...test.context, os: { ...test.os, clock: { ...test.os.clock, ticks: () => 0 } } },
    now: 0,
    workers: [],
  };
  upkeep.start(["beat", "light"], job);
  await waitUntil("both ended", () => !upkeep.busy);
  assertEquals(quiet(1_000), [false, true]);
  assertEquals(upkeep.facts(0, 1_000, LIVE).map(({ due }) => due), [true, true]);
  assertEquals(quiet(5_000), [true, true]);
});
