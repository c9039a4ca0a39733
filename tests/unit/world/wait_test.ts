import { join } from "node:path";
import { assert, assertEquals, assertFailed, assertMatch, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import {
  answerAsk,
  dropGoal,
  mortal,
  raiseAsk,
  take,
  told,
  tryWait,
  waitOnce,
  withoutEvents,
  writeGoal,
} from "../../kit/waiting.ts";
import { waitUntil } from "../../kit/wait_until.ts";
import { SLOW_LOOK_MS } from "../../../src/world/wait.ts";
import { recordDelivery } from "../../../src/world/wait.ts";
import { listWaits } from "../../../src/world/presence.ts";
import { readCursor } from "../../../src/world/cursor.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

Deno.test("waitForChange() gives a client never seen the whole world at once, then only what changed", async () => {
  await using test = await makeContext();
  const { context } = test;
  writeGoal(context, "a", "one");
  const first = await take(context);
  assertEquals(told(first), ["added budget", "added config", "added goal:a", "added pulse"]);
  assertMatch(first?.id ?? "", /^[0-9a-f]{6}-1$/);
  assertEquals(await take(context), undefined);

  writeGoal(context, "a", "two");
  writeGoal(context, "b", "one");
  const second = await take(context);
  assertEquals(told(second), ["changed goal:a", "added goal:b"]);
  assertEquals(second?.id, first?.id.replace(/-1$/, "-2"));
  dropGoal(context, "a");
  assertEquals(told(await take(context)), ["removed goal:a"]);
  assertEquals(await take(context), undefined);
});

Deno.test("waitForChange() blocks, and is woken by a file event long before the slow look", async () => {
  await using test = await makeContext();
  const { context } = test;
  await take(context);
  const blocked = take(context, { timeoutMs: 20_000 });
  await waitUntil("the wait is blocked", () => listWaits(context).length === 1);
  const started = performance.now();
  writeGoal(context, "a", "one");
  assertEquals(told(await blocked), ["added goal:a"]);
  assert(performance.now() - started < SLOW_LOOK_MS / 2, "the event was not what woke it");
  assertEquals(listWaits(context), []);
});

Deno.test("waitForChange() is woken by its slow look where no file event is told, also by an edit in place", async () => {
  await using test = await makeContext();
  const context = withoutEvents(test.context);
  writeGoal(context, "a", "one");
  await take(context);
  const blocked = take(context, { timeoutMs: 20_000 });
  await waitUntil("the wait is blocked", () => listWaits(context).length === 1);
  // The same length, the same inode, the directory untouched.
  Deno.writeTextFileSync(join(context.profile.paths.goals, "a.md"), "two");
  assertEquals(told(await blocked), ["changed goal:a"]);
  const again = take(context, { timeoutMs: 20_000 });
  writeGoal(context, "b", "one");
  assertEquals(told(await again), ["added goal:b"]);
});

Deno.test("waitForChange() ends with pending when its time is up", async () => {
  await using test = await makeContext();
  await take(test.context);
  const started = performance.now();
  assertEquals((await waitOnce(test.context, { timeoutMs: 80 })).kind, "pending");
  assert(performance.now() - started >= 75);
  const interrupted = new AbortController();
  const waiting = tryWait(test.context, { timeoutMs: 20_000, signal: interrupted.signal });
  await waitUntil("the wait is blocked", () => listWaits(test.context).length === 1);
  interrupted.abort();
  assertEquals(assertFailed(await waiting).kind, "interrupted");
});

Deno.test("waitForChange() wakes once for an ask that stays open, then at its reminders, whatever the clock does", async () => {
  await using test = await makeContext({ now: Date.now() });
  const { context } = test;
  await take(context);
  raiseAsk(context, "w-1");
  assertEquals(told(await take(context)), ["added ask:w-1"]);
  const seen: string[] = [];
  let age = 0;
  const advanceTo = async (to: number) => {
    test.advance(to - age);
    age = to;
    const lines = told(await take(context)).filter((line) => line.includes("ask:"));
    if (lines.length > 0) seen.push(`${lines.join()} at ${to / MINUTE}`);
  };
  for (const to of [1, 15 * MINUTE - 1, 15 * MINUTE, 16 * MINUTE, HOUR, HOUR + 1, 4 * HOUR, 5 * HOUR, DAY, DAY + 1]) {
    await advanceTo(to);
  }
  await advanceTo(-DAY); // the clock is set back: nothing is taken back
  await advanceTo(16 * MINUTE); // and nothing is reminded of twice
  await advanceTo(2 * DAY - 1);
  await advanceTo(2 * DAY);
  await advanceTo(5 * DAY);
  assertEquals(seen, [
    "reminder ask:w-1 at 15",
    "reminder ask:w-1 at 60",
    "reminder ask:w-1 at 240",
    "reminder ask:w-1 at 1440",
    "reminder ask:w-1 at 2880",
    "reminder ask:w-1 at 7200",
  ]);
  answerAsk(context, "w-1");
  assertEquals(told(await take(context)).filter((line) => line.includes("ask:")), ["removed ask:w-1"]);
});

Deno.test("waitForChange() gives a delivery again under its id when the waiter died before it was recorded", async () => {
  await using test = await makeContext();
  await take(test.context);
  writeGoal(test.context, "a", "one");
  const victim = mortal(test.context);
  const printed = await waitOnce(victim.context);
  victim.die();
  assert(printed.kind === "delivery");
  // The world goes on meanwhile: the repeat says what was said, the news comes behind it under an id of its own.
  writeGoal(test.context, "b", "one");
  const again = await take(test.context);
  assertEquals(again?.id, printed.delivery.id);
  assertEquals(told(again), ["added goal:a"]);
  const next = await take(test.context);
  assert(next?.id !== again?.id);
  assertEquals(told(next), ["added goal:b"]);
  assertEquals(await take(test.context), undefined);
});

Deno.test("waitForChange() takes --after for what was really read", async () => {
  await using test = await makeContext();
  const { context } = test;
  const first = await take(context);
  writeGoal(context, "a", "one");
  // Pushed to the background: printed and recorded, never read.
  const unread = await take(context);
  writeGoal(context, "b", "one");
  const again = await take(context, { after: first?.id });
  assertEquals(told(again), ["added goal:a", "added goal:b"]);
  assert(again?.id !== unread?.id);
  assertEquals(await take(context, { after: again?.id }), undefined);
  assertEquals(await take(context), undefined);

  // Read by an agent, but its waiter was killed before it could record: naming it makes up for that.
  writeGoal(context, "c", "one");
  const victim = mortal(context);
  const printed = await waitOnce(victim.context);
  victim.die();
  assert(printed.kind === "delivery");
  assertEquals(await take(context, { after: printed.delivery.id }), undefined);
  assertEquals(await take(context), undefined);
});

Deno.test("waitForChange() refuses a delivery that it does not know, and keeps the last sixteen", async () => {
  await using test = await makeContext();
  const { context } = test;
  const failure = assertFailed(await tryWait(context, { after: "abc-1" }));
  assertEquals(failure.kind, "not_found");
  const ids: string[] = [];
  for (let n = 0; n < 18; n++) {
    writeGoal(context, "a", String(n));
    ids.push((await take(context))?.id ?? "");
  }
  assertEquals(assertFailed(await tryWait(context, { after: ids[1] })).kind, "not_found");
  assertEquals(told(await take(context, { after: ids[2] })), ["changed goal:a"]);
  assertEquals(assertOk(readCursor(context, "root")).history.length, 16);
});

Deno.test("waitForChange() keeps clients apart", async () => {
  await using test = await makeContext();
  const { context } = test;
  await take(context, { client: "one" });
  await take(context, { client: "two" });
  const blocked = [
    take(context, { client: "one", timeoutMs: 20_000 }),
    take(context, { client: "two", timeoutMs: 20_000 }),
  ];
  await waitUntil("both wait", () => listWaits(context).length === 2);
  writeGoal(context, "a", "one");
  assertEquals((await Promise.all(blocked)).map(told), [["added goal:a"], ["added goal:a"]]);
  assertEquals(await take(context, { client: "one" }), undefined);
});

Deno.test("waitForChange() of the same client supersedes an older one, which ends with conflict and nothing delivered", async () => {
  await using test = await makeContext();
  const { context } = test;
  await take(context);
  const older = tryWait(context, { timeoutMs: 20_000 });
  await waitUntil("the first waits", () => listWaits(context).length === 1);
  const newer = take(context, { timeoutMs: 20_000 });
  assertEquals(assertFailed(await older).kind, "conflict");
  writeGoal(context, "a", "one");
  assertEquals(told(await newer), ["added goal:a"]);
  assertEquals(await take(context), undefined);
});

Deno.test("waitForChange() lets one that is printing finish, and says nothing twice", async () => {
  await using test = await makeContext();
  const { context } = test;
  await take(context);
  writeGoal(context, "a", "one");
  const printing = await waitOnce(context);
  assert(printing.kind === "delivery");
  const next = waitOnce(context, { timeoutMs: 100 });
  await waitUntil("the second has begun", () => printing.delivery.presence.standing() !== "owner");
  assertOk(await recordDelivery(context, printing.delivery));
  assertEquals((await next).kind, "pending");
});

Deno.test("waitForChange() with a filter leaves the rest undelivered", async () => {
  await using test = await makeContext();
  const { context } = test;
  await take(context);
  writeGoal(context, "a", "one");
  assertEquals(await take(context, { filter: "asks" }), undefined);
  raiseAsk(context, "w-1");
  assertEquals(told(await take(context, { filter: "asks" })), ["added ask:w-1"]);
  assertEquals(await take(context, { filter: "actionable" }), undefined);
  assertEquals(told(await take(context)), ["added goal:a"]);
  assertEquals(await take(context), undefined);
});

Deno.test("waitForChange() with --only-asks blocks a new client while there is none, and is woken by the first", async () => {
  await using test = await makeContext();
  const { context } = test;
  const blocked = take(context, { filter: "asks", timeoutMs: 20_000 });
  await waitUntil("it waits", () => listWaits(context).length === 1);
  writeGoal(context, "a", "one");
  raiseAsk(context, "w-1");
  assertEquals(told(await blocked), ["added ask:w-1"]);
});

Deno.test("waitForChange() collects a burst behind a delivery into one, but never makes an ask wait", async () => {
  await using test = await makeContext();
  const { context } = test;
  // Long, so that a busy machine does not tear the burst apart.
  Deno.writeTextFileSync(context.profile.paths.config, '{"settle":"900ms"}');
  await take(context);
  writeGoal(context, "quiet", "one");
  await take(context, { timeoutMs: 20_000 });
  const burst = take(context, { timeoutMs: 20_000 });
  for (let n = 0; n < 5; n++) {
    writeGoal(context, `g${n}`, "one");
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  assertEquals(told(await burst), [0, 1, 2, 3, 4].map((n) => `added goal:g${n}`));

  const started = performance.now();
  const asked = take(context, { timeoutMs: 20_000 });
  writeGoal(context, "h", "one");
  raiseAsk(context, "w-1");
  assertEquals(told(await asked), ["added ask:w-1", "added goal:h"]);
  assert(performance.now() - started < 850, "the ask was made to wait");
});

Deno.test("waitForChange() tells a pulse that dies as one change, seen by its lock alone", async () => {
  await using test = await makeContext();
  const { context } = test;
  const pulse = test.os.locks.tryAcquire(context.profile.paths.pulseLock);
  await take(context);
  const blocked = take(context, { timeoutMs: 20_000 });
  await waitUntil("it waits", () => listWaits(context).length === 1);
  pulse?.release();
  assertEquals(told(await blocked), ["changed pulse"]);
  assertEquals(await take(context), undefined);
});

Deno.test("waitForChange() is not woken by ten thousand events that are none of its business", async () => {
  await using test = await makeContext();
  const { context } = test;
  const { paths } = context.profile;
  await take(context);
  let looks = 0;
  const counted = {
    ...context,
    os: {
      ...context.os,
      files: {
        ...context.os.files,
        stat: (path: string) => {
          if (path === paths.asks) looks++;
          return context.os.files.stat(path);
        },
      },
    },
  };
  await Deno.mkdir(join(paths.sessions, "w", "1"), { recursive: true });
  const blocked = tryWait(counted, { timeoutMs: 20_000 });
  await waitUntil("it waits", () => listWaits(context).length === 1);
  await waitUntil("it has looked", () => looks > 0);
  const before = looks;
  const started = performance.now();
  for (let n = 0; n < 2_500; n++) {
    for (
      const path of [
        paths.journal,
        paths.events,
        join(paths.pulse, "pulse.log"),
        join(paths.sessions, "w", "1", "out.log"),
      ]
    ) {
      Deno.writeTextFileSync(path, "x\n", { append: true });
    }
    if (n % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  const slow = Math.ceil((performance.now() - started) / SLOW_LOOK_MS) + 1;
  assert(looks - before <= slow, `${looks - before} looks, and ${slow} would do`);
  writeGoal(context, "a", "one");
  const end = assertOk(await blocked);
  assert(end.kind === "delivery");
  assertEquals(told(end.delivery), ["added goal:a"]);
  end.delivery.presence.leave();
});

Deno.test("waitForChange() fails, and prints nothing, when the cursor cannot be trusted", async () => {
  await using test = await makeContext();
  const { context } = test;
  await take(context);
  const path = join(context.profile.paths.cursors, "root", "cursor.json");
  Deno.writeTextFileSync(path, "{");
  assertEquals(assertFailed(await tryWait(context)).kind, "corrupt");
  Deno.writeTextFileSync(path, '{"v":99}');
  assertEquals(assertFailed(await tryWait(context)).kind, "newer");
  Deno.removeSync(path);
  assertEquals(told(await take(context)).length, 3);
});

Deno.test("waitForChange() ends without a word on what a later looop writes while it waits, of any kind", async () => {
  await using test = await makeContext();
  const { context, dir } = test;
  const ask = { v: 2, question: "Go on?" };
  const kinds = {
    "asks/w-1.json": ask,
    "claims/a.json": { v: 2 },
    "schedules/a.json": { v: 2 },
    "notices/1.json": { v: 2, n: 1 },
    "workers/w.json": { v: 2, id: "w" },
    "config.json": { v: 2 },
  };
  for (const [path, value] of Object.entries(kinds)) {
    await take(context);
    // It listens once it has looked.
    let listens = false;
    const open: typeof test.os.watches.open = (...how) => {
      listens = true;
      return test.os.watches.open(...how);
    };
    const blocked = tryWait({ ...context, os: { ...test.os, watches: { open } } }, { timeoutMs: 20_000 });
    await waitUntil("it waits", () => listens);
    const started = performance.now();
    assertOk(test.os.files.replace(join(dir, path), JSON.stringify(value)));
    assertEquals(assertOk(await blocked).kind, "pending", path);
    assert(performance.now() - started < 15_000, path);
    Deno.removeSync(join(dir, path));
  }
});

Deno.test("waitForChange() says that the profile is gone, not that another wait runs", async () => {
  await using test = await makeContext();
  const { context } = test;
  await take(context);
  const blocked = tryWait(context, { timeoutMs: 20_000 });
  await waitUntil("it waits", () => listWaits(context).length === 1);
  Deno.removeSync(context.profile.paths.cursors, { recursive: true });
  assertEquals(assertFailed(await blocked).kind, "not_found");
});
