/** The life of a session as the command line shows it: many at once, cut off, held back, out of terminals. */
import { assert, assertEquals, assertIncludes } from "../kit/assert.ts";
import { ownSpan, running } from "../kit/processes.ts";
import { makeRig, PROGRAM, type Rig } from "../kit/rig.ts";
import { waitUntil } from "../kit/wait_until.ts";

type Rows = {
  readonly id: string;
  readonly state: string;
  readonly alive: boolean;
  readonly generation: number;
}[];

async function rows(rig: Rig): Promise<Rows> {
  return (await rig.ok(["ls", "-a", "--json"])).json<Rows & Record<string, unknown>>();
}

function start(rig: Rig, id: string, script: string) {
  return rig.ok(["_", "worker", "start", id, "-", "--runner", "sh"], { stdin: script });
}

/** Live processes with exactly this command line. */
async function runningExactly(command: string): Promise<number> {
  return (await running(command)).filter((found) => found.command === command).length;
}

function pidOf(rig: Rig, id: string, helper: string): number {
  return Number.parseInt(rig.file("sessions", id, "1", `${helper}.id`));
}

Deno.test("a start whose output is captured returns while its worker runs", async () => {
  await using rig = await makeRig();
  const script = 'said=$(printf "sleep 600\\n" | "$0" _ worker start w - --runner sh); echo "said: $said"';
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", script, PROGRAM],
    env: rig.env,
    clearEnv: true,
    stdin: "null",
  }).output(); // comes to its end only when nobody holds the pipe any more
  assertIncludes(new TextDecoder().decode(stdout), "said: started worker w");
  assertEquals((await rows(rig)).map(({ alive }) => alive), [true]);
});

Deno.test("a program started by one that ignores signals hears them, and one that cannot be started is told so", async () => {
  await using rig = await makeRig();
  const script = `trap '' HUP INT QUIT TERM PIPE TSTP; exec "$0" _ worker start w - --runner sh <"$1"`;
  rig.write("../brief", `trap 'exit 8' INT; echo ready; while :; do sleep 0.05; done\n`);
  const { code } = await new Deno.Command("sh", {
    args: ["-c", script, PROGRAM, rig.path("..", "brief")],
    env: rig.env,
    clearEnv: true,
  }).output();
  assertEquals(code, 0);
  await rig.ok(["expect", "w", "ready"]);
  await rig.ok(["key", "w", "C-c"]);
  assertEquals((await rig.run(["wait", "w", "--timeout", "20s"])).code, 8);
  // A brief is a command line of its own: what it cannot start shows in how it ends, for whoever waits.
  await start(rig, "none", "exec no-such-program-anywhere\n");
  assertEquals((await rig.run(["wait", "none", "--timeout", "20s"])).code, 127);
});

Deno.test("of many restarts at once exactly one generation is left alive", async () => {
  await using rig = await makeRig();
  await start(rig, "w", `exec sleep ${ownSpan(86391)}\n`);
  const ends = await Promise.all(Array.from({ length: 10 }, () => rig.run(["restart", "w", "--json"])));
  const done = ends.filter(({ code }) => code === 0).map((end) => end.json<{ generation: number }>().generation);
  assert(done.length > 0);
  assertEquals(new Set(done).size, done.length, "no generation was given to two");
  for (const { code, stderr } of ends) assert(code === 0 || code === 4, stderr);
  const [row, ...more] = await rows(rig);
  assertEquals([row?.alive, more], [true, []]);
  assert(Math.max(...done) <= (row?.generation ?? 0));
  assertEquals(await runningExactly(`sleep ${ownSpan(86391)}`), 1);
});

Deno.test("a kill that comes during a restart has the last word", async () => {
  await using rig = await makeRig();
  // It heeds TERM only once it was told to, so that the restart is under way for as long as the test needs.
  await start(rig, "w", `trap ': >"$LOOOP_REPORTS_DIR/term"' TERM; echo ready; while :; do sleep 0.05; done\n`);
  await rig.ok(["expect", "w", "ready"]);
  const restart = rig.start(["restart", "w"]);
  await waitUntil("the restart ends the worker", () => rig.exists("reports", "term"));
  await rig.ok(["kill", "w"]);
  const end = await restart.end;
  assertEquals(end.code, 4, end.stderr);
  assertIncludes(end.stderr, "killed meanwhile");
  assertEquals((await rows(rig)).map(({ state, generation }) => [state, generation]), [["killed", 1]]);
});

Deno.test("prune holds on to a worker of which processes are left, until they are killed", async () => {
  await using rig = await makeRig();
  await start(rig, "w", `trap '' HUP; echo ready; while :; do sleep ${ownSpan(86392)}; done\n`);
  await rig.ok(["expect", "w", "ready"]);
  Deno.kill(pidOf(rig, "w", "script"), "SIGKILL");
  const waited = await rig.run(["wait", "w", "--timeout", "20s", "--json"]);
  assertEquals([waited.code, waited.json<{ sessions: Rows }>().sessions[0]?.state], [125, "orphaned"]);
  assertEquals((await rig.ok(["prune", "--json"])).json(), [] as unknown as Record<string, unknown>);
  assertEquals((await rows(rig)).map(({ state }) => state), ["orphaned"]);
  assertEquals(await runningExactly(`sleep ${ownSpan(86392)}`), 1);
  // Nor is the id given to another as long as they live.
  const again = await rig.run(["_", "worker", "start", "w", "-", "--runner", "sh"], { stdin: "true\n" });
  assertEquals(again.code, 4, again.stderr);
  await rig.ok(["kill", "w"]);
  assertEquals(await runningExactly(`sleep ${ownSpan(86392)}`), 0);
  await rig.ok(["prune"]);
  assertEquals(await rows(rig), []);
});

Deno.test("prune keeps a worker until its check has run, and says so", async () => {
  await using rig = await makeRig();
  await rig.ok(["init", "--yes", "--runner", "sh"]);
  await rig.ok(["_", "worker", "start", "w", "exit 0", "--runner", "sh", "--verify", "true"]);
  await rig.ok(["wait", "w", "--timeout", "20s"]);
  await waitUntil("its helpers are gone", async () => (await rig.ok(["prune"])).stdout !== "nothing to prune\n");
  const pruned = (await rig.ok(["prune", "--json"])).json<
    { id: string; deleted: boolean; kept: string }[] & Record<string, unknown>
  >();
  assertEquals(pruned.map(({ id, deleted, kept }) => [id, deleted, kept]), [[
    "w",
    false,
    "its check has not run yet, the pulse runs it",
  ]]);
  await rig.ok(["up"]);
  const verify = async () =>
    (await rig.ok(["ls", "-a", "--json"])).json<{ verify: string }[] & Record<string, unknown>>()[0]?.verify;
  await waitUntil("the verdict", async () => await verify() === "pass");
  assertIncludes((await rig.ok(["prune"])).stdout, "removed w (generation 1)");
  assertEquals(await rows(rig), []);
});

Deno.test("a session knows nothing of those that wait for it and are killed", async () => {
  await using rig = await makeRig();
  await start(rig, "w", "echo ready; read line; echo said $line; read line; exit 6\n");
  const waiting = [["expect", "w", "said"], ["wait", "w"], ["wait-idle", "w", "--settle", "1h"], ["log", "-f", "w"]];
  const killed = waiting.map((args) => rig.start(args));
  await killed[3]?.stdout.until(/ready/);
  for (const one of killed) one.signal("SIGKILL");
  for (const one of killed) await one.end;
  await rig.ok(["send", "w", "hello"]);
  assertIncludes((await rig.ok(["expect", "w", "said hello"])).stdout, "said hello");
  await rig.ok(["send", "w", "bye"]);
  assertEquals((await rig.run(["wait", "w", "--timeout", "20s"])).code, 6);
});

/** Runs a shell script in namespaces of its own. */
async function unshared(
  flags: string,
  script: string,
  options: { args?: readonly string[]; env?: Record<string, string> },
) {
  const { code, stdout, stderr } = await new Deno.Command("unshare", {
    args: [flags, "sh", "-c", script, ...options.args ?? []],
    env: options.env ?? {},
    clearEnv: options.env !== undefined,
  }).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

async function may(flags: string, script: string): Promise<boolean> {
  return Deno.build.os === "linux" && (await unshared(flags, script, {}).catch(() => undefined))?.code === 0;
}

/** A machine that has no file events left. */
const NO_WATCHES = "echo 0 >/proc/sys/user/max_inotify_instances";

Deno.test({
  name: "where no file events are left, those that wait for a session hear of it all the same",
  ignore: !await may("-Ur", NO_WATCHES),
  fn: async () => {
    await using rig = await makeRig();
    await start(rig, "w", "echo ready; read line; echo said $line; read line; exit 6\n");
    const blind = (...args: readonly string[]) =>
      unshared("-Ur", `${NO_WATCHES} && exec "$0" "$@"`, { args: [PROGRAM, ...args], env: rig.env });
    const ends = [blind("wait", "w"), blind("expect", "w", "said hello"), blind("log", "-f", "w")];
    await rig.ok(["send", "w", "hello"]);
    assertEquals((await ends[1])?.stdout, "said hello\n");
    await rig.ok(["send", "w", "bye"]);
    assertEquals((await ends[0])?.code, 6);
    assertIncludes((await ends[2])?.stdout ?? "", "said hello");
  },
});

/** A machine with one terminal, for "$@" and what it starts. */
const ONE_TERMINAL = `mount -t devpts -o newinstance,ptmxmode=0666,max=1 devpts /dev/pts &&
mount --bind /dev/pts/ptmx /dev/ptmx || exit 99
"$0" _ worker start one - --runner sh <"$1" >&2 || exit 98
exec "$0" _ worker start two - --runner sh --json <"$1"`;

Deno.test({
  name: "where terminals have run out a start says so, and what runs goes on",
  ignore: !await may("-m", "mount -t devpts -o newinstance,ptmxmode=0666,max=1 devpts /dev/pts"),
  fn: async () => {
    await using rig = await makeRig();
    rig.write("../brief", "echo ready; sleep 600\n");
    const args = [PROGRAM, rig.path("..", "brief")];
    const { code, stdout, stderr } = await unshared("-m", ONE_TERMINAL, { args, env: rig.env });
    assertEquals(code, 1, stderr);
    assertIncludes(JSON.parse(stdout).error.message, "failed to create pseudo-terminal");
    assertEquals(
      (await rows(rig)).map(({ id, state }) => [id, state]).sort(),
      [["one", "running"], ["two", "failed_to_start"]],
    );
  },
});

Deno.test("a live worker whose record cannot be read, or is gone, is shown, counted and ended like any other", async () => {
  await using rig = await makeRig({ LOOOP_MAX_WORKERS: "1" });
  await rig.ok(["init", "--yes"]);
  await start(rig, "w", "exec sleep 600\n");
  const path = rig.path("workers", "w.json");
  const kept = rig.file("workers", "w.json");
  const damages: readonly (readonly [string, () => void])[] = [
    ["workers/w.json is not a worker's record", () => Deno.writeTextFileSync(path, "{")],
    [
      "its record was written by a newer looop (version 2)",
      () => Deno.writeTextFileSync(path, JSON.stringify({ ...JSON.parse(kept), v: 2 })),
    ],
    ["it has no record", () => Deno.removeSync(path)],
  ];
  for (const [why, damage] of damages) {
    damage();
    const [row] = (await rig.ok(["ls", "--json"])).json<
      { id: string; alive: boolean; why: string }[] & Record<string, unknown>
    >();
    assertEquals([row?.id, row?.alive, row?.why], ["w", true, why]);
    const { workers } = (await rig.ok(["_", "state", "--json"]))
      .json<{ workers: { id: string; state: string; problem: string }[] } & Record<string, unknown>>();
    assertEquals(workers.map(({ id, state, problem }) => [id, state, problem]), [["w", "running", why]]);
    const more = await rig.run(["_", "worker", "start", "x", "-", "--runner", "sh"], { stdin: "true\n" });
    assertEquals(more.code, 5, more.stderr);
  }
  await rig.ok(["kill", "w"]);
  assertEquals(await rows(rig), []);
});

Deno.test("a worker that cannot be told from other processes is not said to have ended", async () => {
  await using rig = await makeRig();
  await start(rig, "w", "exec sleep 600\n");
  const path = rig.path("sessions", "w", "1", "spec.json");
  const spec = rig.file("sessions", "w", "1", "spec.json");
  Deno.writeTextFileSync(path, JSON.stringify({ ...JSON.parse(spec), boot: "another" }));
  const killed = await rig.run(["kill", "w"]);
  assertEquals(killed.code, 1);
  assertIncludes(killed.stderr, "it is still running");
  const down = await rig.run(["down"]);
  assertEquals(down.code, 1);
  assertIncludes(down.stdout, "worker w still runs");
  Deno.writeTextFileSync(path, spec);
  await rig.ok(["kill", "w"]);
});

Deno.test("what the caller has open is not held open by a worker", async () => {
  await using rig = await makeRig();
  await rig.ok(["init", "--yes"]);
  // A pipeline ends when nobody has its pipe open any more.
  const piped = new Deno.Command("timeout", {
    args: ["30", "sh", "-c", `"$LOOOP" _ worker start w 'sleep 600' --runner sh 5>&1 7>&1 | cat`],
    clearEnv: true,
    env: { ...rig.env, LOOOP: PROGRAM },
    stdin: "null",
  });
  assertEquals((await piped.output()).code, 0);
  assertEquals((await rows(rig)).map(({ alive }) => alive), [true]);
});

Deno.test({
  name: "a terminal that says it has no columns shows whole lines",
  ignore: Deno.build.os !== "linux", // script(1) of util-linux
  fn: async () => {
    await using rig = await makeRig();
    await start(rig, "with-a-long-name", "exec sleep 600\n");
    const shown = await new Deno.Command("script", {
      args: ["-qec", `stty rows 0 cols 0; "$LOOOP" ls`, "/dev/null"],
      clearEnv: true,
      env: { ...rig.env, LOOOP: PROGRAM },
      stdin: "null",
    }).output();
    assertIncludes(new TextDecoder().decode(shown.stdout), "with-a-long-name");
  },
});
