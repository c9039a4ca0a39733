import { join } from "node:path";
import { assertEquals } from "../kit/assert.ts";
import { makeContext } from "../kit/context.ts";
import { heartbeatPath, readHeartbeat } from "../../src/heartbeat/store.ts";
import { nextDue } from "../../src/schedules/due.ts";
import { listSchedules } from "../../src/schedules/store.ts";
import { readSensorRecords } from "../../src/sensors/store.ts";

/**
 * What version 0.1 wrote, frozen, each with a key that a later version may add. These must be read for ever: change the code, never the
 * samples.
 */
const SCHEDULES = {
  once:
    '{\n  "rule": {\n    "kind": "at",\n    "at": 1768478400000\n  },\n  "note": "look",\n  "count": 1,\n  "v": 1,\n  "last": 1768478400012,\n  "later": true\n}\n',
  often:
    '{"rule":{"kind":"every","every_ms":7200000,"anchor":1768478400000},"count":3,"v":1,"last":1768500000000,"later":1}\n',
  weekdays: '{"rule":{"kind":"cron","cron":"0 9 * * 1-5","anchor":1768478400000},"count":0,"v":1,"later":{}}\n',
};

const HEARTBEAT =
  '{"pid":31518,"identity":"405167","run":"c94c3d46-b6f8","started":1795214931712,"last_beat":1795214931721,"beats":1,"interval_ms":60000,"version":"0.1.0","later":true,"v":1}\n';

const RECORDS =
  '{"v":1,"sensors":{"today":{"ran":1795214932000,"stamp":"140:1795214931500:77:700","ms":13,"good":1795214932000,"signal":"00ff","streak":0,"later":1},"bad":{"ran":1795214932000,"stamp":"s","error":"exit","signal":"ff00","streak":2}},"later":1}\n';

Deno.test("files of schedules, the heartbeat and the memory of sensors as 0.1 wrote them are read", async () => {
  await using test = await makeContext();
  for (const [name, text] of Object.entries(SCHEDULES)) {
    Deno.writeTextFileSync(join(test.dir, "schedules", `${name}.json`), text);
  }
  const read = listSchedules(test.context);
  assertEquals(read.map(({ name, problem, schedule }) => [name, problem, schedule?.count, schedule?.["later"]]), [
    ["often", undefined, 3, 1],
    ["once", undefined, 1, true],
    ["weekdays", undefined, 0, {}],
  ]);
  const dues = await Promise.all(
    read.map(({ schedule }) => schedule === undefined ? 0 : nextDue(schedule, 1768500000000)),
  );
  assertEquals(dues.slice(0, 2), [1768507200000, undefined]);

  Deno.writeTextFileSync(heartbeatPath(test.context), HEARTBEAT);
  const beat = readHeartbeat(test.context);
  assertEquals([beat?.pid, beat?.identity, beat?.last_beat, beat?.["later"]], [31518, "405167", 1795214931721, true]);

  Deno.writeTextFileSync(join(test.context.profile.paths.pulse, "sensors.json"), RECORDS);
  const records = readSensorRecords(test.context);
  assertEquals([...records].map(([name, record]) => [name, record.error, record.streak, record.good]), [
    ["today", undefined, 0, 1795214932000],
    ["bad", "exit", 2, undefined],
  ]);
});
