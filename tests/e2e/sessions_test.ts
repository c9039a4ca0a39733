import { assert, assertEquals, assertIncludes, assertMatch } from "../kit/assert.ts";
import { makeRig } from "../kit/rig.ts";
import { waitUntil } from "../kit/wait_until.ts";

interface Row {
  readonly id: string;
  readonly state: string;
  readonly alive: boolean;
  readonly exit_code: number | null;
  readonly verify: string | null;
  readonly generation: number;
  readonly cmd: readonly string[];
  readonly started_at: string;
  readonly last_change: string;
  readonly note: string | null;
}

Deno.test("a worker is typed into, paused, resized, waited for and pruned from the command line", async () => {
  await using rig = await makeRig();
  const start = (id: string, script: string, ...more: string[]) =>
    rig.ok(["_", "worker", "start", id, "-", "--runner", "sh", ...more], { stdin: script });
  await start("a", `echo ready; read line; printf '%s' "$line" >"$LOOOP_REPORTS_DIR/a.txt"; stty size; exit 3\n`);
  await rig.ok(["resize", "a", "101x37"]);
  const paused = (await rig.ok(["pause", "a", "--json"])).json<{ state: string; changed: boolean }>();
  assertEquals([paused.state, paused.changed], ["paused", true]);
  await rig.ok(["flag", "a", "look here"]);
  const [row] = (await rig.ok(["ls", "--json"])).json<Row[] & Record<string, unknown>>();
  assertEquals([row?.state, row?.cmd.slice(0, 2), row?.note], ["paused", ["sh", "-c"], "look here"]);
  assertEquals(row?.started_at, row?.last_change);
  assertMatch(row?.started_at ?? "", /^\d{4}-\d\d-\d\dT[0-9:.]+Z$/);
  await rig.ok(["resume", "a"]);
  await rig.ok(["send", "a", "hello", "you"]);
  const waited = await rig.run(["wait", "a", "--timeout", "20s"]);
  assertEquals(waited.code, 3, waited.stderr);
  assertEquals(rig.file("reports", "a.txt"), "hello you");
  assertIncludes(rig.file("sessions", "a", "1", "out.log"), "37 101");
  assertEquals((await rig.ok(["ls", "--json"])).json(), [] as unknown as Record<string, unknown>);
  const dry = (await rig.ok(["prune", "--dry-run", "--json"])).json<{ deleted: boolean }[] & Record<string, unknown>>();
  assertEquals(dry.map(({ deleted }) => deleted), [false]);
  await rig.ok(["prune"]);
  assertEquals(rig.exists("workers", "a.json"), false);
  // The id is used again, and nothing of the old one shows; its generation is never given out twice.
  await start("a", "exit 0\n");
  await rig.run(["wait", "a"]);
  assertEquals((await rig.ok(["ls", "-a", "--json"])).json<Row[] & Record<string, unknown>>()[0]?.generation, 2);
});

Deno.test("a worker ends itself from inside and its answer is delivered", async () => {
  await using rig = await makeRig();
  // An agent may hand on only a part of its environment to what it runs.
  for (const [id, without] of [["b", ""], ["c", "env -u LOOOP_SESSION_MARK "]] as const) {
    const script = `"$LOOOP_BIN" _ claim main-${id}; "$LOOOP_BIN" _ ask --no-wait --prompt "Go on?"\n` +
      `${without}"$LOOOP_BIN" _ kill --json >"$LOOOP_REPORTS_DIR/${id}.json"\nsleep 86386\n`;
    await rig.ok(["_", "worker", "start", id, "-", "--runner", "sh"], { stdin: script });
    const waited = await rig.run(["wait", id, "--timeout", "20s", "--json"]);
    const { sessions } = waited.json<{ sessions: Row[] }>();
    assertEquals(sessions.map(({ state }) => state), ["killed"]);
    assertIncludes(rig.file("reports", `${id}.json`), '"ending":true');
    await waitUntil("the rest of its end", () => !rig.exists("claims", `main-${id}.json`));
    const asks = (await rig.ok(["asks", "--json", "--all"])).json<
      { id: string; status: string }[] & Record<string, unknown>
    >();
    assertEquals(asks.find((ask) => ask.id === `${id}-1`)?.status, "withdrawn");
  }
});

Deno.test("inside a session only its own verbs and reads run", async () => {
  await using rig = await makeRig();
  const script = `"$LOOOP_BIN" answer setup-1 yes; echo "answer $?"; "$LOOOP_BIN" _ goal write x y; echo "goal $?"\n` +
    `"$LOOOP_BIN" kill other; echo "kill $?"; "$LOOOP_BIN" _ state --json >/dev/null; echo "state $?"\n`;
  await rig.ok(["_", "worker", "start", "c", "-", "--runner", "sh"], { stdin: script });
  await rig.run(["wait", "c", "--timeout", "20s"]);
  const log = rig.file("sessions", "c", "1", "out.log");
  for (const line of ["answer 5", "goal 5", "kill 5", "state 0"]) assertIncludes(log, line);
});

Deno.test("workers outlive the pulse; the next one sees them end and checks what they did", async () => {
  await using rig = await makeRig();
  await rig.ok(["up"]);
  const script = `while [ ! -e "$LOOOP_REPORTS_DIR/go" ]; do sleep 0.05; done; echo done >"$LOOOP_REPORTS_DIR/d.md"\n`;
  await rig.ok(["_", "worker", "start", "d", "-", "--runner", "sh", "--verify", "test -s reports/d.md"], {
    stdin: script,
  });
  const { pid } = JSON.parse(rig.file("sessions", ".pulse", "heartbeat.json"));
  Deno.kill(pid, "SIGKILL");
  await rig.ok(["up"]);
  const [row] = (await rig.ok(["ls", "--json"])).json<Row[] & Record<string, unknown>>();
  assert(row?.alive, "it outlived the pulse");
  rig.write("reports/go", "");
  await waitUntil("the verdict", async () => {
    const rows = (await rig.ok(["ls", "-a", "--json"])).json<Row[] & Record<string, unknown>>();
    return rows[0]?.verify === "pass";
  });
});

Deno.test("restart keeps the open ask and starts a new generation; down ends all", async () => {
  await using rig = await makeRig();
  await rig.ok(["up"]);
  await rig.ok(["_", "worker", "start", "e", "-", "--runner", "sh"], {
    stdin: `"$LOOOP_BIN" _ ask --prompt "Go on?"\nsleep 100\n`,
  });
  await waitUntil("the ask", () => rig.exists("asks", "e-1.json"));
  const restarted = (await rig.ok(["restart", "e", "--json"])).json<{ generation: number }>();
  assertEquals(restarted.generation, 2);
  const asks = (await rig.ok(["asks", "--json"])).json<{ id: string; status: string }[] & Record<string, unknown>>();
  assertEquals(asks.find(({ id }) => id === "e-1")?.status, "open");
  await rig.ok(["down"]);
  const rows = (await rig.ok(["ls", "-a", "--json"])).json<Row[] & Record<string, unknown>>();
  assertEquals(rows.map(({ alive }) => alive), [false]);
  const after = (await rig.ok(["asks", "--json"])).json<{ id: string; status: string }[] & Record<string, unknown>>();
  assertEquals(after.find(({ id }) => id === "e-1")?.status, "orphaned");
});

Deno.test("a session's output and screen are read, awaited and followed, with and without its escapes", async () => {
  await using rig = await makeRig();
  const script =
    `printf 'one\\ntwo \\033[31mred\\033[0m\\n'; while [ ! -e "$LOOOP_REPORTS_DIR/go" ]; do sleep 0.05; done\n` +
    `echo three; printf '\\033[2J\\033[Hdrawn \\033[1mbold\\033[0m'; sleep 60\n`;
  await rig.ok(["_", "worker", "start", "f", "-", "--runner", "sh"], { stdin: script });
  const first = (await rig.ok(["expect", "f", "r(e)d", "--json"])).json<
    { matched: string; groups: string[]; end: number }
  >();
  assertEquals([first.matched, first.groups], ["red", ["e"]]);
  const none = await rig.run(["expect", "f", "three", "--since", String(first.end), "--timeout", "200ms"]);
  assertEquals(none.code, 124);
  const follower = rig.start(["log", "-f", "f", "--grep", "^t"]);
  rig.write("reports/go", "");
  assertEquals((await rig.ok(["expect", "f", "^drawn", "--screen"])).stdout, "drawn\n");
  const shot = (await rig.ok(["shot", "f", "--json"])).json<
    { text: string; cols: number; cells: { text: string; bold?: boolean }[] }
  >();
  assertEquals([shot.text.split("\n")[0], shot.cols], ["drawn bold", 120]);
  assert(shot.cells.some(({ text, bold }) => text === "bold" && bold === true));
  assertEquals((await rig.ok(["shot", "f", "--trim"])).stdout, "drawn bold\n");
  await rig.ok(["kill", "f"]);
  const followed = await follower.end;
  assertEquals(followed.stdout, "two red\nthree\n");
  assertIncludes((await rig.ok(["log", "f", "--raw"])).stdout, "\x1b[31mred");
  assertEquals((await rig.ok(["log", "f", "--tail", "3"])).stdout.split("\n").slice(0, 2), ["two red", "three"]);
  const ended = await rig.run(["expect", "f", "never"]);
  assertEquals(ended.code, 1);
});
