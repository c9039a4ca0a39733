import { assertEquals } from "../../kit/assert.ts";
import { liveWorker, NOW, openAsk, plainWorld } from "../../kit/world.ts";
import { ageOfStep, nextReminderAge, nextReminderAt, reminderStep } from "../../../src/base/reminders.ts";
import { type Burst, nextBurst, restOf } from "../../../src/world/settle.ts";
import { isActionable } from "../../../src/world/filter.ts";
import { nextChangeAt } from "../../../src/world/next_change.ts";
import { diffItems } from "../../../src/world/diff.ts";
import type { World } from "../../../src/world/world.ts";

const HOURS = 3_600_000;
const REMINDERS = [15 * 60_000, HOURS, 4 * HOURS, 24 * HOURS];

Deno.test("reminderStep() and nextReminderAge() agree at every threshold, for ever", () => {
  let age = 0;
  for (let step = 0; step < 40; step++) {
    assertEquals(reminderStep(age, REMINDERS), step);
    assertEquals(ageOfStep(step, REMINDERS), age);
    const next = nextReminderAge(step, REMINDERS) ?? 0;
    assertEquals(reminderStep(next - 1, REMINDERS), step);
    assertEquals(nextReminderAt(NOW, NOW + age, REMINDERS), NOW + next);
    age = next;
  }
  assertEquals(age, 37 * 24 * HOURS);
});

Deno.test("reminderStep() never reminds without thresholds, nor of what lies ahead", () => {
  assertEquals(reminderStep(1e12, []), 0);
  assertEquals(reminderStep(1e12, [0]), 0);
  assertEquals(nextReminderAge(0, []), undefined);
  assertEquals(nextReminderAt(NOW, NOW, []), undefined);
  assertEquals(nextReminderAt(NOW, NOW - 1e9, REMINDERS), NOW + 15 * 60_000);
  assertEquals(reminderStep(-1e9, REMINDERS), 0);
  assertEquals(reminderStep(60, [50, 10]), 2);
});

Deno.test("restOf() tells the first change after a quiet time at once, and collects the ones behind it", async (t) => {
  interface Look {
    readonly at: number;
    readonly mark: string;
    readonly urgent?: boolean;
  }
  const rows: readonly {
    readonly name: string;
    readonly quiet: boolean;
    readonly looks: readonly Look[];
    readonly told: number;
  }[] = [
    { name: "after a quiet time", quiet: true, looks: [{ at: 0, mark: "a" }], told: 0 },
    { name: "soon after the last delivery", quiet: false, looks: [{ at: 0, mark: "a" }], told: 200 },
    {
      name: "another change begins the span anew",
      quiet: false,
      looks: [{ at: 0, mark: "a" }, { at: 150, mark: "b" }],
      told: 350,
    },
    { name: "another look does not", quiet: false, looks: [{ at: 0, mark: "a" }, { at: 150, mark: "a" }], told: 200 },
    {
      name: "changes without end are told after a second",
      quiet: false,
      looks: [0, 150, 300, 450, 600, 750, 900].map((at) => ({ at, mark: String(at) })),
      told: 1000,
    },
    {
      name: "an ask never waits",
      quiet: false,
      looks: [{ at: 0, mark: "a" }, { at: 150, mark: "ask", urgent: true }],
      told: 150,
    },
  ];
  for (const { name, quiet, looks, told } of rows) {
    await t.step(name, () => {
      let burst: Burst | undefined;
      let end = Infinity;
      for (const { at, mark, urgent } of looks) {
        burst = nextBurst(burst, { mark, ticks: at, afterQuiet: quiet });
        if (burst === undefined) throw new Error("there is something to tell");
        end = at + restOf(burst, { ticks: at, settleMs: 200, urgent: urgent === true });
      }
      assertEquals(end, told);
    });
  }
});

Deno.test("nextBurst() ends when there is nothing to tell any more", () => {
  const burst = nextBurst(undefined, { mark: "a", ticks: 0, afterQuiet: false });
  assertEquals(nextBurst(burst, { mark: "", ticks: 10, afterQuiet: false }), undefined);
});

Deno.test("isActionable() is what asks for somebody", async (t) => {
  const rows: readonly {
    readonly item: string;
    readonly before?: string;
    readonly after?: string;
    readonly want: boolean;
  }[] = [
    { item: "ask:a-1", after: "h,open+0", want: true },
    { item: "ask:a-1", before: "h,open+0", want: true },
    { item: "notice:3", after: "open", want: true },
    { item: "worker:w", before: "1,running,,,", after: "1,exited,0,,", want: true },
    { item: "budget", before: "under", after: "near", want: true },
    { item: "pulse", before: "alive", after: "down,+0", want: true },
    { item: "schedule:s", before: "h,1", after: "h,2", want: true },
    { item: "schedule:s", before: "h,1", after: "k,1", want: false },
    { item: "schedule:s", after: "h,0", want: false },
    { item: "schedule:s", before: "h,4", want: false },
    { item: "goal:g", before: "1", after: "2", want: false },
    { item: "playbook", before: "1", after: "2", want: false },
    { item: "sensor:s", before: "1", after: "2", want: false },
    { item: "claim:c", after: "1", want: false },
  ];
  for (const { item, before, after, want } of rows) {
    const maps = {
      before: new Map(before === undefined ? [] : [[item, before]]),
      after: new Map(after === undefined ? [] : [[item, after]]),
    };
    await t.step(`${item} ${before} → ${after}`, () => {
      assertEquals(diffItems(maps.before, maps.after).map((change) => isActionable(change, maps)), [want]);
    });
  }
});

Deno.test("nextChangeAt() is the earliest instant at which time alone changes something", async (t) => {
  const rows: readonly { readonly name: string; readonly world: Partial<World>; readonly want: number | undefined }[] =
    [
      { name: "nothing", world: {}, want: undefined },
      { name: "an ask's reminder", world: { asks: [openAsk("a-1")] }, want: NOW + 15 * 60_000 },
      {
        name: "its expiry, when that is sooner",
        world: { asks: [openAsk("a-1", { expires: NOW + 5 })] },
        want: NOW + 5,
      },
      {
        name: "not for one that was answered",
        world: { asks: [{ ...openAsk("a-1"), status: "answered" }] },
        want: undefined,
      },
      {
        name: "a pulse that is down",
        world: { pulse: { alive: false, heartbeat: undefined }, created: NOW },
        want: NOW + 15 * 60_000,
      },
      {
        name: "a lease",
        world: { claims: [{ name: "c", claim: { session: "a", name: "c", ts: NOW, nonce: "n", expires: NOW + 9 } }] },
        want: NOW + 9,
      },
      { name: "a schedule", world: { schedules: [{ name: "s", schedule: undefined, dueAt: NOW + 7 }] }, want: NOW + 7 },
      {
        name: "not one that is due",
        world: { schedules: [{ name: "s", schedule: undefined, dueAt: NOW }] },
        want: undefined,
      },
      {
        name: "a worker that will be stuck",
        world: { workers: [liveWorker("w", { idleMs: 60_000 })] },
        want: NOW + 14 * 60_000,
      },
      {
        name: "not one that is",
        world: { workers: [liveWorker("w", { health: "stuck", idleMs: 9e6 })] },
        want: undefined,
      },
    ];
  for (const { name, world, want } of rows) {
    await t.step(name, () => assertEquals(nextChangeAt(plainWorld(world), NOW), want));
  }
});
