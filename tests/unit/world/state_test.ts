import { join } from "node:path";
import { assert, assertEquals, assertIncludes, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import { liveWorker, NOW, openAsk, plainWorld } from "../../kit/world.ts";
import { raiseAsk, take, withoutEvents, writeGoal } from "../../kit/waiting.ts";
import { gatherWorld } from "../../../src/world/gather.ts";
import { worldItems, worldTexts } from "../../../src/world/items.ts";
import { stateJson } from "../../../src/world/state.ts";
import { statusJson } from "../../../src/world/status.ts";
import { statusLine } from "../../../src/world/status_line.ts";
import { enter, listWaits } from "../../../src/world/presence.ts";
import { rootAwayDue } from "../../../src/world/root_away.ts";
import { realFiles } from "../../../src/os/real_files.ts";
import { realSys } from "../../../src/os/sys.ts";
import type { World } from "../../../src/world/world.ts";

const FULL: World = plainWorld({
  goals: [{ id: "g", text: "x", title: "it is so" }],
  snapshots: [{ name: "sensor-s", reading: { signal: 1 } }, {
    name: "sensor-t",
    reading: undefined,
    problem: "no JSON",
  }],
  asks: [
    openAsk("w-1", { reference: "reports/w.md", options: ["yes", "no"], ts: NOW - 61_500, expires: NOW + 9_000 }),
    openAsk("w-2", { kind: "approval", action: "rm -r build" }),
    { id: "w-3", ask: undefined, status: "corrupt", problem: "the ask's file is no JSON" },
    { ...openAsk("w-4"), status: "answered" },
  ],
  workers: [
    liveWorker("w", { goal: "g", verify: { verdict: "pending" } }),
    liveWorker("v", { state: "exited", alive: false, exitCode: 3, health: "dead", idleMs: null, uptimeMs: null }),
  ],
  claims: [
    { name: "db", claim: { session: "w", name: "db", ts: NOW - 5_000, nonce: "n", expires: NOW + 5_000 } },
    { name: "old", claim: { session: "w", name: "old", ts: 0, nonce: "n", expires: NOW } },
    { name: "odd", claim: undefined, problem: "it is empty" },
  ],
  schedules: [{
    name: "daily",
    schedule: { rule: { kind: "cron", cron: "0 9 * * *", anchor: 0 }, count: 2, last: NOW - 1_000, note: "look" },
    dueAt: NOW + 60_000,
  }],
  notices: [{ n: 3, ts: NOW - 2_000, source: "notify", message: "look here" }],
  budget: { spentMicros: 1_250_000, limitMicros: 2_000_000, level: "under" },
});

/** The names and types of looop 0.16.1, retyped: programs read them. Ours may only ever be added to. */
const FORERUNNER: Readonly<Record<string, string>> = {
  world_hash: "string",
  snapshots: "object",
  asks: "array",
  "asks[].id": "string",
  "asks[].worker": "string",
  "asks[].prompt": "string",
  "asks[].reference": "string",
  "asks[].options": "array",
  "asks[].ts": "number",
  workers: "array",
  "workers[].id": "string",
  "workers[].state": "string",
  "workers[].alive": "boolean",
  "workers[].exit_code": "null",
  goals: "array",
  "goals[]": "string",
  journal_tail: "array",
  "journal_tail[]": "string",
  data_dir: "string",
};

const OURS: readonly string[] = [
  "schema",
  "pulse",
  "pulse.alive",
  "pulse.last_beat",
  "pulse.interval_s",
  "config",
  "config.ok",
  "asks[].kind",
  "asks[].age_s",
  "asks[].status",
  "asks[].expires",
  "workers[].health",
  "workers[].idle_s",
  "workers[].uptime_s",
  "workers[].goal",
  "workers[].verify",
  "claims",
  "claims[].name",
  "claims[].session",
  "claims[].ts",
  "claims[].age_s",
  "claims[].expires",
  "schedules",
  "schedules[].name",
  "schedules[].rule",
  "schedules[].count",
  "schedules[].due",
  "schedules[].next",
  "schedules[].last",
  "schedules[].note",
  "notices",
  "notices[].n",
  "notices[].source",
  "notices[].message",
  "notices[].ts",
  "notices[].age_s",
  "budget",
  "budget.level",
  "budget.spent_usd",
  "budget.limit_usd",
  "budget.left_usd",
  "unreadable",
  "untrusted",
];

function typeOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

/** The names in an object with their types, those of lists by their first element. */
function names(value: unknown, path = ""): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  if (Array.isArray(value)) {
    const [first] = value;
    if (first === undefined) return {};
    return { ...(typeof first === "object" ? {} : { [`${path}[]`]: typeOf(first) }), ...names(first, `${path}[]`) };
  }
  const found: Record<string, string> = {};
  for (const [key, inner] of Object.entries(value)) {
    const name = path === "" ? key : `${path}.${key}`;
    found[name] = typeOf(inner);
    if (key !== "snapshots") Object.assign(found, names(inner, name));
  }
  return found;
}

Deno.test("stateJson() has the forerunner's names with their types, and ours beside them", async () => {
  await using test = await makeContext();
  Deno.writeTextFileSync(test.context.profile.paths.journal, "- 2026-01-01 10:00 a line\n");
  const state = await stateJson(test.context, FULL, worldTexts(FULL, NOW));
  const found = names(JSON.parse(JSON.stringify(state)));
  for (const [name, type] of Object.entries(FORERUNNER)) assertEquals(found[name], type, name);
  const known = new Set([...Object.keys(FORERUNNER), ...OURS, "untrusted[]", "asks[].options[]"]);
  assertEquals(Object.keys(found).filter((name) => !known.has(name)), [], "a new name: retype it here");
  assertEquals([...known].filter((name) => found[name] === undefined), []);
});

Deno.test("stateJson() says what is so", async () => {
  await using test = await makeContext();
  const state = await stateJson(test.context, FULL, worldTexts(FULL, NOW));
  assertEquals(state.schema, 1);
  assertEquals(state.asks.map((ask) => [ask.id, ask.status, ask.ts, ask.age_s]), [
    ["w-1", "open", NOW / 1000 - 62, 61],
    ["w-2", "open", NOW / 1000, 0],
    ["w-3", "corrupt", 0, 0],
  ]);
  assertEquals(state.asks[1]?.action, "rm -r build");
  assertEquals(state.claims.map((claim) => claim.name), ["db", "odd"]);
  assertEquals(state.budget, { level: "under", spent_usd: 1.25, limit_usd: 2, left_usd: 0.75 });
  assertEquals(Object.keys(state.snapshots), [
    "sensor-s",
    "sensor-t",
    "sys-asks",
    "sys-claims",
    "sys-goals",
    "sys-schedules",
    "sys-sensors",
    "sys-sessions",
  ]);
  assertEquals(state.snapshots["sensor-t"], { signal: { error: "unreadable" }, detail: { message: "no JSON" } });
  for (const name of Object.keys(state.snapshots).filter((name) => name.startsWith("sys-"))) {
    assertEquals(Object.keys(Object(state.snapshots[name])), ["signal", "detail"], name);
  }
});

Deno.test("gatherWorld() takes a directory that cannot be listed for that, not for an empty one", async () => {
  await using test = await makeContext();
  const { context } = test;
  writeGoal(context, "a", "one");
  await take(context);
  const sys = realSys();
  const failing = {
    ...sys,
    list: (path: string) => {
      if (path === context.profile.paths.goals) {
        throw new Deno.errors.PermissionDenied("Permission denied (os error 13)");
      }
      return sys.list(path);
    },
  };
  const blind = { ...context, os: { ...context.os, files: realFiles(failing) } };
  const world = await gatherWorld(blind, test.os.clock.now());
  assertEquals(world.unreadable, ["goals"]);
  const delivery = await take(blind);
  assertEquals(delivery?.changes, [{ item: "unreadable:goals", change: "added" }]);
  assertEquals((await take(context))?.changes, [{ item: "unreadable:goals", change: "removed" }]);
});

Deno.test("gatherWorld() tells an ask of a worker that ended as orphaned, also when its record is gone", async () => {
  await using test = await makeContext();
  const { context } = test;
  raiseAsk(context, "never-1");
  raiseAsk(context, "gone-1");
  const counters = join(context.profile.paths.sessions, ".generations");
  assertOk(context.os.files.makeDir(counters));
  assertOk(context.os.files.replace(join(counters, "gone"), "1\n"));
  const world = await gatherWorld(context, test.os.clock.now());
  assertEquals(world.asks.map(({ id, status }) => [id, status]).sort(), [["gone-1", "orphaned"], ["never-1", "open"]]);
});

Deno.test("statusJson() keeps the forerunner's names, and shows who waits", async () => {
  await using test = await makeContext();
  const { context } = test;
  const presence = assertOk(await enter(context, "night-shift", "all"));
  const status = await statusJson(context, FULL, worldTexts(FULL, NOW));
  assertEquals(status.pulse, { running: true, pid: "7", interval_s: 60, stale: false });
  assertEquals(status.last_tick.at, new Date(NOW - 5_000).toISOString());
  assertEquals(
    status.workers.map((
      { id, state, alive, exit_code, flagged, note },
    ) => [id, state, alive, exit_code, flagged, note]),
    [
      ["w", "running", true, null, false, null],
      ["v", "exited", false, 3, false, null],
    ],
  );
  assertEquals(status.cost_today_usd, 1.25);
  assertEquals(status.attention, [
    "w-1: is w-1 right?",
    "w-2: is w-2 right?",
    "w-3: the ask's file is no JSON",
    "notice 3: look here",
  ]);
  assertEquals(status.waits.map((wait) => wait.client), ["night-shift"]);
  presence.leave();
  assertEquals((await statusJson(context, FULL, worldTexts(FULL, NOW))).waits, []);
  assertEquals(listWaits(context), []);
  const silent = { ...FULL, now: NOW + 3_600_000 };
  assertEquals((await statusJson(context, silent, [])).pulse.stale, true);
});

Deno.test("statusLine() counts without reading a world", async () => {
  await using test = await makeContext();
  const { context } = test;
  assertEquals(statusLine(context), { alive: false, asks: 0, notices: 0, workers: 0 });
  raiseAsk(context, "w-1");
  raiseAsk(context, "w-2");
  assertEquals(statusLine(context).asks, 2);
});

Deno.test("rootAwayDue() is once what nobody waited for in time, and never while somebody waits", async () => {
  await using test = await makeContext({ now: Date.now() });
  const context = withoutEvents(test.context);
  const pulse = test.os.locks.tryAcquire(context.profile.paths.pulseLock);
  const MINUTE = 60_000;
  const seen = new Map<string, number>();
  const due = () => rootAwayDue(context, test.os.clock.now(), seen);
  assertEquals(await due(), undefined);
  await take(context);
  raiseAsk(context, "w-1");
  test.advance(14 * MINUTE);
  assertEquals(await due(), undefined);
  test.advance(MINUTE);
  const first = await due();
  assertIncludes(first?.message ?? "", "ask:w-1");
  assertEquals((await due())?.key, first?.key);

  const presence = assertOk(await enter(context, "root", "all"));
  assertEquals(await due(), undefined);
  presence.leave();
  await take(context);
  // It was given once, at fifteen minutes; the reminder that comes next is the one at an hour.
  test.advance(59 * MINUTE);
  assertEquals(await due(), undefined);
  test.advance(MINUTE);
  const second = await due();
  assert(second !== undefined && second.key !== first?.key, "another absence is another notice");
  pulse?.release();
});

Deno.test("rootAwayDue() needs no client to ever have come, and is not moved by what asks for nobody", async () => {
  await using test = await makeContext({ now: Date.now() });
  const { context } = test;
  const seen = new Map<string, number>();
  writeGoal(context, "a", "one");
  test.advance(86_400_000);
  assertEquals(await rootAwayDue(context, test.os.clock.now(), seen), undefined);
  raiseAsk(context, "setup-1");
  test.advance(86_400_000);
  assertIncludes((await rootAwayDue(context, test.os.clock.now(), seen))?.message ?? "", "ask:setup-1");
  assertEquals(
    [...(await worldItems(await gatherWorld(context, test.os.clock.now()), test.os.clock.now())).keys()].length,
    5,
  );
});
