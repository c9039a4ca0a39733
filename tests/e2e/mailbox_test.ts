import { assert, assertEquals, assertIncludes, assertMatch } from "../kit/assert.ts";
import { makeRig, PROGRAM, type Ran, type Rig } from "../kit/rig.ts";
import { onTerminal } from "../kit/on_terminal.ts";
import { waitUntil } from "../kit/wait_until.ts";

const SESSION = { LOOOP_SESSION_ID: "w", LOOOP_BIN: PROGRAM };

function raised(rig: Rig, id: string): Promise<true> {
  return waitUntil(`ask ${id} is there`, () => rig.exists("asks", `${id}.json`) || undefined);
}

function outline({ code, stdout }: Ran): readonly [number, string] {
  return [code, stdout];
}

Deno.test("a question outlives whoever waits for it, and its answer comes out exactly, once it is there", async () => {
  await using rig = await makeRig();
  await rig.ok(["init", "--yes"]);
  const line = ["_", "ask", "--prompt", "Which?\nsecond line", "--options", "first,second"];
  const killed = rig.start(line, { env: SESSION });
  await raised(rig, "w-1");
  killed.signal("SIGKILL");
  await killed.end;
  const interrupted = rig.start(line, { env: SESSION });
  const waiting = rig.start(line, { env: SESSION });
  interrupted.signal("SIGTERM"); // at whatever instant of its start
  assertEquals((await interrupted.end).stdout, "");
  const pending = await rig.run([...line, "--timeout", "10ms"], { env: SESSION });
  assertEquals(outline(pending), [75, ""]);
  const again = pending.stderr.split("\n").find((one) => one.includes("_ ask")) ?? "";
  assertIncludes(again, "--timeout 10ms");

  const wrong = await rig.run(["_", "answer", "w", "third"]);
  assertEquals(wrong.code, 2);
  const own = await rig.run(["answer", "w-1", "first"], { env: SESSION });
  assertEquals(own.code, 5);
  const body = 'neither:\n  ü "quoted"\n\nend';
  await rig.ok(["_", "answer", "w-1", "-", "--other"], { stdin: `${body}\n` });
  assertEquals(outline(await waiting.end), [0, body]);
  const second = await rig.run(["answer", "w-1", "first"]);
  assertEquals(second.code, 4);
  assertIncludes(second.stderr, "answered by root");

  // The line that was printed, run by a shell, is the same question: it repeats the answer, and says so.
  const { stdout, code } = await new Deno.Command("sh", {
    args: ["-c", again],
    clearEnv: true,
    env: { ...rig.env, ...SESSION },
  }).output();
  assertEquals([code, new TextDecoder().decode(stdout)], [0, body]);
  await rig.ok(["_", "told"], { env: SESSION });
  const anew = await rig.ok([...line, "--no-wait"], { env: SESSION });
  assertEquals(anew.stdout, "w-2\n");

  const rows = (await rig.ok(["asks", "--json"])).json<{ id: string; ts: number }[]>();
  assertEquals(rows.map(({ id }) => id), ["setup-1", "w-2"]);
  assert(rows.every(({ ts }) => Number.isInteger(ts) && ts < 1e11));
  assertMatch((await rig.ok(["asks", "--all"])).stdout, /w-1 +\d+[smh] +\(consumed\) Which\?/);
  await rig.ok(["asks", "withdraw", "w-2"]);
  const withdrawn = await rig.run(line, { env: SESSION });
  assertEquals(outline(withdrawn), [4, ""]);
  assertIncludes(withdrawn.stderr, "withdrawn");
});

Deno.test("a shell that cuts commands off after a moment gets every answer once, in order", async () => {
  await using rig = await makeRig();
  await rig.ok(["init", "--yes"]);
  const got: string[] = [];
  for (const [n, answer] of ["one", "two", "three"].entries()) {
    const line = ["_", "ask", "--prompt", `Question ${n}?`];
    let cuts = 0;
    for (let ended: Ran | undefined; ended === undefined;) {
      const asking = rig.start(line, { env: SESSION });
      await raised(rig, `w-${n + 1}`);
      if (cuts === 1) await rig.ok(["_", "answer", `w-${n + 1}`, answer]);
      // The first is killed while it waits, the second at some moment around its answer, the next are left alone.
      if (cuts < 2) asking.signal("SIGKILL");
      const end = await asking.end;
      cuts++;
      if (end.code === 0) ended = end;
      if (ended !== undefined) got.push(ended.stdout);
    }
  }
  assertEquals(got, ["one", "two", "three"]);
  // Who is killed in mid-write leaves a hidden file, and nothing under a name.
  const asks = rig.names("asks").filter((name) => !name.startsWith(".tmp-"));
  assertEquals(asks, ["setup-1.json", "w-1.json", "w-2.json", "w-3.json"]);
});

Deno.test("of thirty answers at once one counts, and the others are told whose", async () => {
  await using rig = await makeRig();
  await rig.ok(["_", "ask", "w", "--prompt", "Who?", "--no-wait"]);
  const ends = await Promise.all(
    Array.from({ length: 30 }, (_, n) => rig.run(["_", "answer", "w-1", `answer ${n}`], { deadlineMs: 120_000 })),
  );
  assertEquals(ends.filter(({ code }) => code === 0).length, 1);
  assertEquals(ends.filter(({ code, stderr }) => code === 4 && stderr.includes("answered by root")).length, 29);
  const winner = ends.findIndex(({ code }) => code === 0);
  assertEquals((await rig.ok(["_", "ask", "w", "--prompt", "Who?"])).stdout, `answer ${winner}`);
});

Deno.test("damage is loud: a vanished ask, a broken answer, a broken ask, each with a way out", async () => {
  await using rig = await makeRig();
  await rig.ok(["init", "--yes"]);
  const vanished = rig.start(["_", "ask", "w", "--prompt", "1"]);
  await raised(rig, "w-1");
  Deno.removeSync(rig.path("asks", "w-1.json"));
  const gone = await vanished.end;
  assertEquals(gone.code, 3);
  assertIncludes(gone.stderr, "asks anew");
  const broken = rig.start(["_", "ask", "w", "--prompt", "2"]);
  await raised(rig, "w-2");
  rig.write("answers/w-2.json", "{");
  const end = await broken.end;
  assertEquals(end.code, 1);
  assertIncludes(end.stderr, "--force");
  await rig.ok(["answer", "w-2", "--force", "mended"]);
  assertEquals((await rig.ok(["_", "ask", "w", "--prompt", "2"])).stdout, "mended");
  const damaged = rig.start(["_", "ask", "w", "--prompt", "3"]);
  await raised(rig, "w-3");
  rig.write("asks/w-3.json", "nonsense");
  assertIncludes((await damaged.end).stderr, "asks withdraw w-3");
  await rig.ok(["asks", "withdraw", "w-3"]);
  assertEquals((await rig.ok(["_", "ask", "w", "--prompt", "3", "--no-wait"])).stdout, "w-4\n");
});

Deno.test("pipes, endless files and links among the data are told, and hold up neither a verb nor the pulse nor a wait", async () => {
  await using rig = await makeRig();
  await rig.ok(["up"]);
  await rig.ok(["_", "ask", "w", "--prompt", "Go on?", "--no-wait"]);
  await rig.ok(["_", "wait", "--timeout", "20s"]);
  const pipes = ["asks/w-2.json", "answers/w-1.json", "goals/pipe.md", "tells/w-1.json", "schedules/pipe.json"]
    .map((name) => rig.path(...name.split("/")));
  const blocked = rig.start(["_", "wait", "--only-asks", "--json"]);
  await waitUntil("it waits", async () => {
    const { waits } = (await rig.ok(["status", "--json"])).json<{ waits: readonly unknown[] }>();
    return waits.length === 1;
  });
  await new Deno.Command("mkfifo", { args: pipes }).output();
  Deno.symlinkSync("/dev/zero", rig.path("asks", "w-3.json"));
  assertEquals((await blocked.end).code, 0);
  const asks = (await rig.ok(["asks", "--json"])).json<{ id: string; status: string }[] & Record<string, unknown>>();
  const corrupt = asks.filter(({ status }) => status === "corrupt").map(({ id }) => id);
  assertEquals(corrupt.sort(), ["w-1", "w-2", "w-3"]);
  assertEquals((await rig.run(["answer", "w-3", "yes"])).code, 1);
  for (const line of ["status", "_ state", "_ told w", "_ goal list", "_ schedule list", "asks --all"]) {
    assertEquals((await rig.run(line.split(" "))).code, 0, line);
  }
  assertIncludes((await rig.run(["doctor"])).stdout, "no regular files");
  await rig.ok(["down"]);
});

Deno.test("only a person at a terminal outside of every session says yes to an approval", async () => {
  await using rig = await makeRig();
  const ask = ["_", "ask", "w", "--kind", "approval", "--prompt", "May I?", "--action", "git push origin fix-1"];
  await rig.ok([...ask, "--no-wait"]);
  const root = await rig.run(["_", "answer", "w-1", "yes"]);
  assertEquals(root.code, 5);
  assertIncludes(root.stderr, "looop answer w-1 yes");
  assertEquals((await rig.run(["answer", "w-1", "yes"])).code, 5);
  if (Deno.build.os !== "linux") return; // the next lines need script(1) of util-linux
  const answer = (typed: string, prefix = ""): Promise<readonly [number, string]> =>
    onTerminal(rig, `${prefix}'${PROGRAM}' answer w-1 yes`, [["to allow it:", typed]]);
  // Another terminal inside of a session, the marks unset: the process above still carries them.
  const [inside, said] = await answer(
    "yes\n",
    "LOOOP_SESSION_ID=w LOOOP_SESSION_MARK=m sh -c 'unset LOOOP_SESSION_ID LOOOP_SESSION_MARK; \"$@\"; exit $?' sh ",
  );
  assertEquals(inside, 5);
  assertIncludes(said, "belongs to a session");
  const [unsure, shown] = await answer("y\n");
  assertEquals(unsure, 5);
  assertIncludes(shown, "git push origin fix-1");
  // As `printf %s 'git push origin fix-1' | sha256sum` says.
  assertIncludes(shown, "sha256 2f848a459eee1eecbe25678990b528a2791b770f3deffb3e2b740be7815619aa");
  assertEquals((await answer("yes\n"))[0], 0);
  assertEquals((await rig.ok(ask)).stdout, "yes");
  assertEquals((await rig.ok([...ask, "--no-wait"])).stdout, "w-2\n");
  // Under one key a yes to one action is none to another.
  const keyed = (
    action: string,
  ) => ["_", "ask", "k", "--key", "K", "--kind", "approval", "--prompt", "?", "--action", action];
  await rig.ok([...keyed("ls"), "--no-wait"]);
  assertEquals((await onTerminal(rig, `'${PROGRAM}' answer k-1 yes`, [["to allow it:", "yes\n"]]))[0], 0);
  assertEquals(outline(await rig.run(keyed("rm -rf /"))), [4, ""]);
  assertEquals(outline(await rig.run(keyed("ls"))), [0, "yes"]);
});

Deno.test("the first Ctrl-C at an approval leaves it, and answers nothing", async () => {
  if (Deno.build.os !== "linux") return; // needs script(1) of util-linux
  await using rig = await makeRig();
  await rig.ok(["_", "ask", "w", "--kind", "approval", "--prompt", "May I?", "--action", "ls", "--no-wait"]);
  const line = `trap : INT; stty -g; '${PROGRAM}' answer w-1 yes; code=$?; stty -g; exit $code`;
  const [code, shown] = await onTerminal(rig, line, [["to allow it:", "\x03"]]);
  assertEquals(code, 130, shown);
  const settings = shown.match(/^[0-9a-f]+(:[0-9a-f]+)+/gm) ?? [];
  assertEquals([settings.length, settings[0]], [2, settings[1]]);
  assertIncludes(shown, "nothing was answered");
  assertIncludes((await rig.ok(["asks"])).stdout, "(approval) May I?");
});

Deno.test("at a terminal, answer shows what an approval allows before it takes a yes or a no", async () => {
  if (Deno.build.os !== "linux") return; // needs script(1) of util-linux
  await using rig = await makeRig();
  const ask = ["_", "ask", "w", "--kind", "approval", "--prompt", "May I?", "--action", "git push origin fix-1"];
  await rig.ok([...ask, "--no-wait"]);
  const [code, shown] = await onTerminal(rig, `stty cols 100 rows 30; '${PROGRAM}' answer w-1`, [
    ["no and maybe why", "perhaps\r"],
    ["neither yes nor no", "\x15no, wait\r"],
  ]);
  assertEquals(code, 0, shown);
  const [before = ""] = shown.split("Your answer");
  assertIncludes(before, "    git push origin fix-1");
  assertIncludes(before, "sha256 2f848a459eee1eecbe25678990b528a2791b770f3deffb3e2b740be7815619aa");
  assert(!shown.includes("a number"), shown);
  assertEquals((await rig.ok(ask)).stdout, "no, wait");
});

Deno.test("a flag takes its message from stdin, for a dash or without one", async () => {
  await using rig = await makeRig();
  await rig.ok(["init", "--yes"]);
  await rig.ok(["flag", "f1", "-"], { stdin: "look at\nthis\n" });
  await rig.ok(["flag", "f2"], { stdin: "and this\n" });
  await rig.ok(["flag", "f3"], { stdin: "" });
  const rows = (await rig.ok(["asks", "--json"])).json<{ worker: string; prompt: string }[]>();
  const prompts = rows.filter(({ worker }) => worker.startsWith("f")).map(({ prompt }) => prompt);
  assertEquals(prompts, ["look at\nthis", "and this", "needs a look"]);
});

Deno.test("at a terminal, answer lets a person pick an ask, shows it with its reference, and takes a number", async () => {
  if (Deno.build.os !== "linux") return; // needs script(1) of util-linux
  await using rig = await makeRig();
  await rig.ok(["init", "--yes"]);
  rig.write("reports/w.md", "# What I found\n\x1b[31mtwo ways\n");
  const ask = [
    "_",
    "ask",
    "w",
    "--prompt",
    "Which?",
    "--options",
    "first,second",
    "--ref",
    rig.path("reports", "w.md"),
  ];
  await rig.ok([...ask, "--no-wait"]);
  const [code, shown] = await onTerminal(rig, `stty cols 100 rows 30; '${PROGRAM}' answer`, [
    ["Which ask?", "\x1b[B\r"],
    ["a number or text", "2\r"],
  ]);
  assertEquals(code, 0, shown);
  assertIncludes(shown, "| # What I found");
  assertIncludes(shown, "| two ways");
  assertIncludes(shown, "2. second");
  assertIncludes(shown, "answered w-1: second");
  assertEquals((await rig.ok(ask)).stdout, "second");
});
