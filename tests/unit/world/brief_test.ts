import { assert, assertEquals } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import { liveWorker, openAsk, plainWorld } from "../../kit/world.ts";
import { raiseAsk, take, told, writeGoal } from "../../kit/waiting.ts";
import { BRIEF_MAX_BYTES, briefBody, briefChanges } from "../../../src/world/brief.ts";
import type { Change } from "../../../src/world/diff.ts";
import { jsonLine } from "../../../src/cli/output.ts";

function added(...items: readonly string[]): readonly Change[] {
  return items.map((item) => ({ item, change: "added" }));
}

function bytes(value: unknown): number {
  return new TextEncoder().encode(
    `${jsonLine({ delivery: "abcdef-123456", world_hash: "0".repeat(64), ...Object(value) })}\n`,
  ).length;
}

Deno.test("briefBody() holds what changed, with what it is now, and the open asks", () => {
  const world = plainWorld({
    asks: [openAsk("w-1"), openAsk("w-2")],
    workers: [liveWorker("w"), liveWorker("v")],
    snapshots: [{ name: "sensor-s", reading: { signal: 1 } }, { name: "sensor-t", reading: { signal: 2 } }],
    notices: [{ n: 3, ts: 0, source: "notify", message: "look" }],
  });
  const body = briefBody(world, added("goal:g", "sensor:s", "ask:w-2", "worker:v"), 0);
  assertEquals(body.changed.map((change) => change.item), ["ask:w-2", "goal:g", "sensor:s", "worker:v"]);
  assertEquals(body.asks.map((ask) => ask.id), ["w-2", "w-1"]);
  assertEquals(body.workers.map((worker) => worker.id), ["v"]);
  assertEquals(body.snapshots, { "sensor-s": { signal: 1 } });
  assertEquals([body.notices.length, body.more_changed, body.more_asks], [0, 0, 0]);
});

Deno.test("briefBody() stays below 8 KiB whatever is in the world, and leaves nothing out for good", async (t) => {
  const nasty = '\u202e\u0085日本語👨‍👩‍👧"\\\n'.repeat(2_000);
  const worlds = {
    "a thousand asks": plainWorld({ asks: Array.from({ length: 1_000 }, (_, n) => openAsk(`w-${n + 1}`)) }),
    "asks of 64 KiB": plainWorld({
      asks: [1, 2, 3, 4].map((n) => openAsk(`w-${n}`, { prompt: nasty, reference: nasty })),
    }),
    "a reading of 8 KiB": plainWorld({ snapshots: [{ name: "sensor-s", reading: { signal: nasty.slice(0, 8_000) } }] }),
    "five hundred workers": plainWorld({ workers: Array.from({ length: 500 }, (_, n) => liveWorker(`w${n}`)) }),
  };
  for (const [name, world] of Object.entries(worlds)) {
    await t.step(name, () => {
      let left = added(
        ...world.asks.map(({ id }) => `ask:${id}`),
        ...world.workers.map(({ id }) => `worker:${id}`),
        ...world.snapshots.map(() => "sensor:s"),
      );
      for (let rounds = 0; left.length > 0; rounds++) {
        assert(rounds < 60, "no progress");
        const picked = briefChanges(world, left);
        assert(picked.length > 0, "nothing had room");
        const body = briefBody(world, picked, left.length - picked.length);
        assert(bytes(body) < BRIEF_MAX_BYTES, `${bytes(body)} bytes`);
        assertEquals(body.changed.length + body.more_changed, left.length);
        left = left.filter((change) => !picked.includes(change));
      }
    });
  }
});

Deno.test("a brief wait gives the rest with the next ones, each change once", async () => {
  await using test = await makeContext();
  const { context } = test;
  for (let n = 0; n < 400; n++) writeGoal(context, `goal-with-a-rather-long-name-${n}`, "one");
  raiseAsk(context, "w-1");
  const seen: string[] = [];
  for (let rounds = 0; rounds < 20; rounds++) {
    const delivery = await take(context, { select: briefChanges });
    if (delivery === undefined) break;
    assert(rounds > 0 || delivery.changes[0]?.item === "ask:w-1", "asks come first");
    seen.push(...told(delivery));
  }
  assertEquals(seen.length, 404);
  assertEquals(new Set(seen).size, 404);
  assertEquals(await take(context), undefined);
});
