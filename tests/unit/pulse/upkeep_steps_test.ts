import { join } from "node:path";
import { assert, assertEquals, assertOk } from "../../kit/assert.ts";
import { makeContext, type TestContext } from "../../kit/context.ts";
import { bury, inState } from "../../kit/session.ts";
import { openNotices, raise } from "../../../src/notices/store.ts";
import type { LogEntry } from "../../../src/pulse/log_format.ts";
import { upkeepSteps } from "../../../src/pulse/upkeep/steps.ts";
import { sweepTemps } from "../../../src/pulse/upkeep/sweep_temps.ts";
import type { WorkerView } from "../../../src/workers/schema.ts";
import { executeMove } from "../../../src/moves/execute.ts";
import type { UpkeepSaid } from "../../../src/pulse/upkeep.ts";
import { listWorkers } from "../../../src/workers/views.ts";

const T = Date.UTC(2026, 0, 15, 12, 0, 0);
const HOUR = 3_600_000;

/** Runs every step once at the context's time, as a beat does; answers what the log got and what the steps said. */
async function upkeep(test: TestContext, steps = upkeepSteps(), workers: readonly WorkerView[] = []) {
  const logged: LogEntry[] = [];
  const write = (entry: LogEntry): void => void logged.push(entry);
  const log = {
    write,
    trouble: (_key: string, entry: LogEntry) => write(entry),
    settled: () => {},
    flush: async () => {},
  };
  const said: Record<string, UpkeepSaid | void> = {};
  for (const step of steps) {
    const job = { ctx: test.context, now: test.os.clock.now(), workers, log, signal: new AbortController().signal };
    said[step.name] = await step.run(job);
  }
  return { logged, said };
}

function ask(test: TestContext, id: string, more: Readonly<Record<string, unknown>> = {}): void {
  const text = JSON.stringify({ v: 1, id, worker: "w", kind: "question", prompt: "Which?", ts: T, ...more });
  Deno.writeTextFileSync(join(test.dir, "asks", `${id}.json`), text);
}

Deno.test("upkeep of a profile in which nothing is due changes and says nothing", async () => {
  await using test = await makeContext({ now: T });
  const { logged } = await upkeep(test);
  assertEquals(logged, []);
});

Deno.test("upkeep settles an ask at its date, and asks to be called then", async () => {
  await using test = await makeContext({ now: T });
  ask(test, "w-1", { expires: T + HOUR, default: "no" });
  const steps = upkeepSteps();
  assertEquals((await upkeep(test, steps)).said["expire asks"], { nextAt: T + HOUR });
  test.advance(HOUR);
  const { logged, said } = await upkeep(test, steps);
  assertEquals(logged.filter(({ event }) => event === "ask.settled").map(({ msg }) => msg), ["ask w-1 was settled"]);
  assertEquals(said["expire asks"], {}); // a date that is past asks for nothing
  assertEquals(JSON.parse(Deno.readTextFileSync(join(test.dir, "answers", "w-1.json"))).answer, "no");
});

Deno.test("upkeep frees an expired claim and none whose holder may live", async () => {
  await using test = await makeContext({ now: T });
  const claim = (name: string, more: Readonly<Record<string, unknown>>) =>
    Deno.writeTextFileSync(
      join(test.dir, "claims", `${name}.json`),
      JSON.stringify({ v: 1, session: "person", name, ts: T - HOUR, nonce: name, ...more }),
    );
  claim("over", { expires: T - 1 });
  claim("ends", { expires: T + HOUR });
  const { logged, said } = await upkeep(test);
  assertEquals(logged.filter(({ event }) => event === "claim.reaped").map(({ more }) => more?.claim), ["over"]);
  assertEquals(said["reap claims"], { nextAt: T + HOUR });
});

Deno.test("upkeep gives each notice to each script once, and tells which failed", async () => {
  await using test = await makeContext({ now: T });
  const hook = (name: string, script: string) => {
    Deno.writeTextFileSync(join(test.dir, "notify.d", name), `#!/bin/sh\n${script}\n`);
    Deno.chmodSync(join(test.dir, "notify.d", name), 0o700);
  };
  hook("good", "cat >>taken");
  hook("bad", "echo no display >&2; exit 2");
  assertOk(await raise(test.context, { source: "notify", message: "look" }));
  const first = await upkeep(test);
  assertEquals(first.logged.map(({ msg }) => msg), ["notify.d/bad failed on notice 1: exited with 2: no display"]);
  assertEquals((await upkeep(test)).logged, []);
  assertEquals(Deno.readTextFileSync(join(test.dir, "taken")).trim().split("\n").length, 1);
});

Deno.test("upkeep raises one notice a day when the budget is used up", async () => {
  await using test = await makeContext({ now: T, config: { maxDailyMicros: 1_000_000 } });
  Deno.writeTextFileSync(
    join(test.dir, "cost.jsonl"),
    `${JSON.stringify({ v: 1, ts: T - 1, kind: "session", id: "w", usd: 2 })}\n`,
  );
  await upkeep(test);
  await upkeep(test);
  assertEquals(openNotices(test.context).map(({ source }) => source), ["budget"]);
});

Deno.test("upkeep notices that nobody comes for an ask, once for each absence", async () => {
  await using test = await makeContext({ now: T });
  ask(test, "w-1");
  const steps = upkeepSteps();
  await upkeep(test, steps);
  assertEquals(openNotices(test.context), []);
  test.advance(HOUR - 900_000);
  await upkeep(test, steps);
  await upkeep(test, steps);
  assertEquals(openNotices(test.context).map(({ source }) => source), ["root_away"]);
});

Deno.test("sweepTemps() removes what a crash left an hour ago, and nothing that is being written", async () => {
  await using test = await makeContext();
  const old = join(test.dir, "goals", ".tmp-0123456789abcdef");
  const fresh = join(test.dir, "asks", ".tmp-fedcba9876543210");
  const dir = join(test.dir, ".lock", ".tmp-0011223344556677");
  Deno.writeTextFileSync(old, "half");
  Deno.writeTextFileSync(fresh, "half");
  Deno.mkdirSync(dir);
  Deno.writeTextFileSync(join(dir, "pipe"), "");
  for (const path of [old, dir]) Deno.utimeSync(path, new Date(Date.now() - 2 * HOUR), new Date(Date.now() - 2 * HOUR));
  assertEquals(sweepTemps(test.context, Date.now()), 2);
  assertEquals([old, fresh, dir].map((path) => test.os.files.stat(path).ok), [false, true, false]);
  // Dates ahead of a clock that was set back are no reason to keep them for ever.
  Deno.utimeSync(fresh, new Date(Date.now() + 2 * HOUR), new Date(Date.now() + 2 * HOUR));
  assertEquals(sweepTemps(test.context, Date.now()), 1);
  assert(!test.os.files.stat(fresh).ok);
});

function step(name: string) {
  return upkeepSteps().filter((each) => each.name === name);
}

const ROOT = { kind: "root" } as const;

Deno.test("a stuck worker is ended when it has been silent for so long, and one that waits for an answer is not", async () => {
  await using test = await makeContext({ config: { stuckAction: "kill", stuckAfterMs: 5_000 } });
  const ctx = test.context;
  const refs = ["asks", "mute"].map((id) => ({ id, generation: 1 }));
  for (const { id } of refs) {
    assertOk(await executeMove(ctx, ROOT, { kind: "worker.start", id, prompt: "exec sleep 600", runner: "sh" }));
  }
  ask(test, "asks-1", { worker: "asks" });
  const steps = step("end stuck workers");
  const now = Date.now();
  const views = await listWorkers(ctx, now);
  // Due with every beat, and once more when the first of them would be stuck: no minute passes in between.
  const [each] = steps;
  assertEquals(each?.every, "beat");
  const early = await upkeep(test, steps, views.map((view) => ({ ...view, idleMs: 0, health: "busy" })));
  const { nextAt } = early.said["end stuck workers"] ?? {};
  assert(nextAt !== undefined && nextAt >= now + 5_000 && nextAt <= Date.now() + 5_000, `${nextAt}`);
  const late = await upkeep(test, steps, await listWorkers(ctx, Date.now() + 6_000));
  assertEquals(late.logged.map(({ more }) => more?.worker), ["mute"]);
  assertEquals((await listWorkers(ctx, Date.now())).map(({ id, alive }) => [id, alive]), [["asks", true], [
    "mute",
    false,
  ]]);
  await bury(ctx, ...refs);
});

Deno.test("a check that hangs holds up none of a worker that ends later, and each is run once", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const ended = async (id: string, verify: string) => {
    assertOk(await executeMove(ctx, ROOT, { kind: "worker.start", id, prompt: "exit 0", runner: "sh", verify }));
    await inState(ctx, { id, generation: 1 }, "exited");
  };
  const verdict = async (id: string) =>
    (await listWorkers(ctx, Date.now())).find((worker) => worker.id === id)?.verify?.verdict;
  const steps = step("verify workers");
  await ended("hangs", `until [ -e "$LOOOP_DATA_DIR/go" ]; do sleep 0.05; done; echo ran >>"$LOOOP_DATA_DIR/count"`);
  const before = await listWorkers(ctx, Date.now());
  const first = upkeep(test, steps, before);
  await ended("later", "true");
  await upkeep(test, steps, await listWorkers(ctx, Date.now()));
  assertEquals([await verdict("hangs"), await verdict("later")], ["pending", "pass"]);
  Deno.writeTextFileSync(join(test.dir, "go"), "");
  await first;
  assertEquals(await verdict("hangs"), "pass");
  await upkeep(test, steps, before); // of a beat that looked before the verdict came
  assertEquals(Deno.readTextFileSync(join(test.dir, "count")), "ran\n");
});
