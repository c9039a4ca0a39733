import { join } from "node:path";
import { assert, assertEquals, assertFailed, assertOk } from "../../kit/assert.ts";
import { makeContext, type TestContext } from "../../kit/context.ts";
import { fireIfDue, healIfAhead } from "../../../src/schedules/firing.ts";
import { applyScheduleRm, applyScheduleWrite } from "../../../src/schedules/moves.ts";
import { listSchedules, readSchedule } from "../../../src/schedules/store.ts";
import { sysSchedules } from "../../../src/schedules/system_reading.ts";

const T = Date.UTC(2026, 0, 15, 12, 0, 0);
const HOUR = 3_600_000;

type Rule = { readonly in?: number; readonly every?: number; readonly cron?: string; readonly note?: string };

async function write(test: TestContext, name: string, rule: Rule) {
  return await applyScheduleWrite(test.context, { kind: "schedule.write", name, ...rule });
}

const REFUSED: readonly (readonly [string, string, Rule, string])[] = [
  ["no rule", "x", {}, "usage"],
  ["two rules", "x", { in: 1, every: HOUR }, "usage"],
  ["an interval below a minute", "x", { every: 59_999 }, "usage"],
  ["a cron rule with seconds", "x", { cron: "* * * * * *" }, "usage"],
  ["a cron rule that is none", "x", { cron: "every day" }, "usage"],
  ["a cron rule that never comes true", "x", { cron: "0 0 31 2 *" }, "usage"],
  ["a bad name", "../x", { in: 1 }, "usage"],
  ["the pulse's name", "pulse", { in: 1 }, "usage"],
  ["a name that differs in case only", "NIGHTLY", { in: 1 }, "conflict"],
];

for (const [what, name, rule, kind] of REFUSED) {
  Deno.test(`applyScheduleWrite() refuses ${what}`, async () => {
    await using test = await makeContext({ now: T });
    assertOk(await write(test, "nightly", { every: HOUR }));
    assertEquals(assertFailed(await write(test, name, rule)).kind, kind);
    assertEquals(listSchedules(test.context).map((file) => file.name), ["nightly"]);
  });
}

Deno.test("applyScheduleWrite() goes on with the same repeating rule and begins anew with another", async () => {
  await using test = await makeContext({ now: T });
  assertEquals(assertOk(await write(test, "x", { every: HOUR, note: "look" })).data.next_due, T + HOUR);
  test.advance(HOUR);
  assertEquals(assertOk(await fireIfDue(test.context, "x", T + HOUR))?.count, 1);
  assertEquals(assertOk(await write(test, "x", { every: HOUR, note: "look" })).changed, false);
  assertEquals(readSchedule(test.context, "x")?.schedule?.count, 1);
  assertEquals(assertOk(await write(test, "x", { every: 2 * HOUR, note: "look" })).changed, true);
  assertEquals(readSchedule(test.context, "x")?.schedule, {
    v: 1,
    rule: { kind: "every", every_ms: 2 * HOUR, anchor: T + HOUR },
    note: "look",
    count: 0,
  });
  // One that counts from now is a new one each time.
  assertOk(await write(test, "y", { in: HOUR }));
  test.advance(1);
  assertEquals(assertOk(await write(test, "y", { in: HOUR })).data.next_due, T + 2 * HOUR + 1);
});

Deno.test("applyScheduleWrite() keeps keys that it does not know", async () => {
  await using test = await makeContext({ now: T });
  const path = join(test.dir, "schedules", "x.json");
  Deno.writeTextFileSync(path, JSON.stringify({ rule: { kind: "at", at: T }, count: 1, last: T, colour: "red" }));
  assertOk(await write(test, "x", { in: HOUR }));
  assertEquals(JSON.parse(Deno.readTextFileSync(path)), {
    v: 1,
    rule: { kind: "at", at: T + HOUR },
    count: 0,
    colour: "red",
  });
});

Deno.test("fireIfDue() fires once, whoever asks how often, and keeps what else is in the file", async () => {
  await using test = await makeContext({ now: T });
  const path = join(test.dir, "schedules", "x.json");
  Deno.writeTextFileSync(path, JSON.stringify({ rule: { kind: "at", at: T }, colour: "red" })); // as a person writes it
  assertEquals(assertOk(await fireIfDue(test.context, "x", T - 1)), undefined);
  const all = await Promise.all([1, 2, 3, 4].map(() => fireIfDue(test.context, "x", T)));
  assertEquals(all.map((one) => assertOk(one)?.count).filter((count) => count !== undefined), [1]);
  const kept = JSON.parse(Deno.readTextFileSync(path));
  assertEquals([kept.count, kept.last, kept.colour], [1, T, "red"]);
  assertEquals(assertOk(await fireIfDue(test.context, "never", T)), undefined);
});

Deno.test("healIfAhead() writes only when something lies ahead", async () => {
  await using test = await makeContext({ now: T });
  assertOk(await write(test, "x", { every: HOUR }));
  assertEquals(assertOk(await healIfAhead(test.context, "x", T)), false);
  assertEquals(assertOk(await healIfAhead(test.context, "x", T - 24 * HOUR)), true);
  assertEquals(assertOk(await fireIfDue(test.context, "x", T - 23 * HOUR))?.count, 1);
});

Deno.test("applyScheduleRm() removes it once and is content the second time", async () => {
  await using test = await makeContext({ now: T });
  assertOk(await write(test, "x", { in: 1 }));
  const outcomes = [
    await applyScheduleRm(test.context, { name: "x" }),
    await applyScheduleRm(test.context, { name: "x" }),
  ];
  assertEquals(outcomes.map((one) => assertOk(one).changed), [true, false]);
  assertEquals(assertFailed(await applyScheduleRm(test.context, { name: "../x" })).kind, "usage");
});

Deno.test("listSchedules() keeps what cannot be understood in sight, with a stable problem", async () => {
  await using test = await makeContext({ now: T });
  const debris: readonly (readonly [string, string])[] = [
    ["a", "{"],
    ["b", "[]"],
    ["c", '{"rule":{"kind":"every","every_ms":5}}'],
    ["d", '{"v":9,"rule":{"kind":"at","at":1},"count":0}'],
  ];
  for (const [name, text] of debris) Deno.writeTextFileSync(join(test.dir, "schedules", `${name}.json`), text);
  Deno.mkdirSync(join(test.dir, "schedules", "e.json"));
  Deno.writeTextFileSync(join(test.dir, "schedules", "no id.json"), "{}");
  const files = listSchedules(test.context);
  assertEquals(
    files.map(({ name, schedule }) => [name, schedule]),
    ["a", "b", "c", "d", "e"].map((n) => [n, undefined]),
  );
  assert(files.every(({ problem }) => problem !== undefined));
  Deno.writeTextFileSync(join(test.dir, "schedules", "a.json"), "{ 12:07");
  assertEquals(listSchedules(test.context), files);
  const { signal } = await sysSchedules(test.context, T);
  assertEquals(signal, { a: "invalid", b: "invalid", c: "invalid", d: "invalid", e: "invalid" });
});

Deno.test("sysSchedules() says pending, due, fired, and how often", async () => {
  await using test = await makeContext({ now: T });
  assertOk(await write(test, "once", { in: HOUR, note: "look" }));
  assertOk(await write(test, "often", { cron: "0  9 * *  1-5" }));
  assertEquals((await sysSchedules(test.context, T)).signal, { once: "pending", often: { fired: 0 } });
  assertEquals((await sysSchedules(test.context, T + HOUR)).signal.once, "due");
  assertOk(await fireIfDue(test.context, "once", T + HOUR));
  const reading = await sysSchedules(test.context, T + HOUR);
  assertEquals([reading.signal.once, reading.detail.once], [
    "fired",
    { rule: "at 2026-01-15T13:00:00.000Z", next_due: null, last: T + HOUR, count: 1, note: "look" },
  ]);
});
