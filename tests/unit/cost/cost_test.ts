import { join } from "node:path";
import fc from "fast-check";
import { assert, assertEquals, assertIncludes, assertOk } from "../../kit/assert.ts";
import { makeContext, type TestContext } from "../../kit/context.ts";
import { type CostEntry, costLine, decimalUsd, formatUsd, parseUsd } from "../../../src/cost/format.ts";
import { reportOf } from "../../../src/cost/report.ts";
import { tally } from "../../../src/cost/scan.ts";
import { appendCost, budgetNow, rollUpCost, tallyLedger, todayMicros } from "../../../src/cost/store.ts";
import { raiseBudgetNotice } from "../../../src/moves/budget.ts";
import { ackNotices, openNotices } from "../../../src/notices/store.ts";

const NOON = new Date(2026, 2, 4, 12, 0).getTime();
const HOUR = 3_600_000;

const AMOUNTS: readonly (readonly [string, number | string])[] = [
  ["0", 0],
  ["1", 1_000_000],
  ["0.1", 100_000],
  [".5", 500_000],
  ["5.", 5_000_000],
  ["$1.25", 1_250_000],
  [" 2 ", 2_000_000],
  ["0.000001", 1],
  ["0.0000004", 0],
  ["0.0000005", 1],
  ["0.0000015", 2],
  ["0.1234567", 123_457],
  ["3e-5", 30],
  ["1.5E2", 150_000_000],
  ["1e-9", 0],
  ["000001.10", 1_100_000],
  ["1000000", 1_000_000_000_000],
  ["1000000.01", "above a million"],
  ["1e7", "above a million"],
  ["1e300", "above a million"],
  ["-1", "negative"],
  ["-0.5", "negative"],
  ["NaN", "not an amount"],
  ["Infinity", "not an amount"],
  ["", "not an amount"],
  [".", "not an amount"],
  ["1,5", "not an amount"],
  ["1 2", "not an amount"],
  ["0x10", "not an amount"],
  ["1e", "not an amount"],
  ["one", "not an amount"],
];

for (const [text, want] of AMOUNTS) {
  Deno.test(`parseUsd("${text}")`, () => {
    const parsed = parseUsd(text);
    if (typeof want === "number") assertEquals(assertOk(parsed), want);
    else assert(!parsed.ok && parsed.failure.includes(want));
  });
}

Deno.test("amounts are shown exactly by machines and shortly by people", () => {
  assertEquals([0, 1, 1_250_000, 10, 12_345_678].map(decimalUsd), ["0", "0.000001", "1.25", "0.00001", "12.345678"]);
  assertEquals([0, 1, 49, 50, 1_250_000, 12_345_678, 2_000_000].map(formatUsd), [
    "$0.00",
    "$0.000001",
    "$0.000049",
    "$0.0001",
    "$1.25",
    "$12.3457",
    "$2.00",
  ]);
});

const entries: fc.Arbitrary<CostEntry> = fc.record({
  ts: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  micros: fc.integer({ min: 0, max: 1_000_000_000_000 }),
  kind: fc.constantFrom("session", "root", "tick"),
  id: fc.constantFrom("a", "fix-ci", "x.y"),
  runner: fc.option(fc.string({ unit: "binary", maxLength: 20 }), { nil: undefined }),
  model: fc.option(fc.string({ unit: "grapheme", maxLength: 20 }), { nil: undefined }),
  tokens: fc.option(fc.nat(), { nil: undefined }),
  goal: fc.option(fc.constantFrom("g", "h"), { nil: undefined }),
});

Deno.test("a decimal and its micro-dollars are the same thing", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 1_000_000_000_000 }), (micros) => {
    assertEquals(assertOk(parseUsd(decimalUsd(micros))), micros);
  }));
});

Deno.test("the scanner's fast way and a plain reading of JSON agree on every line that is written", () => {
  fc.assert(fc.property(fc.array(entries, { maxLength: 30 }), (all) => {
    const lines = all.map(costLine);
    for (const line of lines) assert(!line.includes("\n") && JSON.parse(line).kind !== undefined);
    const sum = tally();
    sum.feed(lines.join("\n"));
    const report = reportOf(sum);
    assertEquals(report.skipped, 0);
    assertEquals(report.calls, all.length);
    assertEquals(report.micros, all.reduce((total, one) => total + one.micros, 0));
    assertEquals(report.tokens, all.reduce((total, one) => total + (one.tokens ?? 0), 0));
    // The same lines with their keys in another order take the other way.
    const other = tally();
    other.feed(
      lines.map((line) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(line)).reverse()))).join("\n"),
    );
    assertEquals(reportOf(other), report);
  }));
});

Deno.test("a forerunner's lines are read, and what is no cost is counted as left out", () => {
  const sum = tally();
  sum.feed([
    '{"ts":"2026-01-05T10:00:00Z","kind":"tick","id":"t","runner":"pi","cost_usd":0.1}',
    '{"ts":"2026-01-05T10:00:00Z","kind":"goal","id":"g","runner":"pi","cost_usd":0.2}',
    '{"v":1,"ts":1767607200000,"usd":"0.3","kind":"session","id":"s"}',
    "",
    "junk",
    '{"v":1,"ts":1767607200000,"usd":1,"kind":"session","id":"s"',
    '{"v":1,"ts":1767607200000,"usd":1,"kind":"session","id":}',
    '{"v":1,"ts":1767607200000,"usd":-1,"kind":"session","id":"s"}',
    '{"v":1,"ts":1767607200000,"usd":null,"kind":"session","id":"s"}',
    '{"v":2,"ts":1767607200000,"usd":1,"kind":"session","id":"s"}',
    '{"ts":"yesterday","kind":"tick","id":"t","cost_usd":1}',
    '{"ts":1e300,"kind":"tick","id":"t","cost_usd":1}',
    "[1]",
    "null",
  ].join("\n"));
  const report = reportOf(sum);
  assertEquals([report.micros, report.calls, report.skipped], [600_000, 3, 10]);
  assertEquals(report.byKind.map(({ name, micros }) => [name, micros]), [
    ["session", 300_000],
    ["goal", 200_000],
    ["tick", 100_000],
  ]);
  assertEquals(report.byRunner.map(({ name }) => name), ["(not said)", "pi"]);
});

async function record(test: TestContext, usd: string, ts: number, id = "w"): Promise<void> {
  const entry: CostEntry = { ts, micros: assertOk(parseUsd(usd)), kind: "session", id, runner: "claude" };
  assertOk(await appendCost(test.context, entry));
}

Deno.test("today is the local day; its sum is read from the end, over lines out of order and many blocks", async () => {
  await using test = await makeContext({ now: NOON });
  const day = new Date(2026, 2, 4).getTime();
  await record(test, "100", day - 1);
  await record(test, "0.5", day);
  await record(test, "100", day - HOUR); // another process was late
  for (let n = 0; n < 1500; n++) await record(test, "0.001", day + n);
  await record(test, "7", NOON + 24 * HOUR); // a clock that was ahead
  assertEquals(assertOk(todayMicros(test.context, NOON)), 2_000_000);
  assertEquals(assertOk(todayMicros(test.context, NOON + 24 * HOUR)), 7_000_000);
  assertEquals(assertOk(todayMicros(test.context, NOON - 48 * HOUR)), 0);
});

Deno.test("reading today does not touch what lies before it", async () => {
  await using test = await makeContext({ now: NOON });
  const old = `${costLine({ ts: NOON - 72 * HOUR, micros: 1_000_000, kind: "session", id: "w" })}\n`;
  Deno.writeTextFileSync(join(test.dir, "cost.jsonl"), old.repeat(300_000));
  await record(test, "0.25", NOON);
  let bytes = 0;
  const { files } = test.os;
  const counted = {
    ...files,
    readFrom: (path: string, offset: number, max: number) => ((bytes += max), files.readFrom(path, offset, max)),
  };
  const context = { ...test.context, os: { ...test.os, files: counted } };
  assertEquals(assertOk(todayMicros(context, NOON)), 250_000);
  assert(bytes <= 3 * 65_536, `${bytes} bytes were read`);
});

Deno.test("budget: none, under, near from 80 %, over from 100 %, and closed when the ledger cannot be read", async () => {
  await using test = await makeContext({ now: NOON, config: { maxDailyMicros: 1_000_000 } });
  const level = () => budgetNow(test.context, NOON).level;
  assertEquals(level(), "under");
  await record(test, "0.79", NOON);
  assertEquals(level(), "under");
  await record(test, "0.01", NOON);
  assertEquals(level(), "near");
  await record(test, "0.2", NOON);
  assertEquals(level(), "over");
  Deno.removeSync(join(test.dir, "cost.jsonl"));
  Deno.mkdirSync(join(test.dir, "cost.jsonl"));
  const closed = budgetNow(test.context, NOON);
  assertEquals(closed.level, "over");
  assertIncludes(closed.problem ?? "", "not a regular file");
  const free = {
    ...test.context,
    profile: { ...test.context.profile, config: { ...test.context.profile.config, maxDailyMicros: undefined } },
  };
  assertEquals(budgetNow(free, NOON).level, "none");
});

Deno.test("an exceeded budget is one notice a day, also when it is acknowledged", async () => {
  await using test = await makeContext({ now: NOON, config: { maxDailyMicros: 1_000_000 } });
  const { context } = test;
  assertEquals(assertOk(await raiseBudgetNotice(context, NOON)), undefined);
  await record(test, "1", NOON);
  assertEquals(assertOk(await raiseBudgetNotice(context, NOON))?.fresh, true);
  assertIncludes(openNotices(context)[0]?.message ?? "", "$1.00 of $1.00");
  assertOk(await ackNotices(context, "all"));
  assertEquals(assertOk(await raiseBudgetNotice(context, NOON))?.fresh, false);
  await record(test, "1", NOON + 24 * HOUR);
  assertEquals(assertOk(await raiseBudgetNotice(context, NOON + 24 * HOUR))?.fresh, true);
});

Deno.test("past months become segments; sums stay the same, today's across the seam too", async () => {
  await using test = await makeContext({ now: NOON });
  const { context, dir } = test;
  const first = new Date(2026, 2, 1, 0, 5).getTime();
  await record(test, "1", new Date(2026, 0, 31, 23).getTime());
  assertEquals(assertOk(await rollUpCost(context, new Date(2026, 0, 31, 23, 59).getTime())), false);
  assertEquals(assertOk(await rollUpCost(context, new Date(2026, 1, 1).getTime())), true);
  await record(test, "2", new Date(2026, 1, 28, 23).getTime());
  await record(test, "4", first - HOUR);
  await record(test, "8", first); // already the new month, in the old month's ledger
  assertEquals(assertOk(await rollUpCost(context, first)), true);
  await record(test, "16", first + 1000);
  assertEquals([...Deno.readDirSync(dir)].map((e) => e.name).filter((n) => n.startsWith("cost")).sort(), [
    "cost-2026-01.jsonl",
    "cost-2026-02.jsonl",
    "cost.jsonl",
  ]);
  assertEquals(assertOk(todayMicros(context, first)), 24_000_000);
  const report = reportOf(assertOk(tallyLedger(context)));
  assertEquals([report.micros, report.calls], [31_000_000, 5]);
  // A second ledger of the same month gets a name of its own: nothing is ever overwritten.
  Deno.renameSync(join(dir, "cost.jsonl"), join(dir, "kept"));
  await record(test, "32", new Date(2026, 1, 5).getTime());
  assertEquals(assertOk(await rollUpCost(context, NOON)), true);
  assertEquals(Deno.readTextFileSync(join(dir, "cost-2026-02-2.jsonl")).split("\n").length, 2);
  assertEquals(reportOf(assertOk(tallyLedger(context))).micros, 47_000_000);
});

Deno.test("an append heals a line that lost its end", async () => {
  await using test = await makeContext({ now: NOON });
  await record(test, "1", NOON);
  Deno.writeTextFileSync(join(test.dir, "cost.jsonl"), '{"v":1,"ts":177', { append: true });
  await record(test, "2", NOON);
  const report = reportOf(assertOk(tallyLedger(test.context)));
  assertEquals([report.micros, report.skipped], [3_000_000, 1]);
});

Deno.test("one million lines are summed within a second", async () => {
  await using test = await makeContext({ now: NOON });
  const path = join(test.dir, "cost.jsonl");
  const file = Deno.openSync(path, { write: true, create: true });
  for (let block = 0; block < 100; block++) {
    let text = "";
    for (let n = 0; n < 10_000; n++) {
      const ts = NOON - (1_000_000 - block * 10_000 - n) * 60_000;
      text += `${
        costLine({ ts, micros: n, kind: "session", id: `w${n % 50}`, runner: "claude", model: "opus", tokens: n })
      }\n`;
    }
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
  }
  file.close();
  const started = performance.now();
  const report = reportOf(assertOk(tallyLedger(test.context)));
  const ms = performance.now() - started;
  assertEquals(report.calls, 1_000_000);
  assertEquals(report.micros, 100 * (9_999 * 10_000 / 2));
  assert(ms < 5_000, `${ms} ms`); // the figure itself is in the benchmarks: a busy machine fails no test
});
