import { join } from "node:path";
import { assert, assertEquals, assertFailed, assertIncludes, assertOk } from "../../kit/assert.ts";
import { makeContext, type TestContext } from "../../kit/context.ts";
import { waitUntil } from "../../kit/wait_until.ts";
import { notifyHooks, runNotifyHooks, unhandedNotices } from "../../../src/notices/process.ts";
import { ackedNotices, ackNotices, openNotices, raise, raiseNotice, sweepNotices } from "../../../src/notices/store.ts";
import { applyNotify } from "../../../src/notices/moves.ts";
import { handOverNotices } from "../../../src/moves/hand_over.ts";

const DAY = 86_400_000;

async function raised(test: TestContext, message: string): Promise<number> {
  return assertOk(await raiseNotice(test.context, { source: "notify", message })).n;
}

function hook(test: TestContext, name: string, script: string, mode = 0o700): void {
  const path = join(test.dir, "notify.d", name);
  Deno.writeTextFileSync(path, `#!/bin/sh\n${script}\n`);
  Deno.chmodSync(path, mode);
}

Deno.test("numbers rise and are never used again, whatever was swept, lost or left", async () => {
  await using test = await makeContext({ now: 1_000_000 });
  const { context, dir } = test;
  assertEquals([await raised(test, "a"), await raised(test, "b")], [1, 2]);
  assertEquals(assertOk(await ackNotices(context, "all")), [1, 2]);
  test.advance(30 * DAY);
  assertEquals(assertOk(await sweepNotices(context, context.os.clock.now())), 2);
  assertEquals([openNotices(context), ackedNotices(context)], [[], []]);
  assertEquals(await raised(test, "c"), 3);
  // Swept ones are kept in the file of their month.
  const kept = Deno.readTextFileSync(join(dir, "notices/acked/1970-01.ndjson")).trim().split("\n");
  assertEquals(kept.map((line) => JSON.parse(line).message), ["a", "b"]);
  // Without the counter what lies there still counts.
  Deno.removeSync(join(dir, "notices/.counter"));
  assertEquals(await raised(test, "d"), 4);
  Deno.writeTextFileSync(join(dir, "notices/.counter"), "junk");
  assertEquals(await raised(test, "e"), 5);
});

Deno.test("twenty raise at once: twenty numbers", async () => {
  await using test = await makeContext();
  const numbers = await Promise.all(Array.from({ length: 20 }, (_, n) => raised(test, `${n}`)));
  assertEquals([...numbers].sort((a, b) => a - b), Array.from({ length: 20 }, (_, n) => n + 1));
});

Deno.test("a key is raised once while it is open, `once` even after it was acknowledged", async () => {
  await using test = await makeContext();
  const { context } = test;
  const again = async (key: string, once?: boolean) =>
    assertOk(await raise(context, { source: "budget", message: "over", key, once }));
  assertEquals([(await again("k")).fresh, (await again("k")).fresh, (await again("l")).fresh], [true, false, true]);
  assertOk(await ackNotices(context, "all"));
  assertEquals([(await again("k")).fresh, (await again("l", true)).fresh], [true, false]);
});

Deno.test("acknowledging says what was open; again is a success; a number that never was is none", async () => {
  await using test = await makeContext();
  const { context } = test;
  await raised(test, "a");
  await raised(test, "b");
  assertEquals(assertOk(await ackNotices(context, [1])), [1]);
  assertEquals(assertOk(await ackNotices(context, [1])), []);
  assertEquals(assertFailed(await ackNotices(context, [7])).kind, "not_found");
  assertEquals(openNotices(context).map((notice) => notice.n), [2]);
});

Deno.test("messages are redacted, capped at 8 KiB on a character, and never empty", async () => {
  await using test = await makeContext();
  await raised(test, "password=hunter2hunter2");
  await raised(test, "ü".repeat(1_000_000));
  const [secret, long] = openNotices(test.context);
  assertEquals(secret?.message, "password=[redacted]");
  assert(new TextEncoder().encode(long?.message ?? "").length <= 8192);
  assert(long?.message.endsWith("ü … (cut)"));
  for (const message of ["", " \n", "\x1b[2J\x00"]) {
    assertEquals(assertFailed(await applyNotify(test.context, { message })).kind, "usage");
  }
});

Deno.test("debris among the notices is left out; a notice that cannot be read is one", async () => {
  await using test = await makeContext();
  await raised(test, "a");
  for (
    const [name, text] of [["x.json", "{}"], ["7.json", "{"], [
      "8.json",
      '{"n":9,"ts":1,"source":"x","message":"y"}',
    ]] as const
  ) {
    Deno.writeTextFileSync(join(test.dir, "notices", name), text);
  }
  Deno.writeTextFileSync(join(test.dir, "notices/9.json"), '{"v":2,"n":9,"ts":1,"source":"x","message":"y"}');
  const problems = openNotices(test.context).map(({ n, problem, newer }) => [n, problem, newer]);
  assertEquals(problems, [
    [1, undefined, undefined],
    [7, "its file is not a notice", undefined],
    [8, "its file is not a notice", undefined],
    [9, "it was written by a newer looop (version 2)", true],
  ]);
  assertEquals(await raised(test, "b"), 10);
  // What cannot be read is put away as it is; what a later looop wrote is not ours to put away.
  assertEquals(assertFailed(await ackNotices(test.context, [9])).kind, "newer");
  assertEquals(assertOk(await ackNotices(test.context, "all")), [1, 7, 8, 10]);
  assertEquals(Deno.readTextFileSync(join(test.dir, "notices/acked/7.json")), "{");
  assertEquals(openNotices(test.context).map(({ n }) => n), [9]);
});

Deno.test("each script of notify.d gets a notice once, as JSON on stdin, whatever the others do", async () => {
  await using test = await makeContext({ config: { notifyTimeoutMs: 500 } });
  const { context, dir } = test;
  hook(test, "a-good", `cat >> "${dir}/got"`);
  hook(test, "b-fails", "echo 'token=abcdefgh123 is bad' >&2; exit 3");
  hook(test, "c-hangs", "sleep 600 & wait");
  hook(test, "d-ignored", "touch nope", 0o600);
  hook(test, ".e-hidden", "touch nope");
  assertEquals(notifyHooks(context), ["a-good", "b-fails", "c-hangs"]);
  await raised(test, 'say "hi" $(touch pwned) \x1b[31mred');
  const failures = await handOverNotices(context);
  assertEquals(failures, [
    { hook: "b-fails", message: "exited with 3: token=[redacted] is bad" },
    { hook: "c-hangs", message: "killed after 500ms" },
  ]);
  const got = JSON.parse(Deno.readTextFileSync(join(dir, "got")));
  assertEquals([got.n, got.source, got.message, got.data_dir], [1, "notify", 'say "hi" $(touch pwned) red', dir]);
  // Not again, not after a restart, and not for a script that came later.
  hook(test, "f-late", `touch "${dir}/late"`);
  assertEquals(await handOverNotices(context), []);
  assertEquals(unhandedNotices(context), []);
  assertEquals(Deno.readTextFileSync(join(dir, "got")).trim().split("\n").length, 1);
  const records = openNotices(context)[0]?.hooks ?? {};
  assertEquals(Object.fromEntries(Object.entries(records).map(([name, one]) => [name, one.state])), {
    "a-good": "ok",
    "b-fails": "failed",
    "c-hangs": "failed",
  });
  const events = Deno.readTextFileSync(join(dir, "events.ndjson"));
  assertIncludes(events, '"verb":"notify.hook"');
  assert(!events.includes("abcdefgh123"));
});

Deno.test("two who hand over at once run each script once", async () => {
  await using test = await makeContext();
  hook(test, "a", `echo x >> "${test.dir}/got"`);
  await raised(test, "a");
  await Promise.all([handOverNotices(test.context), handOverNotices(test.context), handOverNotices(test.context)]);
  await waitUntil("the script's line", () => Deno.readTextFileSync(join(test.dir, "got")).length > 0);
  assertEquals(Deno.readTextFileSync(join(test.dir, "got")), "x\n");
});

Deno.test("a record that a crash left is taken up again once it is stale, not before", async () => {
  await using test = await makeContext({ now: 10 * DAY });
  hook(test, "a", `echo x >> "${test.dir}/got"`);
  await raised(test, "a");
  const path = join(test.dir, "notices/1.json");
  const left = { ...JSON.parse(Deno.readTextFileSync(path)), hooks: { a: { state: "started", ts: 10 * DAY } } };
  Deno.writeTextFileSync(path, JSON.stringify(left));
  const [notice] = openNotices(test.context);
  assert(notice !== undefined);
  assertEquals(await runNotifyHooks(test.context, notice), []);
  assert(!Deno.readDirSync(test.dir).some((entry) => entry.name === "got"));
  test.advance(DAY);
  assertEquals(await runNotifyHooks(test.context, notice), []);
  assertEquals(Deno.readTextFileSync(join(test.dir, "got")), "x\n");
  assertEquals(unhandedNotices(test.context), []);
});
