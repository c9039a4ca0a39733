import { join } from "node:path";
import { assert, assertEquals } from "../../kit/assert.ts";
import { makeContext, type TestContext } from "../../kit/context.ts";
import { waitUntil } from "../../kit/wait_until.ts";
import { readHeartbeat } from "../../../src/heartbeat/store.ts";
import type { Os } from "../../../src/os/os.ts";
import { runPulse } from "../../../src/pulse/loop.ts";
import type { UpkeepStep } from "../../../src/pulse/upkeep.ts";

/** A pulse in this process: signals come from the test, and its clock runs fast. */
interface Prepared {
  readonly lines: { readonly event: string; readonly msg: string }[];
  signal(name: Deno.Signal): void;
  readonly end: Promise<void>;
  saw(event: string, part?: string): Promise<void>;
}

function start(
  test: TestContext,
  more: { readonly os?: Partial<Os>; readonly steps?: readonly UpkeepStep[] } = {},
): Prepared {
  const lines: { event: string; msg: string }[] = [];
  let hear = (_signal: Deno.Signal): void => {};
  const processes = {
    ...test.os.processes,
    onSignal: (_signals: readonly Deno.Signal[], listener: (signal: Deno.Signal) => void) => {
      hear = listener;
      return () => {};
    },
  };
  Deno.writeTextFileSync(test.context.profile.paths.pulseLock, "");
  const os: Os = { ...test.os, processes, ...more.os };
  const end = runPulse({ ...test.context, os }, {
    run: "test",
    steps: more.steps ?? [],
    echo: (line) => void lines.push(JSON.parse(line)),
  });
  return {
    lines,
    signal: (name) => hear(name),
    end,
    saw: async (event, part = "") => {
      await waitUntil(`${event} ${part}`, () => lines.some((line) => line.event === event && line.msg.includes(part)));
    },
  };
}

/** The machine's clock, `factor` times as fast. */
function fastClock(test: TestContext, factor: number): Os["clock"] {
  const { clock } = test.os;
  return {
    now: clock.now,
    ticks: () => clock.ticks() * factor,
    sleep: (ms, signal) => clock.sleep(ms / factor, signal),
  };
}

Deno.test("runPulse() looks by itself where no file events are to be had", async () => {
  await using test = await makeContext();
  const watches = { open: () => ({ lost: true, close: () => {} }) };
  // Fast enough that the blind look is soon, and far too slow for the interval.
  const pulse = start(test, { os: { watches, clock: fastClock(test, 40) } });
  await waitUntil("it beats", () => readHeartbeat(test.context)?.beats === 1);
  const before = performance.now();
  await waitUntil("it looks again", () => (readHeartbeat(test.context)?.beats ?? 0) >= 3);
  assert(performance.now() - before < 1_400, "as late as the interval");
  pulse.signal("SIGTERM");
  await pulse.end;
  assertEquals(pulse.lines.at(-1)?.event, "pulse.stop");
});

Deno.test("runPulse() tells a beat that failed as a whole, and goes on", async () => {
  await using test = await makeContext();
  let broken = true;
  const files = {
    ...test.os.files,
    list: (dir: string) => {
      if (broken && dir.endsWith("schedules")) throw new TypeError("a bug");
      return test.os.files.list(dir);
    },
  };
  const pulse = start(test, { os: { files } });
  await pulse.saw("pulse.bug", "a bug");
  assertEquals(readHeartbeat(test.context), undefined);
  broken = false;
  await waitUntil("it beats", () => readHeartbeat(test.context)?.beats === 1);
  assertEquals(pulse.lines.filter(({ event }) => event === "pulse.bug").length, 1);
  pulse.signal("SIGINT");
  await pulse.end;
});

Deno.test("runPulse() ends in time although a step of upkeep hangs, and tells it to end", async () => {
  await using test = await makeContext();
  let told = false;
  const hanging: UpkeepStep = {
    name: "hangs",
    every: "beat",
    run: ({ signal }) => {
      signal.addEventListener("abort", () => void (told = true));
      return new Promise<void>(() => {});
    },
  };
  const pulse = start(test, { steps: [hanging] });
  await waitUntil("it beats", () => readHeartbeat(test.context)?.beats === 1);
  const began = performance.now();
  pulse.signal("SIGTERM");
  await pulse.end;
  assert(told);
  assert(performance.now() - began < 5_000); // it would hang for ever
});

Deno.test("runPulse() watches a directory that took the place of another", async () => {
  await using test = await makeContext();
  const pulse = start(test);
  await waitUntil("it beats", () => readHeartbeat(test.context)?.beats === 1);
  const goals = join(test.dir, "goals");
  Deno.renameSync(goals, join(test.dir, "before"));
  Deno.mkdirSync(goals);
  await pulse.saw("pulse.watch");
  // The beat behind the new watch reads what was written before it; what comes later is told by name.
  await waitUntil("a goal in the new directory wakes it", () => {
    Deno.writeTextFileSync(join(goals, "x.md"), "---\ngoal: seen\n---\n");
    return pulse.lines.some(({ event, msg }) => event === "wake" && msg.includes("goals/x.md"));
  }, { everyMs: 50 });
  pulse.signal("SIGTERM");
  await pulse.end;
});

Deno.test("runPulse() is not woken by journals, logs, snapshots and what sensors leave in the data dir", async () => {
  await using test = await makeContext();
  const pulse = start(test);
  await waitUntil("it beats", () => readHeartbeat(test.context)?.beats === 1);
  for (const name of ["events.ndjson", "cost.jsonl", "scratch", "snapshots/sensor-x.json", "reports/x.md"]) {
    for (let n = 0; n < 50; n++) Deno.writeTextFileSync(join(test.dir, name), "x\n", { append: true });
  }
  Deno.writeTextFileSync(join(test.dir, "PLAYBOOK.md"), "# Last\n");
  await pulse.saw("wake", "PLAYBOOK.md");
  pulse.signal("SIGTERM");
  await pulse.end;
  const woken = pulse.lines.filter(({ event }) => event === "wake").map(({ msg }) => msg);
  assertEquals(woken.filter((msg) => msg !== "woken by PLAYBOOK.md"), []);
  assert((readHeartbeat(test.context)?.beats ?? 0) <= 4);
});
