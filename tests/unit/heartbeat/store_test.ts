import { assert, assertEquals, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import type { Heartbeat } from "../../../src/heartbeat/schema.ts";
import { heartbeatPath, readHeartbeat, viewPulse, writeHeartbeat } from "../../../src/heartbeat/store.ts";

const beat: Heartbeat = { pid: 1, started: 2, last_beat: 3, interval_ms: 60_000, version: "0.0.0" };

Deno.test("viewPulse() goes by the lock: neither a file nor a number can say that a pulse lives", async () => {
  await using test = await makeContext();
  assertEquals(viewPulse(test.context), { alive: false, heartbeat: undefined });
  assertOk(writeHeartbeat(test.context, { ...beat, pid: Deno.pid }));
  assertEquals(viewPulse(test.context).alive, false);
  const lock = test.os.locks.tryAcquire(test.context.profile.paths.pulseLock);
  assert(lock !== undefined);
  assertEquals(viewPulse(test.context), { alive: true, heartbeat: { ...beat, pid: Deno.pid, v: 1 } });
  lock.release();
  assertEquals(viewPulse(test.context).alive, false);
});

Deno.test("readHeartbeat() takes debris and newer shapes for none", async () => {
  await using test = await makeContext();
  for (const text of ["", "{", "[]", '{"pid":1}', JSON.stringify({ ...beat, v: 2 })]) {
    Deno.writeTextFileSync(heartbeatPath(test.context), text);
    assertEquals(readHeartbeat(test.context), undefined, text);
  }
});
