/** Sessions on a disk that is full: before their start, while they run, when they end. */
import { join } from "node:path";
import { assert, assertEquals, assertIncludes } from "../kit/assert.ts";
import { makeContext } from "../kit/context.ts";
import { makeRig } from "../kit/rig.ts";
import { bury, inState, marked, rawLog, shellLaunch, shown, startLine } from "../kit/session.ts";
import { fill, mayMount, onSmallDisk } from "../kit/small_disk.ts";
import { waitUntil } from "../kit/wait_until.ts";
import type { Context } from "../../src/profile/profile.ts";
import { makeDiskWatch } from "../../src/pulse/upkeep/sessions.ts";
import { killSession } from "../../src/sessions/kill.ts";
import { decidedEnds } from "../../src/sessions/read.ts";
import { launch } from "../../src/sessions/launch.ts";
import { readEvents } from "../../src/sessions/events.ts";
import type { SessionRef } from "../../src/sessions/schema.ts";
import { openNotices } from "../../src/notices/store.ts";
import { writeRecord } from "../../src/workers/store.ts";
import { listWorkers } from "../../src/workers/views.ts";

async function watchDisk(ctx: Context, step: ReturnType<typeof makeDiskWatch>): Promise<void> {
  const log = { write: () => {}, trouble: () => {}, settled: () => {}, flush: async () => {} };
  const now = ctx.os.clock.now();
  await step({ ctx, now, workers: await listWorkers(ctx, now), log, signal: new AbortController().signal });
}

function type(ctx: Context, ref: SessionRef, text: string): void {
  Deno.writeTextFileSync(join(ctx.profile.paths.sessions, ref.id, "1", "pipes", "in"), `${text}\r`);
}

Deno.test({
  name: "on a full disk no session starts; one that runs goes on, with a gap told; how one ends is recorded",
  ignore: !mayMount,
  fn: () =>
    onSmallDisk("16m", async (disk) => {
      const outside = await Deno.makeTempDir();
      await using test = await makeContext({ within: disk });
      const ctx = test.context;
      const step = makeDiskWatch();
      const line = `echo ready; read a; echo lost words; : >"$0"; read b; echo after; exit 7`;
      const running = await startLine(ctx, "running", "", { argv: ["sh", "-c", line, join(outside, "wrote")] });
      const record = { id: "running", generation: 1, runner: "sh", command: line, cwd: "/", started: 1 };
      assert(writeRecord(ctx, record).ok);
      const ending = await startLine(ctx, "ending", "echo ready; read a; exit 5");
      const killed = await startLine(ctx, "killed", "echo ready; while :; do sleep 600; done");
      for (const ref of [running, ending, killed]) await shown(ctx, ref, "ready");
      await watchDisk(ctx, step);
      assertEquals(openNotices(ctx), []);
      const some = await fill(disk, 2048);
      await watchDisk(ctx, step);
      await watchDisk(ctx, step);
      assertEquals(openNotices(ctx).map(({ source }) => source), ["disk"]);
      some();
      assertEquals(readEvents(ctx, running), []);

      const room = await fill(disk);
      for (let n = 0; n < 2; n++) {
        const refused = await launch(ctx, shellLaunch("late", "exit 0"));
        assertEquals(refused.ok, false);
        if (!refused.ok) assertIncludes(refused.failure.state, "the disk is full");
        assertEquals(
          [...Deno.readDirSync(ctx.profile.paths.sessions)].filter(({ name }) => /late|^\.new-/.test(name)),
          [],
        );
      }
      type(ctx, running, "go");
      type(ctx, ending, "go");
      assertEquals((await inState(ctx, ending, "exited")).state, { kind: "exited", code: 5 });
      await waitUntil("the marker of its end", () => decidedEnds(ctx).size === 1);
      const answer = await killSession(ctx, killed, { by: "test", why: "kill", graceMs: 1_000 });
      assert(answer.ok);
      assertEquals([answer.value.left, answer.value.state.kind], [[], "killed"]);
      // The program that writes where nothing can be written knows nothing of it.
      await waitUntil("the program went on", () => ctx.os.files.stat(join(outside, "wrote")).ok);
      await watchDisk(ctx, step);

      room();
      await watchDisk(ctx, step);
      await watchDisk(ctx, step);
      const [gap, ...more] = readEvents(ctx, running);
      assertEquals([gap?.event, more], ["gap", []]);
      assert((gap?.offset ?? 0) <= rawLog(ctx, running).length);
      type(ctx, running, "go");
      assertEquals((await inState(ctx, running, "exited")).state, { kind: "exited", code: 7 });
      assertIncludes(rawLog(ctx, running), "after");
      await bury(ctx, await startLine(ctx, "late", "sleep 600"));
      for (const ref of [running, ending, killed]) assertEquals(await marked(ctx, ref), []);
      await Deno.remove(outside, { recursive: true });
    }),
});

Deno.test({
  name: "on a full disk the verbs start no worker, end one, and wait tells its end",
  ignore: !mayMount,
  fn: () =>
    onSmallDisk("32m", async (disk) => {
      await using rig = await makeRig({ LOOOP_DATA_DIR: join(disk, "profile") });
      await rig.ok(["_", "worker", "start", "w", "-", "--runner", "sh"], { stdin: "while :; do sleep 600; done\n" });
      const room = await fill(disk, 1024);
      const refused = await rig.run(["_", "worker", "start", "v", "-", "--runner", "sh"], { stdin: "sleep 600\n" });
      assertEquals([refused.code, refused.stdout], [1, ""]);
      assertIncludes(refused.stderr, "the disk is full");
      assertEquals([...Deno.readDirSync(join(disk, "profile", "workers"))].map(({ name }) => name), ["w.json"]);
      const roomy = await fill(disk);
      const killed = (await rig.ok(["kill", "w", "--json"])).json<{ left: number[]; state: string }>();
      assertEquals([killed.left, killed.state], [[], "killed"]);
      assertEquals((await rig.run(["wait", "w", "--timeout", "20s"])).code > 0, true);
      room();
      roomy();
      await rig.ok(["_", "worker", "start", "v", "-", "--runner", "sh"], { stdin: "sleep 600\n" });
      await rig.ok(["down"]);
    }),
});
