import { raiseAsk } from "../../../src/mailbox/raise.ts";
import { makeUpkeep } from "../../../src/pulse/upkeep.ts";
import { upkeepSteps } from "../../../src/pulse/upkeep/steps.ts";
import { assertEquals, assertIncludes, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import { waitUntil } from "../../kit/wait_until.ts";

Deno.test("an ask that stays open goes through notify.d/ at each of its reminders, once", async () => {
  await using test = await makeContext({ now: 1_700_000_000_000 });
  const ctx = test.context;
  const step = upkeepSteps().find(({ name }) => name === "remind of asks");
  const said = `${test.dir}/said`;
  await Deno.writeTextFile(`${ctx.profile.paths.notifyHooks}/say`, `#!/bin/sh\ncat >>'${said}'\n`);
  await Deno.chmod(`${ctx.profile.paths.notifyHooks}/say`, 0o700);
  assertOk(await raiseAsk(ctx, { worker: "w", kind: "question", prompt: "Which?\nOne" }));
  const log = { write: () => {}, trouble: () => {}, settled: () => {}, flush: async () => {} };
  const beat = async (): Promise<number | undefined> => {
    const job = { ctx, now: ctx.os.clock.now(), workers: [], log, signal: new AbortController().signal };
    return (await step?.run(job))?.nextAt;
  };
  assertEquals(await beat(), 1_700_000_000_000 + 15 * 60_000);
  test.advance(15 * 60_000);
  assertEquals(await beat(), 1_700_000_000_000 + 60 * 60_000);
  await beat();
  const lines = (await Deno.readTextFile(said)).trim().split("\n");
  assertEquals(lines.length, 1);
  assertIncludes(JSON.parse(lines[0] ?? "").message, "ask w-1 has been open for 15m: Which? One");
});

Deno.test("the first reminder of an ask has its date from the beat that the ask makes", async () => {
  await using test = await makeContext({ now: 1_700_000_000_000, config: { remindersMs: [3_000, 80_000] } });
  const ctx = test.context;
  const log = { write: () => {}, trouble: () => {}, settled: () => {}, flush: async () => {} };
  const steps = upkeepSteps().filter(({ name }) => name === "remind of asks");
  const upkeep = makeUpkeep(steps, { log, poke: () => {} });
  const asksIn = async (woken: boolean): Promise<number | undefined> => {
    const kind = { workersLive: false, woken };
    const now = ctx.os.clock.now();
    const due = upkeep.facts(now, ctx.os.clock.ticks(), kind).filter((step) => step.due).map(({ name }) => name);
    upkeep.start(due, { ctx, now, workers: [] });
    await waitUntil("the step is over", () => !upkeep.busy || undefined);
    return upkeep.facts(now, ctx.os.clock.ticks(), kind)[0]?.asksInMs;
  };
  await asksIn(true); // a beat before there is anything to remind of
  test.advance(1_000);
  assertOk(await raiseAsk(ctx, { worker: "w", kind: "question", prompt: "Which?" }));
  assertEquals(await asksIn(true), 3_000);
  test.advance(3_000);
  assertEquals(await asksIn(false), 77_000);
});
