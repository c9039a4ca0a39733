import { join } from "node:path";
import { assert, assertEquals, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import { foundSensor, placeSensor } from "../../kit/sensor.ts";
import {
  type HeadCache,
  ignoredSensorFiles,
  readSensorRecords,
  scanSensors,
  writeSensorRecords,
} from "../../../src/sensors/store.ts";
import { sysSensors } from "../../../src/sensors/system_reading.ts";

Deno.test("scanSensors() finds executables with a shebang and says why others are none", async () => {
  await using test = await makeContext();
  placeSensor(test.dir, "good.sh", "#!/bin/sh\n# looop:interval=5m\n");
  placeSensor(test.dir, "plain.sh", "#!/bin/sh\n", 0o600);
  placeSensor(test.dir, "headless", "echo {}\n");
  placeSensor(test.dir, "good.sh.bak", "#!/bin/sh\n");
  placeSensor(test.dir, ".swap", "#!/bin/sh\n");
  placeSensor(test.dir, "two words.sh", "#!/bin/sh\n");
  Deno.symlinkSync("good.sh", join(test.dir, "sensors", "link.sh"));
  Deno.mkdirSync(join(test.dir, "sensors", "lib"));
  const scan = assertOk(scanSensors(test.context));
  assertEquals(scan.sensors.map(({ name, header }) => [name, header.intervalMs]), [["good", 300_000]]);
  assertEquals(ignoredSensorFiles(test.context).map(({ file }) => file), [
    "good.sh.bak",
    "headless",
    "link.sh",
    "plain.sh",
    "two words.sh",
  ]);
});

Deno.test("scanSensors() reads a head again when the file changed, and only then", async () => {
  await using test = await makeContext();
  placeSensor(test.dir, "x.sh", "#!/bin/sh\n# looop:interval=5m\n");
  const cache: HeadCache = new Map();
  const reads: string[] = [];
  const files = test.os.files;
  const counted = {
    ...test.context,
    os: {
      ...test.os,
      files: {
        ...files,
        readFrom: (path: string, at: number, max: number) => (reads.push(path), files.readFrom(path, at, max)),
      },
    },
  };
  const before = assertOk(scanSensors(counted, cache)).sensors[0];
  assertOk(scanSensors(counted, cache));
  assertEquals(reads.length, 1);
  placeSensor(test.dir, "x.sh", "#!/bin/sh\n# looop:interval=15m\n");
  const after = assertOk(scanSensors(counted, cache)).sensors[0];
  assert(before?.stamp !== after?.stamp);
  assertEquals([reads.length, after?.header.intervalMs], [2, 900_000]);
  Deno.removeSync(join(test.dir, "sensors", "x.sh"));
  assertEquals([assertOk(scanSensors(counted, cache)).sensors.length, cache.size], [0, 0]);
});

Deno.test("scanSensors() takes a directory that cannot be read for no empty one", async () => {
  await using test = await makeContext();
  Deno.removeSync(join(test.dir, "sensors"), { recursive: true });
  assertEquals(assertOk(scanSensors(test.context)), { sensors: [], ignored: [] });
  Deno.writeTextFileSync(join(test.dir, "sensors"), "a file");
  assertEquals(scanSensors(test.context).ok, false);
});

Deno.test("readSensorRecords() gives back what was written, with unknown keys, and nothing for debris", async () => {
  await using test = await makeContext();
  const records = new Map([["x", { ran: 5, stamp: "s", good: 4, streak: 2, signal: "d", later: true }]]);
  assertOk(writeSensorRecords(test.context, records));
  assertEquals(readSensorRecords(test.context), records);
  const path = join(test.dir, "sessions", ".pulse", "sensors.json");
  for (const debris of ["", "{", "[]", '{"v":2,"sensors":{}}', '{"sensors":{"x":{"ran":"soon"}}}']) {
    Deno.writeTextFileSync(path, debris);
    assertEquals(readSensorRecords(test.context).size, 0, debris);
  }
});

Deno.test("sysSensors() shows failures and flapping under signal, ages under detail", async () => {
  await using test = await makeContext({ now: 1_000_000 });
  placeSensor(test.dir, "x.sh", "#!/bin/sh\n");
  assertEquals(foundSensor(test.context, "x").file, "x.sh");
  assertOk(writeSensorRecords(
    test.context,
    new Map([
      ["a", { ran: 940_000, stamp: "s", good: 940_000, streak: 6, ms: 12 }],
      ["b", { ran: 1_900_000, stamp: "s", error: "timeout", streak: 0 }],
    ]),
  ));
  assertEquals(sysSensors(test.context, 1_000_000), {
    signal: { failing: { b: "timeout" }, flapping: ["a"] },
    detail: {
      a: { last_run_ts: 940_000, age_s: 60, last_good_ts: 940_000, changed_in_a_row: 6, took_ms: 12 },
      b: { last_run_ts: 1_900_000, age_s: 0, last_good_ts: null, changed_in_a_row: 0 },
    },
  });
});
