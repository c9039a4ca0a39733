import { join } from "node:path";
import { assert, assertEquals, assertIncludes, assertMatch } from "../kit/assert.ts";
import { makeRig, PROGRAM, type Rig } from "../kit/rig.ts";
import { waitUntil } from "../kit/wait_until.ts";

/** Runs a shell line in which $LOOOP is the program; answers its exit code and what it printed. */
async function shell(
  rig: Rig,
  line: string,
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", line],
    clearEnv: true,
    env: { ...rig.env, LOOOP: PROGRAM },
    cwd: rig.home,
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}

Deno.test("the command line refuses what it does not understand with 2, and says what to type", async () => {
  await using rig = await makeRig();
  const version = await rig.ok(["version", "--json"]);
  assertEquals(Object.keys(version.json()), ["version", "commit"]);
  const unknown = await rig.run(["verzion"]);
  assertEquals([unknown.code, unknown.stdout], [2, ""]);
  assertIncludes(unknown.stderr, "looop version");
  assertEquals((await rig.run(["_", "goal", "write", "../x", "goal: x"])).code, 2);
  assertEquals(rig.exists("goals", "x.md"), false);
  assertEquals(rig.exists("x.md"), false);
});

Deno.test("bare looop shows the way: what there is, and the five commands to know", async () => {
  await using rig = await makeRig();
  const none = await rig.ok([]);
  assertIncludes(none.stdout, "looop init");
  assertEquals(rig.exists(), false);
  await rig.ok(["init"]);
  const shown = await rig.ok([]);
  assertIncludes(shown.stdout, "pulse");
  assertEquals(shown.stdout.split("\n").filter((line) => /^ {2}looop /.test(line)).length, 5);
  const json = (await rig.ok(["--json"])).json<{ status: { data_dir: string }; commands: unknown[] }>();
  assertEquals([json.status.data_dir, json.commands.length], [rig.dir, 5]);
});

Deno.test("bodies come as words or on stdin, exactly; what is no text is refused and changes nothing", async () => {
  await using rig = await makeRig();
  const text = 'say "hi" $(exit 3) `x` %s \\n 雪 \u{1f989}';
  await rig.ok(["_", "goal", "write", "words", "---\ngoal: a\n---\n", ...text.split(" ")]);
  await rig.ok(["_", "goal", "write", "piped"], { stdin: `---\ngoal: a\n---\n\n${text}\n` });
  await rig.ok(["_", "goal", "write", "dash", "-"], { stdin: `---\ngoal: a\n---\n\n${text}\n` });
  for (const id of ["words", "piped", "dash"]) assertIncludes(rig.file("goals", `${id}.md`), text);
  assertEquals(rig.file("goals", "piped.md"), rig.file("goals", "dash.md"));
  for (const stdin of ["", "\n", new Uint8Array([0x67, 0, 0x68]), new Uint8Array([0xc3, 0x28])]) {
    const refused = await rig.run(["_", "goal", "write", "bad"], { stdin });
    assertEquals([refused.code, refused.stdout], [2, ""]);
    assertMatch(refused.stderr, /^looop: Cannot .*\n/);
  }
  const large = await rig.run(["_", "goal", "write", "bad", "-"], { stdin: new Uint8Array(11 * 1024 * 1024).fill(97) });
  assertEquals(large.code, 2);
  assertIncludes(large.stderr, "larger than 10 MiB");
  assertEquals(rig.exists("goals", "bad.md"), false);
});

Deno.test("a silent stdin is given five seconds, then the usage", async () => {
  await using rig = await makeRig();
  const started = performance.now();
  const silent = rig.start(["_", "goal", "write", "g"]);
  const { code, stderr } = await silent.end;
  assertEquals(code, 2);
  assertIncludes(stderr, "nothing came on stdin for 5 seconds");
  assertIncludes(stderr, "looop _ goal write <id>");
  assert(performance.now() - started >= 5000);
});

Deno.test("output that nobody takes does not count as delivered", async () => {
  await using rig = await makeRig();
  await rig.ok(["_", "worker", "start", "w1", "sleep 600", "--runner", "sh"]);
  await rig.ok(["_", "tell", "w1", "look at the log"]);
  const gone = await shell(
    rig,
    '{ "$LOOOP" _ told w1; echo $? >code; } | { exec <&-; until [ -s code ]; do sleep 0.02; done; }',
  );
  assertEquals([gone.out, gone.err], ["", ""]);
  assertEquals(Deno.readTextFileSync(join(rig.home, "code")), "1\n");
  if (Deno.build.os === "linux") {
    const full = await shell(rig, '"$LOOOP" _ told w1 >/dev/full');
    assertEquals(full.code, 1);
    assertIncludes(full.err, "Cannot print the output");
  }
  assertIncludes((await rig.ok(["_", "told", "w1"])).stdout, "look at the log");
  assertEquals((await rig.ok(["_", "told", "w1"])).stdout, "");
});

Deno.test("an interrupted wait ends with 130, whichever signal it was", async () => {
  await using rig = await makeRig();
  await rig.ok(["init"]);
  for (const [i, signal] of (["SIGINT", "SIGTERM", "SIGHUP"] as const).entries()) {
    const client = `c${i}`;
    await rig.ok(["_", "wait", "--client", client, "--json"]);
    const waiting = rig.start(["_", "wait", "--client", client, "--json"]);
    // It waits once its own directory of cursors names it as waiting.
    await waitUntil(
      "the wait is shown",
      async () => (await rig.ok(["status", "--json"])).stdout.includes(`"${client}"`),
    );
    waiting.signal(signal);
    const { code, stdout } = await waiting.end;
    assertEquals([signal, code], [signal, 130]);
    assertEquals(JSON.parse(stdout).error.kind, "interrupted");
  }
});

Deno.test("a session writes no policy, unless it was started for that", async () => {
  await using rig = await makeRig();
  await rig.ok(["init"]);
  const env = { LOOOP_SESSION_ID: "w1" };
  const body = "---\ngoal: tidy\n---\n";
  const refused = await rig.run(["_", "goal", "write", "tidy", body], { env });
  assertEquals(refused.code, 5);
  assertIncludes(refused.stderr, "_ ask");
  for (const record of ["{", '{"id":"w1"}', '{"id":"w1","meta":"true"}', "null"]) {
    rig.write("workers/w1.json", record, 0o600);
    assertEquals((await rig.run(["_", "goal", "write", "tidy", body], { env })).code, 5, record);
  }
  rig.write("workers/w1.json", JSON.stringify({ v: 1, id: "w1", meta: true }), 0o600);
  await rig.ok(["_", "goal", "write", "tidy", body], { env });
  assertEquals((await rig.run(["up"], { env })).code, 5);
  assertEquals((await rig.run(["_", "worker", "start", "x", "y"], { env })).code, 5);
  assertEquals(rig.names("workers"), ["w1.json"]);
});
