import { assert, assertEquals, assertNotEquals } from "../../kit/assert.ts";
import { liveWorker, NOW, openAsk, plainWorld } from "../../kit/world.ts";
import { worldHash, worldItems, worldTexts } from "../../../src/world/items.ts";
import type { World } from "../../../src/world/world.ts";
import type { Claim } from "../../../src/claims/schema.ts";
import type { Schedule } from "../../../src/schedules/schema.ts";

const MINUTE = 60_000;

async function items(parts: Partial<World>, now = NOW): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries(await worldItems(plainWorld(parts), now));
}

function claim(parts: Partial<Claim>): Claim {
  return { session: "a", name: "db", ts: NOW, nonce: "1", ...parts };
}

const every: Schedule = { rule: { kind: "every", every_ms: 3_600_000, anchor: NOW }, count: 2 };

/** Pairs of worlds whose items are the same: what differs between them must wake nobody. */
const SAME: readonly { readonly name: string; readonly a: Partial<World>; readonly b: Partial<World> }[] = [
  {
    name: "a heartbeat that moved on",
    a: {},
    b: { pulse: { alive: true, heartbeat: undefined } },
  },
  {
    name: "what a worker's terminal shows, and for how long",
    a: { workers: [liveWorker("w")] },
    b: { workers: [liveWorker("w", { health: "idle", idleMs: 90_000, uptimeMs: 999_000, healthWhy: "silent" })] },
  },
  {
    name: "a worker that waits for an answer",
    a: { workers: [liveWorker("w")] },
    b: { workers: [liveWorker("w", { health: "waiting-ask" })] },
  },
  {
    name: "a worker that has come up",
    a: { workers: [liveWorker("w", { state: "starting", health: null })] },
    b: { workers: [liveWorker("w")] },
  },
  {
    name: "the detail of a reading, and the order of its keys",
    a: { snapshots: [{ name: "sensor-s", reading: { signal: { a: 1, b: 2 }, detail: { at: 1 } } }] },
    b: { snapshots: [{ name: "sensor-s", reading: { detail: { at: 2 }, signal: { b: 2, a: 1 } } }] },
  },
  {
    name: "a lease that its holder renewed",
    a: { claims: [{ name: "db", claim: claim({}) }] },
    b: { claims: [{ name: "db", claim: claim({ ts: NOW + 5, nonce: "2", expires: NOW + 99_000 }) }] },
  },
  {
    name: "spend below the limit",
    a: { budget: { spentMicros: 1, limitMicros: 100, level: "under" } },
    b: { budget: { spentMicros: 60, limitMicros: 100, level: "under" } },
  },
  {
    name: "no limit and one that is far away",
    a: {},
    b: { budget: { spentMicros: 1, limitMicros: 100, level: "under" } },
  },
  {
    name: "what is still wrong with the config",
    a: { configProblem: "line 3" },
    b: { configProblem: "line 4" },
  },
  {
    name: "a firing that is due and one that was counted",
    a: { schedules: [{ name: "s", schedule: every, dueAt: NOW - 1 }] },
    b: { schedules: [{ name: "s", schedule: { ...every, count: 3, last: NOW }, dueAt: NOW + 3_600_000 }] },
  },
  {
    name: "where a schedule's grid is anchored",
    a: { schedules: [{ name: "s", schedule: every, dueAt: NOW + 1 }] },
    b: {
      schedules: [{
        name: "s",
        schedule: { ...every, rule: { ...every.rule, anchor: 0 } as Schedule["rule"] },
        dueAt: NOW + 2,
      }],
    },
  },
  {
    name: "an answer that was given and one that was taken",
    a: { asks: [{ ...openAsk("w-1"), status: "answered" }] },
    b: { asks: [{ ...openAsk("w-1"), status: "consumed" }] },
  },
];

/** Pairs that differ, and the one item in which they do. */
const DIFFERENT: readonly {
  readonly name: string;
  readonly item: string;
  readonly a: Partial<World>;
  readonly b: Partial<World>;
}[] = [
  {
    name: "the pulse goes down",
    item: "pulse",
    a: {},
    b: { pulse: { alive: false, heartbeat: plainWorld().pulse.heartbeat } },
  },
  {
    name: "the playbook",
    item: "playbook",
    a: { playbook: { kind: "text", text: "a", stamp: undefined as never } },
    b: { playbook: { kind: "text", text: "b", stamp: undefined as never } },
  },
  {
    name: "a goal's text",
    item: "goal:g",
    a: { goals: [{ id: "g", text: "one", title: undefined }] },
    b: { goals: [{ id: "g", text: "two", title: undefined }] },
  },
  {
    name: "a goal that is emptied, and one that cannot be read",
    item: "goal:g",
    a: { goals: [{ id: "g", text: "", title: undefined }] },
    b: { goals: [{ id: "g", text: undefined, title: undefined }] },
  },
  {
    name: "a signal",
    item: "sensor:s",
    a: { snapshots: [{ name: "sensor-s", reading: { signal: 1 } }] },
    b: { snapshots: [{ name: "sensor-s", reading: { signal: 2 } }] },
  },
  {
    name: "a reading without a signal counts whole",
    item: "sensor:s",
    a: { snapshots: [{ name: "sensor-s", reading: { a: 1 } }] },
    b: { snapshots: [{ name: "sensor-s", reading: { a: 1, b: 1 } }] },
  },
  {
    name: "a reading that turns into something that is no JSON",
    item: "sensor:s",
    a: { snapshots: [{ name: "sensor-s", reading: null }] },
    b: { snapshots: [{ name: "sensor-s", reading: undefined, problem: "the file holds no JSON" }] },
  },
  {
    name: "a worker's exit code",
    item: "worker:w",
    a: { workers: [liveWorker("w", { state: "exited", alive: false, exitCode: 0 })] },
    b: { workers: [liveWorker("w", { state: "exited", alive: false, exitCode: 1 })] },
  },
  {
    name: "a worker's next life",
    item: "worker:w",
    a: { workers: [liveWorker("w")] },
    b: { workers: [liveWorker("w", { generation: 2 })] },
  },
  {
    name: "a worker that is stuck",
    item: "worker:w",
    a: { workers: [liveWorker("w")] },
    b: { workers: [liveWorker("w", { health: "stuck" })] },
  },
  {
    name: "a verdict",
    item: "worker:w",
    a: { workers: [liveWorker("w", { verify: { verdict: "pending" } })] },
    b: { workers: [liveWorker("w", { verify: { verdict: "pass", tail: "ok" } })] },
  },
  { name: "an ask", item: "ask:w-1", a: {}, b: { asks: [openAsk("w-1")] } },
  {
    name: "an ask whose asker is gone",
    item: "ask:w-1",
    a: { asks: [openAsk("w-1")] },
    b: { asks: [{ ...openAsk("w-1"), status: "orphaned" }] },
  },
  {
    name: "a lease that changes hands",
    item: "claim:db",
    a: { claims: [{ name: "db", claim: claim({}) }] },
    b: { claims: [{ name: "db", claim: claim({ session: "b" }) }] },
  },
  {
    name: "a lease that ran out",
    item: "claim:db",
    a: { claims: [{ name: "db", claim: claim({ expires: NOW + 1 }) }] },
    b: { claims: [{ name: "db", claim: claim({ expires: NOW }) }] },
  },
  {
    name: "a schedule that falls due",
    item: "schedule:s",
    a: { schedules: [{ name: "s", schedule: every, dueAt: NOW + 1 }] },
    b: { schedules: [{ name: "s", schedule: every, dueAt: NOW }] },
  },
  { name: "a notice", item: "notice:4", a: {}, b: { notices: [{ n: 4, ts: NOW, source: "notify", message: "x" }] } },
  {
    name: "the budget comes near",
    item: "budget",
    a: { budget: { spentMicros: 79, limitMicros: 100, level: "under" } },
    b: { budget: { spentMicros: 80, limitMicros: 100, level: "near" } },
  },
  { name: "the config breaks", item: "config", a: {}, b: { configProblem: "line 3" } },
  { name: "a directory cannot be listed", item: "unreadable:goals", a: {}, b: { unreadable: ["goals"] } },
];

Deno.test("worldItems() is the same for what moves by itself", async (t) => {
  for (const { name, a, b } of SAME) await t.step(name, async () => assertEquals(await items(a), await items(b)));
});

Deno.test("worldItems() differs in one item for each thing that somebody is to know", async (t) => {
  for (const { name, item, a, b } of DIFFERENT) {
    await t.step(name, async () => {
      const before = await items(a);
      const after = await items(b);
      const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) =>
        before[key] !== after[key]
      );
      assertEquals(changed, [item]);
      assertNotEquals(await worldHash(worldTexts(plainWorld(a), NOW)), await worldHash(worldTexts(plainWorld(b), NOW)));
    });
  }
});

Deno.test("worldItems() takes a step at each reminder of an open ask and of a pulse that is down", async () => {
  const asks = [openAsk("w-1")];
  const at = async (minutes: number) => (await items({ asks }, NOW + minutes * MINUTE))["ask:w-1"] ?? "";
  const steps: (string | undefined)[] = [];
  for (const minutes of [0, 14, 15, 59, 60, 239, 240, 1439, 1440, 2879, 2880, 4320]) {
    steps.push((await at(minutes)).split("+")[1]);
  }
  assertEquals(steps, ["0", "0", "1", "1", "2", "2", "3", "3", "4", "4", "5", "6"]);
  const down = { pulse: { alive: false, heartbeat: undefined }, created: NOW };
  assertEquals((await items(down, NOW))["pulse"], "down,+0");
  assertEquals((await items(down, NOW + 15 * MINUTE))["pulse"], "down,+1");
});

Deno.test("worldHash() does not run two items together", async () => {
  const one = [{ item: "goal:a", text: "b", tail: "" }];
  const other = [{ item: "goal:ab", text: "", tail: "" }];
  assertNotEquals(await worldHash(one), await worldHash(other));
  assert(/^[0-9a-f]{64}$/.test(await worldHash(one)));
});
