import { assert, assertEquals } from "../../kit/assert.ts";
import { fired, hasFired, healed, nextDue } from "../../../src/schedules/due.ts";
import type { Schedule } from "../../../src/schedules/schema.ts";

const MIN = 60_000;
const HOUR = 60 * MIN;
const DAY = 24 * HOUR;
const T = Date.UTC(2026, 0, 15, 12, 0, 0);

const at = (when: number, more: Partial<Schedule> = {}): Schedule => ({
  rule: { kind: "at", at: when },
  count: 0,
  ...more,
});
const every = (ms: number, anchor: number, last?: number): Schedule => ({
  rule: { kind: "every", every_ms: ms, anchor },
  count: last === undefined ? 0 : 1,
  ...(last === undefined ? {} : { last }),
});

const ROWS: readonly (readonly [string, Schedule, number, number | undefined])[] = [
  ["one-shot ahead", at(T + HOUR), T, T + HOUR],
  ["one-shot missed while the machine slept", at(T - DAY), T, T - DAY],
  ["one-shot that fired", at(T - DAY, { count: 1, last: T - HOUR }), T, undefined],
  ["first firing of a repeating one", every(HOUR, T), T, T + HOUR],
  ["next on the grid after a late firing", every(HOUR, T, T + HOUR + 7 * MIN), T + HOUR + 7 * MIN, T + 2 * HOUR],
  ["many missed are one", every(HOUR, T, T + HOUR), T + 30 * DAY, T + 2 * HOUR],
  ["written by hand, without an anchor: now, then on a grid", every(HOUR, 0), T, HOUR],
  ["the same after it fired", every(HOUR, 0, T), T, T + HOUR],
  [
    "clock set back a little: the firing of the same instant is not repeated",
    every(HOUR, T, T + HOUR),
    T + HOUR - MIN,
    T + 2 * HOUR,
  ],
  ["clock set back a year: measured from now", every(HOUR, T, T), T - 365 * DAY + 1, T - 365 * DAY + HOUR],
  ["anchor far ahead", every(HOUR, T + 365 * DAY), T, T + HOUR],
];

for (const [name, schedule, now, want] of ROWS) {
  Deno.test(`nextDue() of a ${name}`, async () => assertEquals(await nextDue(schedule, now), want));
}

Deno.test("healed() mends what lies far ahead and leaves the rest alone", async () => {
  assertEquals(healed(at(T + 400 * DAY), T), undefined);
  assertEquals(healed(every(HOUR, T, T), T), undefined);
  assertEquals(healed(every(HOUR, T, T + MIN), T), undefined);
  assertEquals(healed(every(2 * HOUR, T, T + HOUR), T), undefined);
  const mended = healed(every(HOUR, T + DAY, T + DAY), T);
  assertEquals(mended, every(HOUR, T, T));
  // Once mended it comes nearer with time.
  assert(mended !== undefined);
  assertEquals(await nextDue(mended, T + 59 * MIN), T + HOUR);
});

Deno.test("fired() counts, and a one-shot is over", async () => {
  const once = fired(at(T), T + 5);
  assertEquals([once.count, once.last, hasFired(once), await nextDue(once, T + DAY)], [1, T + 5, true, undefined]);
  const again = fired(fired(every(HOUR, T), T + HOUR), T + 2 * HOUR);
  assertEquals([again.count, hasFired(again)], [2, false]);
});

Deno.test("nextDue() of a rule that is not understood is never, not an exception", async () => {
  for (const cron of ["", "soon", "* * * * * *", "61 * * * *", "0 0 31 2 *"]) {
    assertEquals(await nextDue({ rule: { kind: "cron", cron, anchor: T }, count: 0 }, T), undefined, cron);
  }
});

/** Cron rules are read in local time, so each zone is tried in a process that lives there. */
const ZONES: readonly {
  readonly zone: string;
  readonly cron: string;
  readonly from: string;
  readonly want: readonly string[];
}[] = [
  {
    zone: "Europe/Berlin", // 02:00 to 03:00 is left out on 29 March
    cron: "30 2 * * *",
    from: "2026-03-27T12:00:00Z",
    want: ["2026-03-28T01:30:00.000Z", "2026-03-29T01:00:00.000Z", "2026-03-30T00:30:00.000Z"],
  },
  {
    zone: "Europe/Berlin", // 02:00 to 03:00 occurs twice on 25 October: fires once
    cron: "30 2 * * *",
    from: "2026-10-24T12:00:00Z",
    want: ["2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z"],
  },
  {
    zone: "America/New_York",
    cron: "0 9 * * 1-5",
    from: "2026-03-06T15:00:00Z",
    want: ["2026-03-09T13:00:00.000Z", "2026-03-10T13:00:00.000Z"],
  },
  {
    zone: "America/Santiago", // changes at midnight
    cron: "@daily",
    from: "2026-09-05T12:00:00Z",
    want: ["2026-09-06T04:00:00.000Z", "2026-09-07T03:00:00.000Z"],
  },
];

for (const { zone, cron, from, want } of ZONES) {
  Deno.test(`nextDue() of "${cron}" in ${zone} across a change of the clocks`, async () => {
    const module = new URL("../../../src/schedules/due.ts", import.meta.url);
    const script = `const { nextDue } = await import(Deno.args[0]);
      let last = Date.parse(Deno.args[2]);
      for (let n = 0; n < Number(Deno.args[3]); n++) {
        last = await nextDue({ rule: { kind: "cron", cron: Deno.args[1], anchor: 0 }, count: 1, last }, last);
        console.log(new Date(last).toISOString());
      }`;
    const file = await Deno.makeTempFile({ suffix: ".ts" });
    await Deno.writeTextFile(file, script);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-check",
        "--allow-all",
        "--config",
        "deno.json",
        file,
        module.href,
        cron,
        from,
        String(want.length),
      ],
      cwd: new URL("../../../", import.meta.url),
      env: { TZ: zone },
    }).output();
    await Deno.remove(file);
    assertEquals(new TextDecoder().decode(stdout).trim().split("\n"), [...want], new TextDecoder().decode(stderr));
  });
}
