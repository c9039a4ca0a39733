import { dirname, join } from "node:path";
import { assert, assertEquals, assertFailed, assertIncludes, assertOk } from "../../kit/assert.ts";
import { makeContext, type TestContext } from "../../kit/context.ts";
import { bury, shown } from "../../kit/session.ts";
import { executeMove } from "../../../src/moves/execute.ts";
import type { ShEnd } from "../../../src/os/processes.ts";
import type { Context } from "../../../src/profile/profile.ts";
import { newest, readSession, readSessions } from "../../../src/sessions/read.ts";
import { resize } from "../../../src/sessions/resize.ts";
import { readRecord } from "../../../src/workers/store.ts";
import { listWorkers } from "../../../src/workers/views.ts";

Deno.test("a restart for which no process can be made leaves the worker as it was, ended", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const restart = { kind: "worker.restart", id: "w" } as const;
  const actor = { kind: "root" } as const;
  const prompt = "while :; do sleep 600; done";
  assertOk(await executeMove(ctx, actor, { kind: "worker.start", id: "w", prompt, runner: "sh" }));
  const spawnDetached = (): never => {
    throw new Error("Resource temporarily unavailable (os error 11)");
  };
  const without = { ...ctx, os: { ...ctx.os, processes: { ...ctx.os.processes, spawnDetached } } };
  const failed = await executeMove(without, actor, restart);
  assert(!failed.ok);
  assertIncludes(failed.failure.state, "no process could be made");
  const left = { id: "w", generation: 1 };
  assertEquals([newest(ctx, "w"), assertOk(readRecord(ctx, "w"))?.generation], [left, 1]);
  assertEquals((await readSession(ctx, left)).state.kind, "killed");
  assertOk(await executeMove(ctx, actor, restart));
  const next = { id: "w", generation: 3 }; // the number of the second was used up
  assertEquals([newest(ctx, "w"), assertOk(readRecord(ctx, "w"))?.generation], [next, 3]);
  await bury(ctx, next);
});

const ROOT = { kind: "root" } as const;
const RESTART = { kind: "worker.restart", id: "w" } as const;

function withConfig(ctx: Context, config: Partial<Context["profile"]["config"]>): Context {
  return { ...ctx, profile: { ...ctx.profile, config: { ...ctx.profile.config, ...config } } };
}

/** The same machine, on which scripts that hold `part` end like this. */
function answering(ctx: Context, part: string, end: Partial<ShEnd>): Context {
  const { processes } = ctx.os;
  const sh: typeof processes.sh = (script, ...more) =>
    script.includes(part)
      ? Promise.resolve({ code: 0, stdout: "", stderr: "", ...end })
      : processes.sh(script, ...more);
  return { ...ctx, os: { ...ctx.os, processes: { ...processes, sh } } };
}

/** What keeps a worker from coming back, each with what is said of it. */
const OBSTACLES: readonly {
  readonly name: string;
  readonly says: string;
  readonly kind?: string;
  make(test: TestContext, cwd: string): Context | void;
}[] = [
  {
    name: "its prompt is gone",
    says: "its prompt is gone",
    make: ({ context }) =>
      void Deno.removeSync(assertOk(readRecord(context, "w"))?.prompt_file ?? "", { recursive: true }),
  },
  {
    name: "its directory is gone",
    says: "the directory it works in is gone",
    make: (_, cwd) => Deno.removeSync(cwd, { recursive: true }),
  },
  {
    name: "its runner's program is gone",
    says: "./agent is no program that can be run",
    make: (_, cwd) => Deno.removeSync(join(cwd, "agent")),
  },
  // As Linux looks for them.
  ...(Deno.build.os === "linux"
    ? [{
      name: "there are no terminals",
      says: "the program script is not on the PATH",
      make: ({ context }: TestContext) => answering(context, "script --version", { code: 3, stdout: "script\n" }),
    }]
    : []),
  {
    name: "the disk is full",
    says: "the disk is full",
    make: ({ context }) => answering(context, "df -Pk", { stdout: "x 1000 999 1 100% /\n" }),
  },
  {
    name: "the budget is used up",
    says: "budget is used up",
    kind: "over_budget",
    make: ({ context, dir }) => {
      const line = JSON.stringify({ v: 1, ts: Date.now() - 1, kind: "session", id: "w", usd: 2 });
      Deno.writeTextFileSync(join(dir, "cost.jsonl"), `${line}\n`);
      return withConfig(context, { maxDailyMicros: 1_000_000 });
    },
  },
  {
    name: "the fleet is larger than it may be by now",
    says: "1 worker lives, and max_workers is 1",
    kind: "refused",
    make: ({ context }) => withConfig(context, { maxWorkers: 1 }),
  },
];

Deno.test("a worker that could not come back is not ended by a restart, whatever is in its way", async () => {
  for (const { name, says, kind, make } of OBSTACLES) {
    await using test = await makeContext({ config: { runners: { mine: { command: "./agent {{prompt_file}}" } } } });
    const ctx = test.context;
    const cwd = join(dirname(test.dir), "code");
    Deno.mkdirSync(cwd);
    Deno.writeTextFileSync(join(cwd, "agent"), "#!/bin/sh\necho ready\nexec sleep 600\n", { mode: 0o700 });
    const refs = ["w", "other"].map((id) => ({ id, generation: 1 }));
    for (const { id } of refs) {
      assertOk(await executeMove(ctx, ROOT, { kind: "worker.start", id, prompt: "do it", runner: "mine", cwd }));
    }
    for (const ref of refs) await shown(ctx, ref, "ready"); // the program is needed no more
    const restarted = await executeMove(make(test, cwd) ?? ctx, ROOT, RESTART);
    const left = newest(ctx, "w");
    const views = await readSessions(ctx, refs);
    await bury(ctx, ...refs);
    const failure = assertFailed(restarted);
    assertIncludes(failure.state, says, name);
    assertEquals(failure.kind, kind ?? "failed", name);
    assertEquals([left, ...views.map(({ state }) => state.kind)], [refs[0], "running", "running"], name);
  }
});

Deno.test("no ended worker is started anew when the budget is used up", async () => {
  await using test = await makeContext({ config: { maxDailyMicros: 1_000_000 } });
  const ctx = test.context;
  assertOk(await executeMove(ctx, ROOT, { kind: "worker.start", id: "w", prompt: "sleep 600", runner: "sh" }));
  assertOk(await executeMove(ctx, ROOT, { kind: "worker.kill", id: "w" }));
  const line = JSON.stringify({ v: 1, ts: Date.now() - 1, kind: "session", id: "w", usd: 2 });
  Deno.writeTextFileSync(join(test.dir, "cost.jsonl"), `${line}\n`);
  assertEquals(assertFailed(await executeMove(ctx, ROOT, RESTART)).kind, "over_budget");
  assertEquals(newest(ctx, "w"), { id: "w", generation: 1 });
});

Deno.test("a worker with a command line of its own is restarted with that, on a terminal of the size it had last", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const command = "stty size; echo mine; exec cat";
  const started = assertOk(
    await executeMove(ctx, ROOT, { kind: "worker.start", id: "w", prompt: "do it", command }),
  );
  assertEquals([started.summary, started.data["runner"]], ["started worker w (command)", "command"]);
  const first = { id: "w", generation: 1 };
  await shown(ctx, first, "40 120\r\nmine");
  assertOk(await resize(ctx, first, { columns: 77, rows: 22 }));
  for (const generation of [2, 3]) {
    assertEquals(assertOk(await executeMove(ctx, ROOT, RESTART)).data["resumed"], false);
    await shown(ctx, { id: "w", generation }, "22 77\r\nmine");
  }
  assertEquals((await listWorkers(ctx, Date.now())).map(({ runner }) => runner), ["command"]);
  await bury(ctx, { id: "w", generation: 3 });
});
