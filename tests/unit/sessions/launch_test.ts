import { waitUntil } from "../../kit/wait_until.ts";
import { assert, assertEquals, assertFailed, assertMatch, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import { bury, inState, rawLog, shellLaunch, shown, startLine } from "../../kit/session.ts";
import { launch } from "../../../src/sessions/launch.ts";
import { readSession } from "../../../src/sessions/read.ts";

Deno.test("launch() runs a command on a terminal of its own and records its end", async () => {
  await using t = await makeContext();
  const { context: ctx } = t;
  const view = await startLine(ctx, "one", "tty; stty size; echo TERM=$TERM; exit 7", { columns: 100, rows: 30 });
  assertEquals(view.generation, 1);
  const ended = await inState(ctx, view, "exited");
  assertEquals(ended.state, { kind: "exited", code: 7 });
  assertMatch(rawLog(ctx, view), /\/dev\/pts\/[0-9]+\r\n30 100\r\nTERM=xterm-256color\r\n$/);
  const again = await startLine(ctx, "one", "exit 0");
  assertEquals(again.generation, 2);
  await inState(ctx, again, "exited");
});

Deno.test("launch() hands argv over untouched, whatever SHELL is", async () => {
  await using t = await makeContext();
  const { context: ctx } = t;
  const nasty = ["a'b", 'c"d', "$(exit 9)", "`x`", "two\nlines", "", "*", "--", "-n", "\\", "ünï😀"];
  const argv = ["sh", "-c", 'for a; do printf "<%s>" "$a"; done; echo; echo "shell=$SHELL"', "sh", ...nasty];
  const view = assertOk(await launch(ctx, { ...shellLaunch("argv", ""), argv, env: { SHELL: "/bin/false" } }));
  await inState(ctx, view, "exited");
  await shown(ctx, view, "shell=/bin/false\r\n"); // the last of it may still be on its way through the terminal
  const text = new TextDecoder().decode(new TextEncoder().encode(rawLog(ctx, view)).slice(0, 0)) + rawLog(ctx, view);
  const want = nasty.map((word) => `<${word}>`).join("").replace("\n", "\r\n");
  assertEquals(text, new TextDecoder("latin1").decode(new TextEncoder().encode(`${want}\r\nshell=/bin/false\r\n`)));
});

Deno.test("launch() leaves the caller's variables as they are, whatever they are called", async () => {
  await using t = await makeContext();
  const { context: ctx } = t;
  const names = ["name", "pattern", "line", "rest", "start", "ends", "end", "code", "how", "dir"];
  const env = Object.fromEntries(names.map((name) => [name, `own ${name}`]));
  const view = await startLine(ctx, "named", `for each in ${names.join(" ")}; do printenv "$each"; done`, { env });
  await inState(ctx, view, "exited");
  await shown(ctx, view, "own dir");
  assertEquals(rawLog(ctx, view).split("\r\n").slice(0, -1), names.map((name) => `own ${name}`));
});

Deno.test("launch() says what kept a command from starting", async () => {
  await using t = await makeContext();
  const { context: ctx } = t;
  const missing = assertFailed(
    await launch(ctx, { ...shellLaunch("missing", ""), argv: ["no-such-program-anywhere"] }),
  );
  assertEquals([missing.kind, missing.state], ["failed", "there is no program no-such-program-anywhere"]);
  assertEquals((await readSession(ctx, { id: "missing", generation: 1 })).state.kind, "failed_to_start");
  const nowhere = assertFailed(await launch(ctx, shellLaunch("nowhere", "exit 0", { cwd: "/no/such/directory" })));
  assertEquals(nowhere.state, "the directory cannot be entered: /no/such/directory");
});

Deno.test("launch() lets one of many at once win an id", async () => {
  await using t = await makeContext();
  const { context: ctx } = t;
  const tries = await Promise.all(Array.from({ length: 20 }, () => launch(ctx, shellLaunch("same", "sleep 600"))));
  const won = tries.filter((outcome) => outcome.ok);
  assertEquals(won.length, 1);
  for (const lost of tries) if (!lost.ok) assertEquals(lost.failure.kind, "conflict");
  await bury(ctx, { id: "same", generation: 1 });
});

Deno.test("launch() takes names out of the environment and gives the program a usable Ctrl-C", async () => {
  await using t = await makeContext();
  const { context: ctx } = t;
  const line =
    'echo "$ONE,$TWO_A,$TWO_C,$THREE,$(env | grep ^LINES)"; sed -n "s/^SigIgn:\\s*//p" /proc/self/status; env | grep -c LOOOP_SESSION_';
  const callers = { ONE: "1", TWO_A: "2", TWO_C: "9", THREE: "three\nTWO_B=x", LINES: "9" };
  for (const [name, value] of Object.entries(callers)) Deno.env.set(name, value);
  // What the launch itself gives stays, whatever is taken from the caller's.
  const view = await startLine(ctx, "env", line, { env: { TWO_C: "3" }, unset: ["ONE", "TWO_*"] });
  for (const name of Object.keys(callers)) Deno.env.delete(name);
  await inState(ctx, view, "exited");
  // The program has ended; the last of what it showed may still be on its way through the terminal.
  const lines = await waitUntil("four lines", () => {
    const shown = rawLog(ctx, view).split("\r\n");
    return shown.length > 4 && shown;
  });
  assertEquals(lines.slice(0, 2), [",,3,three", "TWO_B=x,"]);
  // Those that a terminal or a shell sends; what else the machine's own start ignored is not ours.
  const ours = [1, 2, 3, 13, 15, 20].reduce((mask, signal) => mask | 1n << BigInt(signal - 1), 0n);
  assertEquals(BigInt(`0x${lines[2]}`) & ours, 0n);
  assertEquals(lines[3], "1"); // the mark alone
});

Deno.test("a session outlives the killing of its supervisor and shows every other loss", async () => {
  await using t = await makeContext();
  const { context: ctx } = t;
  const kill = (pid: string): void => Deno.kill(Number(pid.split(" ")[0]), "SIGKILL");
  const file = (id: string, name: string): string =>
    Deno.readTextFileSync(`${ctx.profile.paths.sessions}/${id}/1/${name}`);
  const sup = await startLine(ctx, "sup", "read x; exit 9");
  kill(file("sup", "sup.id"));
  assertEquals((await readSession(ctx, sup)).state.kind, "running");
  Deno.writeTextFileSync(`${ctx.profile.paths.sessions}/sup/1/pipes/in`, "go\r");
  assertEquals((await inState(ctx, sup, "exited")).state, { kind: "exited", code: 9 });

  const script = await startLine(ctx, "script", "sleep 600");
  kill(file("script", "script.id"));
  assertEquals((await inState(ctx, script, "lost")).state, { kind: "lost", reason: "terminal gone" });

  const stubborn = await startLine(ctx, "stubborn", "trap '' HUP; echo ready; while :; do sleep 600; done");
  await shown(ctx, stubborn, "ready");
  kill(file("stubborn", "script.id"));
  assertEquals((await inState(ctx, stubborn, "orphaned")).state.kind, "orphaned");
  assert(!(await launch(ctx, shellLaunch("stubborn", "exit 0"))).ok);
  await bury(ctx, stubborn);
  assertEquals((await readSession(ctx, stubborn)).state.kind, "killed");

  const all = await startLine(ctx, "all", "sleep 600");
  for (const name of ["sup.id", "script.id", "inner.id"]) kill(file("all", name));
  assertEquals((await inState(ctx, all, "lost")).state, { kind: "lost", reason: "helpers gone" });
});
