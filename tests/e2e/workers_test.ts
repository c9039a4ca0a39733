import { assert, assertEquals, assertIncludes } from "../kit/assert.ts";
import { makeRig, PROGRAM, type Rig } from "../kit/rig.ts";
import { waitUntil } from "../kit/wait_until.ts";
import { CALLBACKS } from "../../src/prompts/contract.ts";

/** Starts a worker whose brief is a shell script. */
async function startScript(rig: Rig, id: string, script: string, ...more: readonly string[]): Promise<void> {
  await rig.ok(["_", "worker", "start", id, "-", "--runner", "sh", ...more], { stdin: script });
}

function report(rig: Rig, id: string): Promise<string> {
  return waitUntil(`the report of ${id}`, () => rig.exists("reports", `${id}.md`) && rig.file("reports", `${id}.md`));
}

Deno.test("every line of the contract runs in a worker as it stands", async () => {
  await using rig = await makeRig();
  const told = '"$LOOOP_BIN" _ told';
  assertEquals(CALLBACKS.told, told);
  await rig.ok(["init", "--yes", "--runner", "sh"]);
  const steps = Object.entries(CALLBACKS).filter(([name]) => name !== "end");
  const script = steps.map(([name, line]) =>
    `${line} >"$LOOOP_REPORTS_DIR/${name}.txt" 2>&1; echo "${name} $?" >>"$LOOOP_REPORTS_DIR/codes"\n`
  );
  await startScript(rig, "w", `${script.join("")}${CALLBACKS.end}\nsleep 1000\n`);
  await waitUntil("the question", () => rig.exists("asks", "w-1.json"));
  await rig.ok(["_", "answer", "w-1", "second"]);
  await waitUntil("the approval", () => rig.exists("asks", "w-2.json"));
  await rig.ok(["asks", "withdraw", "w-2"]);
  await rig.run(["wait", "w", "--timeout", "20s"]);
  const codes = rig.file("reports", "codes").trim().split("\n").map((line) => line.split(" "));
  assertEquals(codes, steps.map(([name]) => [name, name === "approve" ? "4" : "0"]));
  assertEquals(rig.file("reports", "ask.txt"), "second");
  const rows = (await rig.ok(["ls", "-a", "--json"])).json<{ id: string; alive: boolean }[]>();
  assertEquals(rows.map(({ id, alive }) => [id, alive]), [["w", false]]);
  assertIncludes((await rig.ok(["cost"])).stdout, "0.42");
  assertEquals(rig.names("claims").filter((name) => !name.startsWith(".")), []);
});

Deno.test("a worker's environment: the caller's, without what is denied or the caller's own, with what its runner says", async () => {
  await using rig = await makeRig();
  await rig.ok(["init", "--yes", "--runner", "sh"]);
  const config = JSON.parse(rig.file("config.json"));
  const runners = {
    agent: {
      command:
        'env >"$LOOOP_REPORTS_DIR/$LOOOP_SESSION_ID.tmp"; mv "$LOOOP_REPORTS_DIR/$LOOOP_SESSION_ID.tmp" "$LOOOP_REPORTS_DIR/$LOOOP_SESSION_ID.md" # {{prompt_file}}',
      env: { SECRET_ONE: "its own", LOOOP_WAIT_TIMEOUT: "7s" },
    },
    plain: {
      command:
        'env >"$LOOOP_REPORTS_DIR/$LOOOP_SESSION_ID.tmp"; mv "$LOOOP_REPORTS_DIR/$LOOOP_SESSION_ID.tmp" "$LOOOP_REPORTS_DIR/$LOOOP_SESSION_ID.md" # {{prompt_file}}',
    },
  };
  rig.write("config.json", JSON.stringify({ ...config, runners, env_deny: ["SECRET_*"] }));
  const env = {
    SECRET_ONE: "the caller's",
    SECRET_TWO: "x",
    PASSED: "yes",
    CLAUDECODE: "1",
    LOOOP_WAIT_TIMEOUT: "99s",
    LOOOP_CLIENT: "root",
  };
  for (const runner of ["agent", "plain"]) {
    await rig.ok(["_", "worker", "start", runner, "brief", "--runner", runner], { env });
  }
  const [own, plain] = [await environment(rig, "agent"), await environment(rig, "plain")];
  const names = [
    "SECRET_ONE",
    "SECRET_TWO",
    "PASSED",
    "CLAUDECODE",
    "LOOOP_WAIT_TIMEOUT",
    "LOOOP_CLIENT",
    "LOOOP_SESSION_KEEP",
    "LOOOP_SESSION_UNSET",
  ];
  assertEquals(names.map((name) => own.get(name)), [
    "its own",
    undefined,
    "yes",
    undefined,
    "7s",
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals(names.map((name) => plain.get(name)), [
    undefined,
    undefined,
    "yes",
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  const given = [
    "LOOOP_BIN",
    "LOOOP_DATA_DIR",
    "LOOOP_CONFIG",
    "LOOOP_SESSION_ID",
    "LOOOP_CLAIMS_DIR",
    "LOOOP_REPORTS_DIR",
    "LOOOP_PROMPT_FILE",
  ];
  for (const name of given) assert((plain.get(name) ?? "") !== "", name);
});

async function environment(rig: Rig, id: string): Promise<ReadonlyMap<string, string>> {
  const text = await report(rig, id);
  return new Map(
    text.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const),
  );
}

Deno.test("the end of a worker wakes who waits at once; that it falls silent and shows something again wakes nobody", async () => {
  await using rig = await makeRig();
  await rig.ok(["init", "--yes", "--runner", "sh"]);
  const config = JSON.parse(rig.file("config.json"));
  rig.write("config.json", JSON.stringify({ ...config, idle_after: "1s" }));
  await rig.ok(["up"]);
  await startScript(
    rig,
    "w",
    'echo on; until [ -e "$LOOOP_REPORTS_DIR/go" ]; do sleep 0.1; done; echo again; until [ -e "$LOOOP_REPORTS_DIR/end" ]; do sleep 0.1; done; exit 3',
  );
  const health = async () => (await rig.ok(["ls", "--json"])).json<{ health: string; why: string }[]>()[0];
  let last = "";
  for (;;) { // what starting it has changed
    const wait = await rig.run(["_", "wait", "--json", "--timeout", "2s"]);
    if (wait.code === 75) break;
    last = wait.json<{ delivery: string }>().delivery;
  }
  assert(last !== "");
  const waiting = rig.start(["_", "wait", "--json"]);
  await waitUntil("it is idle", async () => (await health())?.health === "idle");
  assertIncludes((await health())?.why ?? "", "silent");
  rig.write("reports/go", "");
  await waitUntil("it is busy again", async () => (await health())?.health === "busy");
  await waitUntil("it is idle again", async () => (await health())?.health === "idle");
  rig.write("reports/end", "");
  const woken = (await waiting.end).json<
    { changed: { item: string; change: string }[]; workers: { state: string; exit_code: number }[] }
  >();
  assertEquals(woken.changed.map(({ item }) => item), ["worker:w"]);
  assertEquals(woken.workers.map(({ exit_code }) => exit_code), [3]);
});

Deno.test("a new life of an id inherits nothing: no message, claim, check, goal, question or log", async () => {
  await using rig = await makeRig();
  await rig.ok(["init", "--yes", "--runner", "sh"]);
  await rig.ok(["_", "goal", "write", "green", "---\ngoal: green\n---\n"]);
  await startScript(
    rig,
    "w",
    'echo first life; "$LOOOP_BIN" _ claim thing; "$LOOOP_BIN" _ ask --prompt "Go on?" --no-wait; sleep 1000',
    "--goal",
    "green",
    "--verify",
    "true",
  );
  await waitUntil("its question", () => rig.exists("asks", "w-1.json"));
  await rig.ok(["_", "tell", "w", "for the first life"]);
  await rig.ok(["kill", "w"]);
  await startScript(
    rig,
    "w",
    'echo second life; "$LOOOP_BIN" _ told --json >"$LOOOP_REPORTS_DIR/w.tmp"; mv "$LOOOP_REPORTS_DIR/w.tmp" "$LOOOP_REPORTS_DIR/w.md"; sleep 1000',
  );
  assertEquals(JSON.parse(await report(rig, "w")), []);
  const state = (await rig.ok(["_", "state", "--json"])).json<
    { workers: Record<string, unknown>[]; claims: unknown[]; asks: { id: string }[] }
  >();
  assertEquals(state.claims, []);
  assertEquals(state.asks.map(({ id }) => id), ["setup-1"]);
  assertEquals([state.workers.length, state.workers[0]?.goal ?? null, state.workers[0]?.verify ?? null], [
    1,
    null,
    null,
  ]);
  const log = (await rig.ok(["log", "w"])).stdout;
  assertEquals([log.includes("second life"), log.includes("first life")], [true, false]);
  const asked = await rig.ok(["_", "ask", "w", "--prompt", "Anything?", "--no-wait"]);
  assertEquals(asked.stdout, "w-2\n");
});

Deno.test("doctor proves that an ask gets through where nothing can be written but what a sandboxing agent is given", async () => {
  await using rig = await makeRig();
  const { checks } = (await rig.run(["doctor", "--json"])).json<
    { checks: { name: string; state: string; message: string }[] }
  >();
  const check = checks.find(({ name }) => name === "callbacks");
  assertEquals(check?.state, "ok", check?.message);
  assert(/gets through|not tried/.test(check?.message ?? ""), check?.message);
});

Deno.test("a worker makes files as whoever started it does, and its session's own stay closed", async () => {
  await using rig = await makeRig();
  await rig.ok(["init", "--yes", "--runner", "sh"]);
  const started = [["_", "worker", "start", "w", "umask; exec sleep 600", "--runner", "sh"], ["restart", "w"]];
  for (const [index, mask] of ["0022", "0027"].entries()) {
    const { code } = await new Deno.Command("sh", {
      args: ["-c", `umask ${mask}; exec "$0" "$@"`, PROGRAM, ...started[index] ?? []],
      env: rig.env,
      clearEnv: true,
      stdout: "null",
    }).output();
    assertEquals(code, 0);
    await rig.ok(["expect", "w", `^${mask}`]);
    const session = rig.path("sessions", "w", String(index + 1));
    const open = [...Deno.readDirSync(session)].filter(({ name }) =>
      ((Deno.statSync(`${session}/${name}`).mode ?? 0) & 0o077) !== 0
    );
    assertEquals(open.map(({ name }) => name), []);
  }
});

Deno.test("a program that is not there is refused before anything is written, and the hint is about that program", async () => {
  await using rig = await makeRig();
  await rig.ok(["init", "--yes", "--runner", "sh"]);
  const rows = [
    { line: "FOO=1 no-such-program {{prompt_file}}", says: "no-such-program is not on the PATH", hint: "--command" },
    { line: "/no/such/program {{prompt_file}}", says: "/no/such/program is no program that can be run", hint: "" },
    { line: "./no-such-program", says: "./no-such-program is no program that can be run", hint: "" },
  ];
  for (const { line, says, hint } of rows) {
    const { code, stderr } = await rig.run(["_", "worker", "start", "w", "do it", "--command", line]);
    assertEquals(code, 1, stderr);
    assertIncludes(stderr, says);
    assertIncludes(stderr, hint);
    assert(!stderr.includes("npm install"), stderr);
    assertEquals(rig.names("prompts"), []);
  }
  rig.write("../here/agent", "#!/bin/sh\nexec sleep 600\n", 0o755);
  await rig.ok(["_", "worker", "start", "w", "do it", "--command", "./agent", "--cwd", rig.path("..", "here")]);
});
