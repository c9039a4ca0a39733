import { assert, assertEquals, assertIncludes, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import { bury } from "../../kit/session.ts";
import { executeMove } from "../../../src/moves/execute.ts";
import { newest, readSession } from "../../../src/sessions/read.ts";
import { readRecord } from "../../../src/workers/store.ts";

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
