/** The life of sessions under many kills at random moments, and storms. What is rare shows here. */
import { join } from "node:path";
import { assert, assertEquals } from "../kit/assert.ts";
import { makeContext } from "../kit/context.ts";
import { makeRig, processesOf, type Rig } from "../kit/rig.ts";
import { bury, marked, shown, startLine } from "../kit/session.ts";
import { waitUntil } from "../kit/wait_until.ts";
import { killSession, killSessions } from "../../src/sessions/kill.ts";
import { platformOf } from "../../src/sessions/platform.ts";
import { readSpec } from "../../src/sessions/read.ts";
import type { SessionView } from "../../src/sessions/schema.ts";
import { waitSessions } from "../../src/sessions/wait.ts";

type Rows = {
  readonly id: string;
  readonly state: string;
  readonly alive: boolean;
  readonly generation: number;
}[];

async function rows(rig: Rig): Promise<Rows> {
  return (await rig.ok(["ls", "-a", "--json"])).json<Rows & Record<string, unknown>>();
}

/** Runs a verb and kills it at a random moment within `spanMs` of its beginning. */
async function cutOff(rig: Rig, args: readonly string[], spanMs: number, stdin = ""): Promise<number> {
  const verb = rig.start(args, { stdin });
  const at = Math.random() * spanMs;
  const timer = setTimeout(() => verb.signal("SIGKILL"), at);
  await verb.end;
  clearTimeout(timer);
  return at;
}

/** Calls `body` for 0 … count - 1, so many of them at a time. */
async function each(count: number, width: number, body: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: width }, async () => {
    for (let n = next++; n < count; n = next++) await body(n);
  }));
}

/** How long a verb takes from its beginning to its end here and now. */
async function spanOf(action: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await action();
  return performance.now() - began;
}

Deno.test("of a hundred launchers that are killed at random moments each leaves nothing, a claim, or a whole session", async () => {
  await using rig = await makeRig();
  const start = (id: string) => ["_", "worker", "start", id, "-", "--runner", "sh"];
  const brief = "while :; do sleep 600; done\n";
  await rig.ok(["config", "set", "max_workers", "0"]);
  const span = await spanOf(() => rig.ok(start("first"), { stdin: brief }));
  await each(100, 4, async (n) => void await cutOff(rig, start(`w${n}`), 1.5 * span, brief));
  const found = await waitUntil("nothing is starting any more", async () => {
    const now = await rows(rig);
    return now.some(({ state }) => state === "starting") ? undefined : now;
  });
  const kinds = new Set(found.map(({ state }) => state));
  for (const kind of kinds) assert(["unstarted", "running"].includes(kind), kind);
  assert(kinds.has("running"), "some came through");
  // Whatever runs belongs to one of them: a session that looop does not know would never be ended.
  await rig.ok(["down"]);
  await waitUntil("nothing runs", async () => (await processesOf(rig.dir)).length === 0);
  for (const { id, generation } of found.filter(({ state }) => state === "unstarted").slice(0, 5)) {
    await rig.ok(start(id), { stdin: brief });
    const row = (await rows(rig)).find((one) => one.id === id);
    assertEquals([row?.state, (row?.generation ?? 0) > generation], ["running", true]);
  }
});

Deno.test("of twenty programs that start the same worker one does, and the others leave no trace", async () => {
  await using rig = await makeRig();
  for (let round = 1; round <= 3; round++) {
    const start = ["_", "worker", "start", "w", "-", "--runner", "sh"];
    const ends = await Promise.all(Array.from({ length: 20 }, () => rig.run(start, { stdin: "exec sleep 600\n" })));
    assertEquals(ends.filter(({ code }) => code === 0).length, 1);
    for (const { code, stderr } of ends) assert(code === 0 || code === 4, stderr);
    assertEquals(rig.names("prompts").length, 1);
    assertEquals((await rows(rig)).map(({ alive, generation }) => [alive, generation]), [[true, round]]);
    await rig.ok(["kill", "w"]);
    await rig.ok(["prune"]);
  }
});

Deno.test("a kill that is killed at random moments is completed by the next one", async () => {
  await using rig = await makeRig();
  await rig.ok(["config", "set", "max_workers", "0"]);
  const script = `trap '' TERM HUP; setsid sh -c 'trap "" TERM HUP; while :; do sleep 600; done' &\n` +
    "while :; do sleep 600; done\n";
  await each(24, 6, async (n) => {
    const id = `w${n}`;
    await rig.ok(["_", "worker", "start", id, "-", "--runner", "sh"], { stdin: script });
    const at = await cutOff(rig, ["kill", id], 6_500);
    const { left, state } = (await rig.ok(["kill", id, "--json"])).json<{ left: number[]; state: string }>();
    assertEquals([left, state], [[], "killed"], `${id}, cut off after ${at.toFixed(0)} ms`);
  });
  await waitUntil("nothing runs", async () => (await processesOf(rig.dir)).length === 0);
});

Deno.test("a worker that is killed at a random moment of its start does not run once the kill has answered", async () => {
  await using rig = await makeRig();
  await rig.ok(["config", "set", "max_workers", "0"]);
  const start = (id: string) => rig.run(["_", "worker", "start", id, "-", "--runner", "sh"], { stdin: "sleep 600\n" });
  const span = await spanOf(() => start("first"));
  const kills: number[] = [];
  await each(60, 4, async (n) => {
    const id = `w${n}`;
    const starting = start(id);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * span));
    const { code } = await rig.run(["kill", id]);
    const { code: started, stderr } = await starting;
    kills.push(code);
    assert([0, 3].includes(code) && [0, 1, 4].includes(started), `${id}: ${code} ${started} ${stderr}`);
    const row = (await rows(rig)).find((one) => one.id === id);
    assertEquals(row?.alive ?? false, code === 3, `${id}: ${row?.state}`);
  });
  assert(kills.includes(0), "some kills met a start");
});

Deno.test("storms of restarts leave one generation each time", async () => {
  await using rig = await makeRig();
  await rig.ok(["_", "worker", "start", "w", "-", "--runner", "sh"], { stdin: "exec sleep 600\n" });
  for (let storm = 0; storm < 6; storm++) {
    const ends = await Promise.all(Array.from({ length: 10 }, () => rig.run(["restart", "w"])));
    for (const { code, stderr } of ends) assert(code === 0 || code === 4, stderr);
    assertEquals((await rows(rig)).map(({ alive }) => alive), [true]);
    const live = (await processesOf(rig.dir)).filter(({ line }) => line.includes("sleep 600"));
    assertEquals(live.length, 1);
  }
});

Deno.test("two hundred sessions start, hear what is typed, and end, each with its own code or by one kill", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const line = 'echo ready; read n; exit "$n"';
  const sessions: SessionView[] = [];
  await each(200, 20, async (n) => void sessions.push(await startLine(ctx, `s${n}`, line)));
  assertEquals(new Set(sessions.map(({ state }) => state.kind)), new Set(["running"]));
  const [typed, rest] = [sessions.slice(0, 100), sessions.slice(100)];
  for (const ref of typed) await shown(ctx, ref, "ready");
  for (const [n, ref] of typed.entries()) {
    Deno.writeTextFileSync(join(ctx.profile.paths.sessions, ref.id, "1", "pipes", "in"), `${n}\r`);
  }
  const waited = await waitSessions(ctx, typed, { timeoutMs: 60_000 });
  assert(waited.ok);
  assertEquals(waited.value.map(({ state }) => state), typed.map((_, code) => ({ kind: "exited" as const, code })));
  const ended = await killSessions(ctx, sessions, { by: "test", why: "kill", graceMs: 5_000 });
  assert(ended.ok);
  assertEquals(ended.value.filter(({ killed }) => killed).map(({ id }) => id), rest.map(({ id }) => id));
  assertEquals(ended.value.flatMap(({ left }) => left), []);
  const marks = new Set(sessions.map((ref) => readSpec(ctx, ref)?.mark));
  await waitUntil("no process is left", async () => {
    const rows = await platformOf(ctx.os).processes(ctx.os);
    return rows?.every(({ mark, zombie }) => zombie || mark === undefined || !marks.has(mark));
  }, { everyMs: 100 });
});

Deno.test("a storm of forks is ended whole", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const child = "(trap '' TERM HUP; setsid sleep 20 & sleep 20 & sleep 20)";
  const line = `trap '' TERM HUP; for n in 1 2 3 4; do while :; do ${child} & sleep 0.02; done & done; wait`;
  const session = await startLine(ctx, "storm", line);
  await waitUntil("a storm", async () => (await marked(ctx, session)).length > 600, { everyMs: 50 });
  const ended = await killSession(ctx, session, { by: "test", why: "kill", graceMs: 500 });
  assert(ended.ok);
  assertEquals([ended.value.killed, ended.value.left, ended.value.escalated], [true, [], true]);
  await bury(ctx, session);
});
