/** What goes of ended workers, and when: cut off at any step, and never before their processes. */
import { join } from "node:path";
import { assert, assertEquals, assertOk } from "../kit/assert.ts";
import { makeContext } from "../kit/context.ts";
import { walk } from "../kit/faulty_os.ts";
import { bury, inState, marked, shown, startLine } from "../kit/session.ts";
import { waitUntil } from "../kit/wait_until.ts";
import type { Context } from "../../src/profile/profile.ts";
import type { SessionRef } from "../../src/sessions/schema.ts";
import { forgetWorker, prunable, retainWorkers } from "../../src/workers/retention.ts";
import type { WorkerRecord } from "../../src/workers/schema.ts";
import { writeRecord } from "../../src/workers/store.ts";
import { runVerify } from "../../src/workers/verify.ts";
import { listWorkers } from "../../src/workers/views.ts";

const DAY = 86_400_000;

/** A worker with record and prompt whose line runs. */
async function worker(ctx: Context, id: string, line: string, more: Partial<WorkerRecord> = {}): Promise<SessionRef> {
  const session = await startLine(ctx, id, line);
  const { paths } = ctx.profile;
  const prompt_file = join(paths.prompts, `${id}-x.md`);
  Deno.writeTextFileSync(prompt_file, "do it");
  const record = { id, generation: session.generation, runner: "sh", command: line, cwd: "/", started: 1, prompt_file };
  assertOk(writeRecord(ctx, { ...record, ...more }));
  return session;
}

async function ended(ctx: Context, id: string, line = "exit 0", more: Partial<WorkerRecord> = {}): Promise<SessionRef> {
  const ref = await worker(ctx, id, line, more);
  await inState(ctx, ref, "exited");
  await waitUntil("its helpers are gone", async () => (await marked(ctx, ref)).length === 0);
  return ref;
}

function retain(ctx: Context, later: number, asking: readonly string[] = []): Promise<readonly string[]> {
  return retainWorkers(ctx, { now: ctx.os.clock.now() + later, ttlMs: DAY, asking: new Set(asking) });
}

/** What lies there of any worker, counters apart. */
function remains(ctx: Context): readonly string[] {
  const { sessions, ends, workers, prompts } = ctx.profile.paths;
  const names = (dir: string) => [...Deno.readDirSync(dir)].map(({ name }) => name);
  const own = [".generations", ".pulse", ".ends", ends.split("/").at(-1)];
  return [
    ...names(sessions).filter((name) => !own.includes(name)),
    ...[ends, workers, prompts].flatMap(names),
  ].filter((name) => name !== ".dirlock");
}

Deno.test("ended workers go after their time with all that was kept of them; live, asking and surviving ones stay", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  await ended(ctx, "old");
  await ended(ctx, "asks");
  const live = await worker(ctx, "live", "echo ready; while :; do sleep 600; done");
  const left = await worker(
    ctx,
    "left",
    "trap '' HUP; setsid sh -c 'trap : TERM; while :; do sleep 600; done' & echo ready; exit 0",
  );
  for (const ref of [live, left]) await shown(ctx, ref, "ready");
  await inState(ctx, left, "exited");
  assertEquals(await retain(ctx, DAY / 2), []);
  assertEquals(await retain(ctx, 2 * DAY, ["asks"]), ["old"]);
  assertEquals(remains(ctx).filter((name) => name.startsWith("old")), []);
  for (const id of ["asks", "live", "left"]) assert(remains(ctx).includes(`${id}.json`), id);
  await bury(ctx, left, live);
  assertEquals([...await retain(ctx, 2 * DAY)].sort(), ["asks", "left", "live"]);
  assertEquals(remains(ctx), []);
});

Deno.test("an ended worker stays until its check has run, an earlier life of it does not", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const verify = "true";
  await ended(ctx, "w", "exit 0", { verify });
  const second = await ended(ctx, "w", "exit 1", { verify });
  assertEquals((await prunable(ctx)).map(({ generation, owesCheck }) => [generation, owesCheck]), [[1, false], [
    2,
    true,
  ]]);
  assertEquals(await retain(ctx, 2 * DAY), ["w"]); // the first life
  assertEquals(await retain(ctx, 2 * DAY), []);
  const [view] = await listWorkers(ctx, ctx.os.clock.now());
  assert(view !== undefined && view.generation === second.generation);
  assertEquals(assertOk(await runVerify(ctx, view)), "pass");
  assertEquals(await retain(ctx, 2 * DAY), ["w"]);
  assertEquals(remains(ctx), []);
});

Deno.test("what a burial that was cut off at any step left goes the next time", async () => {
  await walk<boolean>({
    fault: "crash",
    prepare: (ctx) => ended(ctx, "w"),
    act: (ctx) => forgetWorker(ctx, { id: "w", generation: 1 }),
    check: async (ctx) => {
      await retain(ctx, 2 * DAY);
      assertEquals(remains(ctx), []);
    },
  });
});

Deno.test("a launch that was cut off is swept when it is old, and not before", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const { sessions } = ctx.profile.paths;
  const made = [join(sessions, "w", "1"), join(sessions, ".new-w-12345678"), join(sessions, ".trash-w-1-12345678")];
  for (const dir of made) Deno.mkdirSync(dir, { recursive: true });
  await retain(ctx, 0);
  assertEquals(made.map((dir) => ctx.os.files.stat(dir).ok), [true, true, false]);
  for (const dir of made.slice(0, 2)) Deno.utimeSync(dir, new Date(9e11), new Date(9e11));
  await retain(ctx, 0);
  assertEquals(remains(ctx), []);
});
