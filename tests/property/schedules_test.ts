import fc from "fast-check";
import { assert, assertEquals } from "../kit/assert.ts";
import { fired, healed, nextDue } from "../../src/schedules/due.ts";
import { formatSchedule, parseSchedule } from "../../src/schedules/store.ts";
import type { Schedule } from "../../src/schedules/schema.ts";

const MIN = 60_000;
const T = Date.UTC(2026, 0, 1);

const plain = { noNullPrototype: true } as const;
const instant = fc.integer({ min: T, max: T + 400 * 86_400_000 });
const rule: fc.Arbitrary<Schedule["rule"]> = fc.oneof(
  fc.record({ kind: fc.constant("at" as const), at: instant }, plain),
  fc.record({
    kind: fc.constant("every" as const),
    every_ms: fc.integer({ min: MIN, max: 40 * 86_400_000 }),
    anchor: instant,
  }, plain),
);
const schedule: fc.Arbitrary<Schedule> = fc.record(
  { rule, count: fc.nat(1000), last: instant, note: fc.string({ unit: "binary" }) },
  { requiredKeys: ["rule", "count"], noNullPrototype: true },
);

Deno.test("a schedule's file gives back what was written", () => {
  fc.assert(fc.property(schedule, fc.string(), (given, unknown) => {
    const kept = { ...given, v: 1, note: given.note?.toWellFormed() ?? "", colour: unknown.toWellFormed() };
    assertEquals(parseSchedule("x", formatSchedule(kept)).schedule, kept);
  }));
});

/**
 * The pulse looks at odd instants of a clock that is set back and forth; the rules that hold whatever it does: it never fires twice
 * within a period measured on the schedule's own grid while time runs forward, and never falls silent.
 */
Deno.test("a repeating schedule neither bursts nor falls silent, however the clock moves", async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 1, max: 20 * MIN }) }),
    fc.record({ kind: fc.constant("jump" as const), ms: fc.integer({ min: -90 * 86_400_000, max: 90 * 86_400_000 }) }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: MIN, max: 180 * MIN }),
      fc.array(step, { maxLength: 40 }),
      async (period, steps) => {
        let now = T;
        let state: Schedule = { rule: { kind: "every", every_ms: period, anchor: now }, count: 0 };
        const look = async (): Promise<boolean> => {
          state = healed(state, now) ?? state;
          const due = await nextDue(state, now);
          assert(due !== undefined);
          // Never further away than two periods: what lies ahead by less than one is waited out.
          assert(due - now <= 2 * period, `next in ${due - now} of ${period}`);
          if (due > now) return false;
          state = fired(state, now);
          return true;
        };
        for (const { ms } of steps) {
          now += ms;
          const firings = [await look(), await look(), await look()].filter(Boolean).length;
          assert(firings <= 1, "one instant, one firing");
        }
        // From here on the clock runs as it should: as many firings as periods, give or take the one under way.
        const before = state.count;
        for (let n = 0; n < 100; n++) {
          now += period / 10;
          await look();
        }
        const firings = state.count - before;
        assert(firings >= 8 && firings <= 11, `${firings} firings in ten periods`);
      },
    ),
    { numRuns: 200 },
  );
});
