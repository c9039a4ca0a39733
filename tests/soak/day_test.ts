import { join } from "node:path";
import { assert, assertEquals, assertOk } from "../kit/assert.ts";
import { makeContext } from "../kit/context.ts";
import { placeSensor } from "../kit/sensor.ts";
import { waitUntil } from "../kit/wait_until.ts";
import { beat } from "../../src/pulse/beat.ts";
import { makeLiveConfig } from "../../src/pulse/live_config.ts";
import { openPulseLog } from "../../src/pulse/log.ts";
import { makeSensing } from "../../src/pulse/sensing.ts";
import { makeUpkeep } from "../../src/pulse/upkeep.ts";
import { upkeepSteps } from "../../src/pulse/upkeep/steps.ts";
import { raiseAsk } from "../../src/mailbox/raise.ts";
import { applyScheduleWrite } from "../../src/schedules/moves.ts";
import { readSchedule } from "../../src/schedules/store.ts";

const MINUTE_MS = 60_000;
const DAY_BEATS = 24 * 60;

/** Beats until what is made once has been made. */
const WARM_BEATS = 240;

/** The collector's own unrest; a leak of two kilobytes a beat is above it. */
const GROWTH_MAX = 2 * 1024 * 1024;

Deno.test("after a day of beats a pulse holds no more memory, descriptors and files than after four hours", async () => {
  await using test = await makeContext({ now: Date.UTC(2026, 0, 15) });
  // Both clocks go a minute a beat, so that all that has a cadence comes as often as on a real day.
  let gone = 0;
  const { clock } = test.os;
  const ctx = {
    ...test.context,
    os: {
      ...test.os,
      clock: { ...clock, now: () => clock.now(), ticks: () => clock.ticks() + gone, sleep: clock.sleep.bind(clock) },
    },
  };
  placeSensor(test.dir, "calm.sh", "#!/bin/sh\necho '{\"signal\":1}'\n");
  placeSensor(test.dir, "flap.sh", '#!/bin/sh\necho "{\\"signal\\":\\"$(date +%s%N)\\"}"\n');
  placeSensor(test.dir, "bad.sh", "#!/bin/sh\necho why >&2\nexit 1\n");
  for (const name of ["calm", "flap", "bad"]) {
    Deno.utimeSync(join(test.dir, "sensors", `${name}.sh`), new Date(9e11), new Date(9e11));
  }
  assertOk(await applyScheduleWrite(ctx, { kind: "schedule.write", name: "hourly", every: 60 * MINUTE_MS }));
  assertOk(await raiseAsk(ctx, { worker: "w", kind: "question", prompt: "Does anybody answer tonight?" }));
  const log = openPulseLog(ctx);
  const poke = (): void => {};
  const tools = {
    log,
    config: makeLiveConfig(ctx, log),
    fleet: {},
    sensing: makeSensing(ctx, { log, run: "soak", poke }),
    upkeep: makeUpkeep(upkeepSteps(), { log, poke }),
  };
  const seen: Held[] = [];
  const began = performance.now();
  for (let n = 1; n <= DAY_BEATS; n++) {
    await beat(tools, { woken: true, reload: false });
    await waitUntil("the beat's work ended", () => tools.sensing.running === 0 && !tools.upkeep.busy, { everyMs: 1 });
    await log.flush();
    test.advance(MINUTE_MS);
    gone += MINUTE_MS;
    seen.push({ heap: Deno.memoryUsage().heapUsed, descriptors: descriptors(), files: filesBelow(test.dir) });
  }
  const speed = DAY_BEATS * MINUTE_MS / (performance.now() - began);
  const [early, late] = [seen.slice(WARM_BEATS, 2 * WARM_BEATS), seen.slice(-WARM_BEATS)];
  const grown = least(late, "heap") - least(early, "heap");
  console.log(
    `a day at ${speed.toFixed(0)} × speed: heap ${(grown / 1024).toFixed(0)} KiB more than after four hours, ` +
      `descriptors ${least(early, "descriptors")} → ${least(late, "descriptors")}, files ${least(early, "files")} → ${
        least(late, "files")
      }`,
  );
  assertEquals(readSchedule(ctx, "hourly")?.schedule?.count, 23);
  assert(grown < GROWTH_MAX, `grown by ${(grown / 1024).toFixed(0)} KiB`);
  assertEquals(least(late, "descriptors"), least(early, "descriptors"));
  assertEquals(least(late, "files"), least(early, "files"));
});

/** What the process and the profile hold after a beat. */
interface Held {
  readonly heap: number;
  readonly descriptors: number;
  readonly files: number;
}

/** Open descriptors of this process; 0 where the system does not list them. */
function descriptors(): number {
  try {
    return [...Deno.readDirSync("/proc/self/fd")].length;
  } catch {
    return 0;
  }
}

function filesBelow(dir: string): number {
  return [...Deno.readDirSync(dir)].reduce(
    (sum, { name, isDirectory }) => sum + (isDirectory ? filesBelow(join(dir, name)) : 1),
    0,
  );
}

/** What is really held shows right after the collector came by: the lowest of many looks. */
function least(held: readonly Held[], what: keyof Held): number {
  return Math.min(...held.map((one) => one[what]));
}
