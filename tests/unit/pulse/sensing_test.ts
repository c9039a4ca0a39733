import { join } from "node:path";
import { assert, assertEquals, assertOk } from "../../kit/assert.ts";
import { makeContext, type TestContext } from "../../kit/context.ts";
import { placeSensor } from "../../kit/sensor.ts";
import { waitUntil } from "../../kit/wait_until.ts";
import type { LogEntry } from "../../../src/pulse/log_format.ts";
import { planBeat } from "../../../src/pulse/plan.ts";
import { makeSensing, type Sensing } from "../../../src/pulse/sensing.ts";
import { readSensorRecords, writeSensorRecords } from "../../../src/sensors/store.ts";
import { sysSensors } from "../../../src/sensors/system_reading.ts";
import { listSnapshots, readSnapshot } from "../../../src/snapshots/store.ts";

const MINUTE = 60_000;

interface Prepared extends AsyncDisposable {
  readonly sensing: Sensing;
  readonly logged: LogEntry[];
  /** What a beat does about sensors: looks, plans, starts. Answers what it started. */
  beat(): readonly string[];
  /** Resolves when nothing runs. */
  quiet(): Promise<void>;
}

function prepare(test: TestContext, slots = 64): Prepared {
  const logged: LogEntry[] = [];
  const write = (entry: LogEntry): void => void logged.push(entry);
  const log = {
    write,
    trouble: (_key: string, entry: LogEntry) => write(entry),
    settled: () => {},
    flush: async () => {},
  };
  const sensing = makeSensing(test.context, { log, run: `test-${crypto.randomUUID()}`, poke: () => {} });
  return {
    sensing,
    logged,
    beat: () => {
      const plan = planBeat({
        intervalMs: MINUTE,
        sensors: sensing.look(test.context, MINUTE),
        freeSlots: slots - sensing.running,
        schedules: [],
        upkeep: [],
      });
      sensing.start(test.context, plan.sensors);
      return plan.sensors;
    },
    quiet: async () => {
      await waitUntil("all runs ended", () => sensing.running === 0);
    },
    [Symbol.asyncDispose]: () => sensing.stop(test.context, 1_000),
  };
}

/** A sensor that was last touched long ago, so that the first look takes it for settled. */
function placeOld(test: TestContext, file: string, script: string): void {
  placeSensor(test.dir, file, script);
  Deno.utimeSync(join(test.dir, "sensors", file), new Date(9e11), new Date(9e11));
}

Deno.test("a beat does not wait for a sensor, starts none twice, and each publishes by itself", async () => {
  await using test = await makeContext();
  placeOld(test, "slow.sh", "#!/bin/sh\nwhile [ ! -e go ]; do sleep 0.01; done\necho '{}'\n");
  placeOld(test, "quick.sh", "#!/bin/sh\necho '{\"n\":1}'\n");
  await using pulse = prepare(test);
  assertEquals([...pulse.beat()].sort(), ["quick", "slow"]);
  await waitUntil("the quick one", () => readSnapshot(test.context, "quick"));
  assertEquals(readSnapshot(test.context, "slow"), undefined);
  await waitUntil("the quick one ended", () => pulse.sensing.running === 1);
  assertEquals(pulse.beat(), []);
  Deno.writeTextFileSync(join(test.dir, "go"), "");
  await pulse.quiet();
  assertEquals(listSnapshots(test.context).map(({ name }) => name), ["sensor-quick", "sensor-slow"]);
  assertEquals(pulse.beat(), []);
});

Deno.test("with few slots each sensor has its turn", async () => {
  await using test = await makeContext();
  for (const name of ["a", "b", "c"]) placeOld(test, `${name}.sh`, "#!/bin/sh\necho '{}'\n");
  await using pulse = prepare(test, 1);
  const order: string[] = [];
  for (let n = 0; n < 3; n++) {
    order.push(...pulse.beat());
    assertEquals(pulse.beat(), []);
    await pulse.quiet();
  }
  assertEquals(order.sort(), ["a", "b", "c"]);
});

Deno.test("an edit during a run counts afterwards; a sensor that goes during its run leaves no reading", async () => {
  await using test = await makeContext();
  placeOld(test, "x.sh", "#!/bin/sh\n: >started\nwhile [ ! -e go ]; do sleep 0.01; done\necho '{\"v\":1}'\n");
  placeOld(test, "y.sh", "#!/bin/sh\nsleep 30\necho '{}'\n");
  await using pulse = prepare(test);
  assertEquals([...pulse.beat()].sort(), ["x", "y"]);
  await waitUntil("x runs what it was", () => exists(join(test.dir, "started")));
  placeSensor(test.dir, "x.sh", "#!/bin/sh\necho '{\"v\":2}'\n");
  Deno.writeTextFileSync(join(test.dir, "go"), "");
  pulse.beat();
  await waitUntil("x has ended", () => pulse.sensing.running === 1);
  assertEquals(readSnapshot(test.context, "x")?.reading, { v: 1 });
  await waitUntil("the edit settled", () => pulse.beat().includes("x"));
  await waitUntil("x has ended again", () => pulse.sensing.running === 1);
  assertEquals(readSnapshot(test.context, "x")?.reading, { v: 2 });
  Deno.removeSync(join(test.dir, "sensors", "y.sh"));
  await waitUntil("y was killed with its script", () => {
    pulse.beat();
    return pulse.sensing.running === 0;
  });
  assertEquals(readSnapshot(test.context, "y"), undefined);
});

Deno.test("a script that is emptied or moved away for a moment, as editors do, keeps its reading; one that stays away loses it", async () => {
  await using test = await makeContext();
  const path = join(test.dir, "sensors", "x.sh");
  const text = (n: number) => `#!/bin/sh\necho '{"v":${n}}'\n`;
  placeOld(test, "x.sh", text(1));
  await using pulse = prepare(test);
  const value = () => readSnapshot(test.context, "x")?.reading;
  pulse.beat();
  await pulse.quiet();
  assertEquals(value(), { v: 1 });
  const edits: readonly (readonly [away: () => void, back: (n: number) => void])[] = [
    [() => Deno.writeTextFileSync(path, ""), (n) => Deno.writeTextFileSync(path, text(n))],
    [() => Deno.renameSync(path, `${path}~`), (n) => placeSensor(test.dir, "x.sh", text(n))],
    [() => Deno.removeSync(path), (n) => placeSensor(test.dir, "x.sh", text(n))],
  ];
  for (const [n, [away, back]] of edits.entries()) {
    away();
    for (let looks = 0; looks < 3; looks++) assertEquals(pulse.beat(), []);
    assertEquals(value(), { v: n + 1 });
    back(n + 2);
    await waitUntil("the edit settled", () => pulse.beat().includes("x"));
    await pulse.quiet();
    assertEquals(value(), { v: n + 2 });
  }
  assertEquals(pulse.logged.filter(({ event }) => event === "sense.gone"), []);
  Deno.removeSync(path);
  assertEquals(pulse.beat(), []);
  assertEquals(value(), { v: edits.length + 1 });
  await waitUntil("it is gone", () => {
    assertEquals(pulse.beat(), []);
    return value() === undefined;
  });
  assertEquals(pulse.logged.filter(({ event }) => event === "sense.gone").length, 1);
});

Deno.test("five changed signals in a row mark a sensor, a quiet one does not, and detail does not count", async () => {
  await using test = await makeContext({ now: 1e12 });
  placeOld(
    test,
    "flap.sh",
    '#!/bin/sh\nn=$(cat n 2>/dev/null || echo 0); echo $((n+1)) >n; echo "{\\"signal\\":$n}"\n',
  );
  placeOld(test, "calm.sh", '#!/bin/sh\necho "{\\"signal\\":1,\\"detail\\":\\"$(date +%N)\\"}"\n');
  await using pulse = prepare(test);
  for (let n = 0; n < 6; n++) {
    assertEquals([...pulse.beat()].sort(), ["calm", "flap"]);
    await pulse.quiet();
    test.advance(MINUTE); // the wall clock alone makes them due: the machine slept
  }
  pulse.sensing.remember(test.context);
  assertEquals(sysSensors(test.context, 1e12).signal, { failing: {}, flapping: ["flap"] });
  assertEquals(pulse.logged.filter(({ event }) => event === "sense.flapping").length, 1);
  assertEquals(pulse.logged.filter(({ event, msg }) => event === "sense.ok" && msg.includes("calm")).length, 1);
});

Deno.test("a restart goes by what is remembered, and distrusts a run in the future", async () => {
  await using test = await makeContext({ now: 1e12 });
  for (const name of ["past", "future", "edited", "unread", "new"]) {
    placeOld(test, `${name}.sh`, "#!/bin/sh\necho '{}'\n");
  }
  const first = prepare(test);
  first.beat();
  await first.quiet();
  await first.sensing.stop(test.context, 1_000);
  const records = new Map(readSensorRecords(test.context));
  const future = records.get("future");
  assert(future !== undefined);
  records.set("future", { ...future, ran: future.ran + 3_600_000 });
  records.delete("new");
  assertOk(writeSensorRecords(test.context, records));
  placeOld(test, "edited.sh", "#!/bin/sh\necho '{ }'\n");
  Deno.removeSync(join(test.dir, "snapshots", "sensor-unread.json"));
  test.advance(10_000);
  await using second = prepare(test);
  assertEquals([...second.beat()].sort(), ["edited", "future", "new", "unread"]);
  await second.quiet();
});

Deno.test("a reading that cannot be written is told once and tried again, without spinning", async () => {
  await using test = await makeContext({ now: 1e12 });
  placeOld(test, "x.sh", "#!/bin/sh\necho '{}'\n");
  const snapshots = join(test.dir, "snapshots");
  Deno.removeSync(snapshots, { recursive: true });
  Deno.writeTextFileSync(snapshots, "in the way");
  await using pulse = prepare(test);
  assertEquals(pulse.beat(), ["x"]);
  await pulse.quiet();
  assertEquals(pulse.beat(), []);
  assert(pulse.logged.some(({ event }) => event === "sense.publish"));
  Deno.removeSync(snapshots);
  Deno.mkdirSync(snapshots);
  test.advance(5_000);
  assertEquals(pulse.beat(), ["x"]);
  await pulse.quiet();
  assertEquals(readSnapshot(test.context, "x")?.reading, {});
});

Deno.test("a directory of sensors that cannot be read keeps all readings", async () => {
  await using test = await makeContext();
  placeOld(test, "x.sh", "#!/bin/sh\necho '{}'\n");
  await using pulse = prepare(test);
  pulse.beat();
  await pulse.quiet();
  Deno.renameSync(join(test.dir, "sensors"), join(test.dir, "aside"));
  Deno.writeTextFileSync(join(test.dir, "sensors"), "in the way");
  assertEquals(pulse.beat(), []);
  assertEquals(readSnapshot(test.context, "x")?.reading, {});
  assert(pulse.logged.some(({ event }) => event === "sense.unreadable"));
});

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
