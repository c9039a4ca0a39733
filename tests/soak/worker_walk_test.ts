/** Starting, ending and restarting a worker, cut off at every step: the same line again does it, and nothing of the first try is left. */
import { join } from "node:path";
import { assert, assertEquals, assertOk } from "../kit/assert.ts";
import { walk } from "../kit/faulty_os.ts";
import { bury, marked, unfaulted } from "../kit/session.ts";
import type { Result } from "../../src/failure.ts";
import type { Context } from "../../src/profile/profile.ts";
import { acquireClaim } from "../../src/claims/lease_files.ts";
import { executeMove } from "../../src/moves/execute.ts";
import type { Move } from "../../src/moves/schema.ts";
import { generationsOf, newest } from "../../src/sessions/read.ts";
import { retainWorkers } from "../../src/workers/retention.ts";
import { readRecord } from "../../src/workers/store.ts";
import { listWorkers } from "../../src/workers/views.ts";

const START: Move = { kind: "worker.start", id: "w", prompt: "while :; do sleep 600; done", runner: "sh" };
const KILL: Move = { kind: "worker.kill", id: "w" };
const RESTART: Move = { kind: "worker.restart", id: "w" };

function move(ctx: Context, what: Move): Promise<Result<unknown>> {
  return executeMove(ctx, { kind: "root" }, what);
}

/** The run that meets no fault goes unchecked, and has to clean up after itself. */
async function moveAndEnd(ctx: Context, what: Move): Promise<Result<unknown>> {
  const outcome = await move(ctx, what);
  const ref = newest(ctx, "w");
  if (outcome.ok && ref !== undefined) await bury(unfaulted(ctx), ref);
  return outcome;
}

/** As if what a dead process began had been begun long ago. */
function age(ctx: Context): void {
  const { sessions, prompts } = ctx.profile.paths;
  for (const generation of generationsOf(ctx, "w")) {
    Deno.utimeSync(join(sessions, "w", String(generation)), new Date(9e11), new Date(9e11));
  }
  for (const { name } of Deno.readDirSync(prompts)) Deno.utimeSync(join(prompts, name), new Date(9e11), new Date(9e11));
}

async function states(ctx: Context): Promise<readonly string[]> {
  return (await listWorkers(ctx, ctx.os.clock.now())).map(({ state }) => state);
}

/** The one live generation, known to the record, with one prompt; the end of it leaves nothing. */
async function assertOneLives(ctx: Context): Promise<void> {
  assertEquals(await states(ctx), ["running"]);
  const ref = newest(ctx, "w");
  assert(ref !== undefined);
  assertEquals(assertOk(readRecord(ctx, "w"))?.generation, ref.generation);
  await retainWorkers(ctx, { now: ctx.os.clock.now(), ttlMs: Infinity, asking: new Set() });
  // Temporary files are swept by another step.
  assertEquals([...Deno.readDirSync(ctx.profile.paths.prompts)].filter(({ name }) => !name.startsWith(".")).length, 1);
  for (const generation of generationsOf(ctx, "w")) {
    if (generation !== ref.generation) assertEquals(await marked(ctx, { id: "w", generation }), []);
  }
  await bury(ctx, ref);
}

Deno.test("a start of a worker that was cut off at any step is done by the next one", async () => {
  await walk<Result<unknown>>({
    fault: "crash",
    act: (ctx) => moveAndEnd(ctx, START),
    check: async (ctx) => {
      if (!(await states(ctx)).includes("running")) {
        age(ctx);
        assertOk(await move(ctx, START));
      }
      await assertOneLives(ctx);
    },
  });
});

Deno.test("a kill of a worker that was cut off at any step is done by the next one", async () => {
  await walk<Result<unknown>>({
    fault: "crash",
    prepare: async (ctx) => {
      assertOk(await move(ctx, START));
      assertOk(await acquireClaim(ctx, { name: "main", holder: "w" }, () => Promise.resolve("alive")));
    },
    act: (ctx) => move(ctx, KILL),
    check: async (ctx) => {
      assertOk(await move(ctx, KILL));
      assertEquals(await states(ctx), ["killed"]);
      assertEquals([...Deno.readDirSync(ctx.profile.paths.claims)].filter(({ name }) => name.endsWith(".json")), []);
      await bury(ctx, { id: "w", generation: 1 });
    },
  });
});

Deno.test("a restart of a worker that was cut off at any step is done by the next one", async () => {
  await walk<Result<unknown>>({
    fault: "crash",
    prepare: async (ctx) => assertOk(await move(ctx, START)),
    act: (ctx) => moveAndEnd(ctx, RESTART),
    check: async (ctx) => {
      age(ctx);
      assertOk(await move(ctx, RESTART));
      await assertOneLives(ctx);
    },
  });
});
