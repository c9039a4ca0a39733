import fc from "fast-check";
import { nextReminder, reminderStep } from "../../../src/mailbox/reminder.ts";
import { assert, assertEquals } from "../../kit/assert.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const STEPS = [15 * MINUTE, HOUR, 4 * HOUR, 24 * HOUR];

Deno.test("reminders come at each step, then at every further length of the last", () => {
  const rows: readonly (readonly [number, number])[] = [
    [-5, 0],
    [0, 0],
    [15 * MINUTE - 1, 0],
    [15 * MINUTE, 1],
    [HOUR, 2],
    [4 * HOUR, 3],
    [24 * HOUR - 1, 3],
    [24 * HOUR, 4],
    [48 * HOUR - 1, 4],
    [48 * HOUR, 5],
    [10 * 24 * HOUR, 13],
  ];
  for (const [age, want] of rows) assertEquals(reminderStep(1000, 1000 + age, STEPS), want, `${age}`);
  assertEquals(reminderStep(0, 1e12, []), 0);
  assertEquals(nextReminder(0, 1e12, []), undefined);
});

Deno.test("the step rises by one exactly when the next reminder is due", () => {
  fc.assert(fc.property(
    fc.nat(400 * HOUR),
    fc.uniqueArray(fc.integer({ min: 1, max: 30 * HOUR }), { minLength: 1, maxLength: 5 }),
    (age, spans) => {
      const steps = [...spans].sort((a, b) => a - b);
      const now = 7 + age;
      const next = nextReminder(7, now, steps);
      assert(next !== undefined && next > now);
      assertEquals(reminderStep(7, next - 1, steps), reminderStep(7, now, steps));
      assertEquals(reminderStep(7, next, steps), reminderStep(7, now, steps) + 1);
    },
  ));
});
