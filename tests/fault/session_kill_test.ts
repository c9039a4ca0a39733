/** Ending a session: cut off anywhere, against processes that flee, stand still or are not there any more. */
import { join } from "node:path";
import { assert, assertEquals, assertOk } from "../kit/assert.ts";
import { makeContext, type TestContext } from "../kit/context.ts";
import { bury, inState, marked, shellLaunch, shown, startLine } from "../kit/session.ts";
import { waitUntil } from "../kit/wait_until.ts";
import type { Os } from "../../src/os/os.ts";
import type { Context } from "../../src/profile/profile.ts";
import { wakeStopped } from "../../src/pulse/upkeep/sessions.ts";
import { type KillAnswer, killSession } from "../../src/sessions/kill.ts";
import { launch } from "../../src/sessions/launch.ts";
import { generationDir } from "../../src/sessions/layout.ts";
import { pause } from "../../src/sessions/pause.ts";
import { platformOf, type ProcessRow } from "../../src/sessions/platform.ts";
import { bury as forget, isBuriable } from "../../src/sessions/prune.ts";
import { leaderOfSession, newest, readSession } from "../../src/sessions/read.ts";
import type { SessionRef } from "../../src/sessions/schema.ts";
import { writeRecord } from "../../src/workers/store.ts";
import { listWorkers } from "../../src/workers/views.ts";

/** Heeds no polite signal, and neither does what it left to another session. */
const STUBBORN = `trap '' TERM HUP INT
setsid sh -c 'trap "" TERM HUP; while :; do sleep 600; done' &
echo ready; while :; do sleep 600; done`;

async function end(ctx: Context, ref: SessionRef, graceMs = 200): Promise<KillAnswer> {
  return assertOk(await killSession(ctx, ref, { by: "test", why: "kill", graceMs }));
}

async function rowOf(ctx: Context, pid: number | undefined): Promise<ProcessRow | undefined> {
  return (await platformOf(ctx.os).processes(ctx.os))?.find((row) => row.pid === pid && !row.zombie);
}

/** How a process ends that is killed in front of a step. Not an Error, so that nothing takes it for a failure. */
const CUT = Symbol("cut off");

/** The same machine, but from the `at`-th change or child on every one of them throws `CUT`. */
function cutOff(os: Os, at: number): { readonly os: Os; hit(): boolean } {
  let steps = 0;
  const counted = <T extends object>(tools: T, names: readonly (keyof T)[]): T =>
    new Proxy(tools, {
      get: (_, name) => {
        const tool = tools[name as keyof T];
        if (typeof tool !== "function" || !names.includes(name as keyof T)) return tool;
        return (...args: unknown[]) => {
          if (++steps >= at) throw CUT;
          return tool(...args);
        };
      },
    });
  return {
    os: {
      ...os,
      files: counted(os.files, ["publish", "replace", "rename", "remove", "append"]),
      processes: counted(os.processes, ["sh"]),
    },
    hit: () => steps >= at,
  };
}

Deno.test("a kill that is killed between any two of its steps is completed by the next one", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const survives = async (at: number): Promise<boolean> => {
    const session = await startLine(ctx, `cut-${at}`, STUBBORN);
    await shown(ctx, session, "ready");
    const cut = cutOff(ctx.os, at);
    const first = await killSession({ ...ctx, os: cut.os }, session, { by: "test", why: "kill", graceMs: 60 })
      .catch((error) => error === CUT ? undefined : Promise.reject(error));
    // Whatever was done by then, nobody is told an end that is none.
    const gone = (await marked(ctx, session)).length === 0;
    assertEquals(gone && (await readSession(ctx, session)).alive, false);
    const second = await end(ctx, session, 60);
    assertEquals([second.left, second.state.kind], [[], "killed"], `step ${at}`);
    await waitUntil(`no process of ${session.id}`, async () => (await marked(ctx, session)).length === 0);
    if (!cut.hit()) assertEquals(first?.ok, true);
    return cut.hit();
  };
  let last = 0;
  for (let hits = true; hits; last += 6) {
    const batch = Array.from({ length: 6 }, (_, n) => survives(last + n + 1));
    hits = (await Promise.all(batch)).every((hit) => hit);
  }
  assert(last > 6, "it has more steps than one batch");
});

Deno.test({
  name:
    "what cleared its environment, left its session and lost its parent is found by a kill, and holds a record back",
  ignore: Deno.build.os !== "linux", // nobody may read another's limits elsewhere
  fn: async () => {
    await using test = await makeContext();
    const ctx = test.context;
    const line =
      `setsid env -i PATH="$PATH" sh -c 'sh -c "echo \\$\\$ >\\"\\$0\\"; trap : TERM HUP; while :; do sleep 600; done" "$0" ` +
      `</dev/null >/dev/null 2>&1 &' "$1"; while [ ! -s "$1" ]; do sleep 0.01; done; echo ready; $2`;
    for (const [id, then] of [["live", "sleep 600"], ["ended", "exit 3"]] as const) {
      const file = join(test.dir, id);
      const session = await startLine(ctx, id, "", { argv: ["sh", "-c", line, "sh", file, then] });
      await shown(ctx, session, "ready");
      const pid = Number(Deno.readTextFileSync(file));
      const fled = await rowOf(ctx, pid);
      assertEquals([fled?.mark, fled?.session === String(leaderOfSession(ctx, session).inner?.pid)], [
        undefined,
        false,
      ]);
      if (id === "ended") {
        assertEquals((await inState(ctx, session, "exited")).state, { kind: "exited", code: 3 });
        assertEquals(await forget(ctx, session, { kill: false }), false);
      }
      const answer = await end(ctx, session);
      assertEquals([answer.killed, answer.left, answer.escalated], [true, [], true]);
      assertEquals(await rowOf(ctx, pid), undefined);
      assertEquals(await isBuriable(ctx, session), true);
    }
  },
});

Deno.test("a command that was paused, or a terminal that was stopped, is ended like any other", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  await Promise.all(["paused", "inner", "script", "command"].map(async (what) => {
    const session = await startLine(ctx, what, "echo ready; while :; do sleep 0.1; done");
    await shown(ctx, session, "ready");
    if (what === "paused") assertOk(await pause(ctx, session));
    else await stop(ctx, session, what);
    const answer = await end(ctx, session, 5_000);
    assertEquals([answer.killed, answer.left], [true, []], what);
    await bury(ctx, session);
  }));
});

Deno.test("the pulse wakes a terminal that somebody stopped, and leaves a paused one alone", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const line = "echo ready; read line; exit 9";
  const [stopped, paused] = await Promise.all([startLine(ctx, "stopped", line), startLine(ctx, "paused", line)]);
  for (const { id, generation } of [stopped, paused]) {
    await shown(ctx, { id, generation }, "ready");
    const record = { id, generation, runner: "sh", command: line, cwd: "/", started: 1 };
    assertOk(writeRecord(ctx, record));
  }
  await stop(ctx, stopped, "inner");
  assertOk(await pause(ctx, paused));
  const events: string[] = [];
  await wakeStopped(await jobOf(test, events));
  assertEquals(events, ["worker.woken"]);
  Deno.writeTextFileSync(join(generationDir(ctx.profile.paths, stopped), "pipes", "in"), "go\r");
  assertEquals((await inState(ctx, stopped, "exited")).state, { kind: "exited", code: 9 });
  assertEquals((await readSession(ctx, paused)).state.kind, "paused");
  await wakeStopped(await jobOf(test, events));
  assertEquals(events.length, 1);
  await bury(ctx, paused);
});

Deno.test("a session of another boot is lost, and no process is signalled for it", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const session = await startLine(ctx, "old", "trap '' HUP; echo ready; while :; do sleep 600; done");
  await shown(ctx, session, "ready");
  const { sup, script, inner } = leaderOfSession(ctx, session);
  for (const one of [sup, script, inner]) if (one !== undefined) Deno.kill(one.pid, "SIGKILL");
  await inState(ctx, session, "orphaned");
  const spec = join(generationDir(ctx.profile.paths, session), "spec.json");
  const text = Deno.readTextFileSync(spec);
  Deno.writeTextFileSync(spec, JSON.stringify({ ...JSON.parse(text), boot: "another" }));
  assertEquals((await readSession(ctx, session)).state, { kind: "lost", reason: "reboot" });
  const left = await marked(ctx, session);
  assert(left.length > 0);
  const answer = await end(ctx, session, 0);
  assertEquals([answer.killed, answer.signalled, answer.state.kind], [false, 0, "lost"]);
  assertEquals((await marked(ctx, session)).map(({ pid }) => pid), left.map(({ pid }) => pid));
  assertEquals(await isBuriable(ctx, session), true);
  Deno.writeTextFileSync(spec, text);
  await bury(ctx, session);
});

Deno.test("a session that is killed while it starts does not run afterwards", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const facts = ["spec.json", "sup.id", "script.err", "inner.id", "launched"];
  for (const [n, fact] of facts.entries()) {
    const id = `early-${n}`;
    const starting = launch(ctx, shellLaunch(id, "while :; do sleep 600; done"));
    const ref = await waitUntil("a claim", () => newest(ctx, id), { everyMs: 1 });
    const path = join(generationDir(ctx.profile.paths, ref), fact);
    await waitUntil(fact, () => ctx.os.files.stat(path).ok, { everyMs: 1 });
    const answer = await end(ctx, ref, 100);
    assertEquals([answer.left, answer.state.kind], [[], "killed"], fact);
    const started = await starting; // which may have seen it run, before
    if (!started.ok) assertEquals(started.failure.kind, "conflict", fact);
    assertEquals((await readSession(ctx, ref)).state.kind, "killed", fact);
    await bury(ctx, ref);
  }
});

Deno.test("a tree that forks faster than it is listed is ended whole", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const line =
    `trap '' TERM; echo ready; while :; do (trap '' TERM; sleep 3 & setsid sleep 3 & sleep 3) & sleep 0.02; done`;
  const session = await startLine(ctx, "storm", line);
  await waitUntil("a storm", async () => (await marked(ctx, session)).length > 60);
  const answer = await end(ctx, session, 100);
  assertEquals([answer.killed, answer.left], [true, []]);
  await bury(ctx, session);
});

async function stop(ctx: Context, ref: SessionRef, what: string): Promise<void> {
  const { inner, script } = leaderOfSession(ctx, ref);
  const command = (await marked(ctx, ref)).find(({ ppid }) => ppid === inner?.pid)?.pid;
  const pid = what === "inner" ? inner?.pid : what === "script" ? script?.pid : command;
  assert(pid !== undefined);
  Deno.kill(pid, "SIGSTOP");
  // script(1) stops itself beside a stopped child.
  const then = what === "inner" ? script?.pid : pid;
  await waitUntil(`a stopped ${what}`, async () => (await rowOf(ctx, then))?.stopped === true);
}

async function jobOf(test: TestContext, events: string[]): Promise<Parameters<typeof wakeStopped>[0]> {
  const write = ({ event }: { readonly event: string }): void => void events.push(event);
  const log = { write, trouble: () => {}, settled: () => {}, flush: async () => {} };
  const now = test.os.clock.now();
  const workers = await listWorkers(test.context, now);
  return { ctx: test.context, now, workers, log, signal: new AbortController().signal };
}
