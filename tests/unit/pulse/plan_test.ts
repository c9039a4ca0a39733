import { assertEquals } from "../../kit/assert.ts";
import { type BeatFacts, type BeatPlan, intervalNow, planBeat } from "../../../src/pulse/plan.ts";
import type { SensorDueFacts } from "../../../src/sensors/due.ts";

function sensor(name: string, more: Partial<SensorDueFacts> = {}): SensorDueFacts {
  return {
    name,
    intervalMs: 60_000,
    sinceRunMs: 0,
    changed: false,
    stillMs: Infinity,
    running: false,
    published: true,
    ...more,
  };
}

const quiet: BeatFacts = { intervalMs: 60_000, sensors: [], freeSlots: 64, schedules: [], upkeep: [] };
const nothing: BeatPlan = { sensors: [], schedules: [], upkeep: [], restMs: 60_000 };

const ROWS: readonly (readonly [string, Partial<BeatFacts>, Partial<BeatPlan>])[] = [
  ["rests for the interval when nothing is due", {}, {}],
  ["starts what is due and rests until the next is", {
    sensors: [sensor("a", { sinceRunMs: 60_000 }), sensor("b", { sinceRunMs: 45_000 })],
  }, { sensors: ["a"], restMs: 15_000 }],
  ["starts all that are due at once", {
    sensors: ["a", "b", "c"].map((name) => sensor(name, { sinceRunMs: undefined })),
  }, { sensors: ["a", "b", "c"] }],
  ["asks for no beat on account of a sensor that runs", {
    sensors: [sensor("a", { running: true, sinceRunMs: 1e9 })],
  }, { restMs: 60_000 }],
  ["gives few slots to those that waited longest", {
    sensors: [
      sensor("a", { sinceRunMs: 70_000 }),
      sensor("b", { sinceRunMs: 90_000 }),
      sensor("c", { sinceRunMs: undefined }),
    ],
    freeSlots: 2,
  }, { sensors: ["c", "b"] }],
  ["does not spin while no slot is free", { sensors: [sensor("a", { sinceRunMs: 1e9 })], freeSlots: 0 }, {
    restMs: 60_000,
  }],
  ["bears more running than slots", { sensors: [sensor("a", { sinceRunMs: 1e9 })], freeSlots: -3 }, { sensors: [] }],
  ["fires what is due, also long ago", {
    schedules: [{ name: "s", dueInMs: 0 }, { name: "t", dueInMs: -1e9 }, { name: "u", dueInMs: 5_000 }],
  }, { schedules: ["s", "t"], restMs: 5_000 }],
  ["lets upkeep go along, and come for its own sake", {
    upkeep: [
      { name: "each", light: false, due: true, asksInMs: Infinity },
      { name: "later", light: false, due: false, asksInMs: 1_000 },
      { name: "running", light: false, due: false, asksInMs: Infinity },
    ],
  }, { upkeep: ["each"], restMs: 1_000 }],
  ["comes back when an edit of the config has settled", { settlesInMs: 300 }, { restMs: 300 }],
  ["never rests for nothing", { schedules: [{ name: "s", dueInMs: 0.2 }] }, { restMs: 40 }],
];

for (const [name, given, want] of ROWS) {
  Deno.test(`planBeat() ${name}`, () => assertEquals(planBeat({ ...quiet, ...given }), { ...nothing, ...want }));
}

Deno.test("intervalNow() takes the shortest that applies, and never less than a second", () => {
  const config = { intervalMs: 60_000, busyIntervalMs: 20_000, activeIntervalMs: 10_000 };
  const now = (workersLive: boolean, sinceMoveMs?: number) => intervalNow(config, { workersLive, sinceMoveMs });
  assertEquals([now(false), now(true), now(false, 1_000), now(true, 1_000)], [60_000, 20_000, 10_000, 10_000]);
  assertEquals(now(false, 600_000), 60_000);
  assertEquals(intervalNow({ ...config, intervalMs: 1 }, { workersLive: false, sinceMoveMs: undefined }), 1_000);
});
