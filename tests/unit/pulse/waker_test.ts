import { assert, assertEquals } from "../../kit/assert.ts";
import { type Clock, realClock } from "../../../src/os/clock.ts";
import { makeWaker } from "../../../src/pulse/waker.ts";

/** A clock in which sleeping costs nothing, and wall time may be bent. */
function bentClock(bend: (ticks: number) => number): Clock {
  let ticks = 0;
  return {
    ticks: () => ticks,
    now: () => bend(ticks),
    sleep: (ms, signal) => {
      if (signal?.aborted !== true) ticks += ms;
      return Promise.resolve();
    },
  };
}

Deno.test("rest() ends when the time is up, with no reason", async () => {
  const clock = bentClock((ticks) => ticks);
  assertEquals(await makeWaker(clock).rest(100_000), []);
  assertEquals(clock.ticks(), 100_000);
});

Deno.test("rest() ends at a poke, also at one that came before", async () => {
  const waker = makeWaker(realClock());
  const resting = waker.rest(60_000);
  waker.poke("goals/x.md");
  assertEquals(await resting, ["goals/x.md"]);
  waker.poke("a");
  waker.poke("b");
  waker.poke("a");
  assertEquals(await waker.rest(60_000), ["a", "b"]);
  assertEquals(await waker.rest(0), []);
});

for (const [name, jump] of [["forward", 3_600_000], ["back", -3_600_000]] as const) {
  Deno.test(`rest() notices a clock that jumps ${name}`, async () => {
    const clock = bentClock((ticks) => ticks > 20_000 ? ticks + jump : ticks);
    assertEquals(await makeWaker(clock).rest(86_400_000), ["clock"]);
    assert(clock.ticks() <= 40_000, `noticed after ${clock.ticks()} ms`);
  });
}

Deno.test("poke() keeps a bounded number of reasons", async () => {
  const waker = makeWaker(realClock());
  for (let n = 0; n < 10_000; n++) waker.poke(`goals/${n}.md`);
  assertEquals((await waker.rest(1_000)).length, 20);
});
