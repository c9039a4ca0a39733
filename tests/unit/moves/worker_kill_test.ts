import { assertEquals, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import { inState, marked, shown } from "../../kit/session.ts";
import { executeMove } from "../../../src/moves/execute.ts";

Deno.test("a kill takes along what an earlier life of the worker left behind", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const actor = { kind: "root" } as const;
  const flee = "setsid sleep 600 & echo ready";
  for (const [n, then] of [[1, "exit 0"], [2, "while :; do sleep 600; done"]] as const) {
    const prompt = `${flee}; ${then}`;
    assertOk(await executeMove(ctx, actor, { kind: "worker.start", id: "w", prompt, runner: "sh" }));
    const ref = { id: "w", generation: n };
    await shown(ctx, ref, "ready");
    if (n === 1) await inState(ctx, ref, "exited");
  }
  const killed = assertOk(await executeMove(ctx, actor, { kind: "worker.kill", id: "w" }));
  assertEquals([killed.data["killed"], killed.data["left"], killed.data["state"]], [true, [], "killed"]);
  for (const generation of [1, 2]) assertEquals(await marked(ctx, { id: "w", generation }), []);
});
