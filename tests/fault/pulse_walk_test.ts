import { join } from "node:path";
import { assert, assertEquals, assertOk } from "../kit/assert.ts";
import { type Fault, walk } from "../kit/faulty_os.ts";
import { placeSensor } from "../kit/sensor.ts";
import { waitUntil } from "../kit/wait_until.ts";
import type { Context } from "../../src/profile/profile.ts";
import { beat } from "../../src/pulse/beat.ts";
import { makeLiveConfig } from "../../src/pulse/live_config.ts";
import { openPulseLog } from "../../src/pulse/log.ts";
import { makeSensing } from "../../src/pulse/sensing.ts";
import { makeUpkeep } from "../../src/pulse/upkeep.ts";
import { upkeepSteps } from "../../src/pulse/upkeep/steps.ts";
import { fireIfDue } from "../../src/schedules/firing.ts";
import { applyScheduleWrite } from "../../src/schedules/moves.ts";
import { listSchedules, readSchedule } from "../../src/schedules/store.ts";
import { applySensorArchive, applySensorWrite } from "../../src/sensors/moves.ts";
import { scanSensors } from "../../src/sensors/store.ts";
import { listSnapshots, readSnapshot } from "../../src/snapshots/store.ts";

const FAULTS: readonly Fault[] = ["ENOSPC", "EACCES", "EIO", "short_write", "crash"];
const T = Date.UTC(2026, 0, 15, 12, 0, 0);

const OLD = "#!/usr/bin/env python3\nprint('{}')\n";
const NEW = "#!/bin/sh\necho '{}'\n";

/** All scripts there are, in use and archived. */
function scripts(ctx: Context): readonly string[] {
  const { sensors, sensorsArchive } = ctx.profile.paths;
  return [sensors, sensorsArchive].flatMap((dir) => {
    const listed = ctx.os.files.list(dir);
    assert(listed.ok);
    return listed.value.filter(({ kind }) => kind === "file").map(({ name }) => {
      const found = ctx.os.files.read(join(dir, name));
      assert(found.kind === "text");
      return found.text;
    });
  });
}

for (const fault of FAULTS) {
  Deno.test(`a sensor written over another under ${fault} at any step loses neither, and repeating it finishes`, async () => {
    await walk({
      fault,
      prepare: (ctx) => placeSensor(ctx.profile.paths.root, "x.py", OLD),
      act: (ctx) => applySensorWrite(ctx, { name: "x.sh", script: NEW }),
      check: async (ctx, end) => {
        assert(scripts(ctx).includes(OLD));
        if (end.kind === "returned" && end.value.ok) assert(scripts(ctx).includes(NEW));
        assertOk(await applySensorWrite(ctx, { name: "x.sh", script: NEW }));
        const scan = assertOk(scanSensors(ctx));
        assertEquals(scan.sensors.map(({ file, rivals }) => [file, rivals]), [["x.sh", undefined]]);
        assertOk(await applySensorArchive(ctx, { name: "x" }));
        assertEquals([...scripts(ctx)].sort(), [NEW, OLD].sort());
      },
    });
  });

  Deno.test(`a schedule under ${fault} at any step is the old one or the new, and fires once`, async () => {
    await walk({
      fault,
      context: { now: T },
      prepare: async (ctx) => {
        assertOk(await applyScheduleWrite(ctx, { kind: "schedule.write", name: "x", in: 0, note: "old" }));
      },
      act: async (ctx) => {
        const fired = await fireIfDue(ctx, "x", T);
        const written = await applyScheduleWrite(ctx, { kind: "schedule.write", name: "y", every: 3_600_000 });
        return { fired, written };
      },
      check: async (ctx, end) => {
        assert(listSchedules(ctx).every(({ problem }) => problem === undefined));
        if (end.kind === "returned" && end.value.written.ok) assert(readSchedule(ctx, "y") !== undefined);
        if (end.kind === "returned" && end.value.fired.ok && end.value.fired.value !== undefined) {
          assertEquals(readSchedule(ctx, "x")?.schedule?.count, 1);
        }
        assertOk(await fireIfDue(ctx, "x", T));
        assertOk(await fireIfDue(ctx, "x", T));
        assertEquals(readSchedule(ctx, "x")?.schedule?.count, 1);
      },
    });
  });
}

/** One beat of a pulse's life, waited for to the end of all it started. Troubles are the log's. */
async function oneBeat(ctx: Context): Promise<void> {
  const log = openPulseLog(ctx);
  const poke = (): void => {};
  const config = makeLiveConfig(ctx, log);
  const sensing = makeSensing(ctx, { log, run: `test-${crypto.randomUUID()}`, poke });
  const upkeep = makeUpkeep(upkeepSteps(), { log, poke });
  try {
    await beat({ config, sensing, upkeep, log, fleet: {} }, { woken: true, reload: false });
  } finally {
    await waitUntil("all that the beat started has ended", () =>
      sensing.running === 0 &&
      upkeep.facts(T, ctx.os.clock.ticks(), { workersLive: false, woken: true }).every(({ due, asksInMs }) =>
        due || asksInMs !== Infinity
      ));
    await log.flush();
  }
}

for (const fault of ["ENOSPC", "EIO", "crash"] as const) {
  Deno.test(`a beat under ${fault} at any step leaves nothing that the next beat does not put right`, async () => {
    const steps = await walk({
      fault,
      context: { now: T },
      prepare: async (ctx) => {
        const { root } = ctx.profile.paths;
        placeSensor(root, "x.sh", NEW);
        Deno.utimeSync(join(root, "sensors", "x.sh"), new Date(9e11), new Date(9e11));
        Deno.writeTextFileSync(join(root, "snapshots", "sensor-ghost.json"), "{}");
        Deno.writeTextFileSync(
          join(root, "claims", "c.json"),
          JSON.stringify({ v: 1, session: "person", name: "c", ts: T - 2, nonce: "n", expires: T - 1 }),
        );
        Deno.writeTextFileSync(
          join(root, "asks", "w-1.json"),
          JSON.stringify({
            v: 1,
            id: "w-1",
            worker: "w",
            kind: "question",
            prompt: "?",
            ts: T - 9,
            expires: T - 1,
            default: "no",
          }),
        );
        assertOk(await applyScheduleWrite(ctx, { kind: "schedule.write", name: "s", in: 0 }));
      },
      act: async (ctx) => {
        // A beat that fails as a whole is told and made again by the loop.
        await oneBeat(ctx).catch((error) => {
          if (fault !== "crash") throw error;
        });
      },
      check: async (ctx) => {
        await oneBeat(ctx);
        assertEquals(listSnapshots(ctx).map(({ name, problem }) => [name, problem]), [["sensor-x", undefined]]);
        assertEquals(readSnapshot(ctx, "x")?.reading, {});
        assertEquals(readSchedule(ctx, "s")?.schedule?.count, 1);
        assertEquals(ctx.os.files.stat(join(ctx.profile.paths.claims, "c.json")).ok, false);
        const answer = ctx.os.files.read(join(ctx.profile.paths.answers, "w-1.json"));
        assert(answer.kind === "text");
        assertEquals(JSON.parse(answer.text).answer, "no");
      },
    });
    assert(steps > 30, `only ${steps} steps`);
  });
}
