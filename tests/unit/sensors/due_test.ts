import { assertEquals } from "../../kit/assert.ts";
import { type SensorDueFacts, sensorDueIn } from "../../../src/sensors/due.ts";
import { isFlapping, nextStreak } from "../../../src/sensors/flapping.ts";

const settled: SensorDueFacts = {
  name: "x",
  intervalMs: 60_000,
  sinceRunMs: 10_000,
  changed: false,
  stillMs: Infinity,
  running: false,
  published: true,
};

const ROWS: readonly (readonly [string, Partial<SensorDueFacts>, number])[] = [
  ["rests for what is left of its interval", {}, 50_000],
  ["is due at its interval", { sinceRunMs: 60_000 }, 0],
  ["is due after it", { sinceRunMs: 1e12 }, 0],
  ["is not due while it runs, however late", { running: true, sinceRunMs: 1e9 }, Infinity],
  ["is not due while it runs, edited or not", { running: true, changed: true }, Infinity],
  ["is due when it never ran", { sinceRunMs: undefined }, 0],
  ["waits until a new script stands still", { sinceRunMs: undefined, stillMs: 100 }, 400],
  ["is due when an edited script stood still", { changed: true, stillMs: 500 }, 0],
  ["waits for an edit, also past its interval", { changed: true, stillMs: 0, sinceRunMs: 1e9 }, 500],
  ["is measured again soon when its reading is gone", { published: false, sinceRunMs: 6_000 }, 0],
  ["does not spin when its reading cannot be written", { published: false, sinceRunMs: 0 }, 5_000],
];

for (const [name, given, want] of ROWS) {
  Deno.test(`sensorDueIn() ${name}`, () => assertEquals(sensorDueIn({ ...settled, ...given }), want));
}

Deno.test("nextStreak() marks five changes in a row, forgives a pause, decays", () => {
  const run = (signals: string): boolean[] => {
    let streak = 0;
    let before: string | undefined;
    return [...signals].map((signal) => {
      streak = nextStreak(streak, before, signal);
      before = signal;
      return isFlapping(streak);
    });
  };
  assertEquals(run("abcdef"), [false, false, false, false, false, true]);
  assertEquals(run("aaaaaaaa").includes(true), false);
  assertEquals(run("abcdeefgh").at(-1), true); // a pause in it
  assertEquals(run("ababababababaaaaaaaa").at(-1), false); // at rest again
  assertEquals(run("abababaaaa").at(-1), false);
});
