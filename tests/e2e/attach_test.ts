import { assert, assertEquals, assertIncludes } from "../kit/assert.ts";
import { makeRig, type Rig } from "../kit/rig.ts";
import { waitUntil } from "../kit/wait_until.ts";

/** Answers each line; shows a screen with modes that an agent would set. */
const INNER = `stty -echo; printf '\\033[?1049h\\033[2J\\033[Hhello \\033[1mREADY\\033[0m\\033[?2004h\\033[?1002h\\r\\n'
while read -r line; do case $line in
size) stty size ;;
quit) exit 7 ;;
ask) stty raw; printf '\\033[6n'; reply=$(dd bs=32 count=1 2>/dev/null | tr -d '\\033'); stty sane -echo; printf 'asked<%s>\\r\\n' "$reply" ;;
*) printf 'got<%s>\\r\\n' "$line" ;;
esac; done
`;

/** A person's terminal: a session of its own, which says how attaching ended and what became of the terminal's modes. */
const VIEWER = (size: string, more = "") =>
  `stty ${size}; env -u LOOOP_SESSION_ID "$LOOOP_BIN" attach inner ${more}; echo "ended<$?>"; ` +
  `stty -a | tr ';' '\\n' | grep -E -o -e '[-]?(icanon|echo|isig)( |$)' | tr -d '\\n '; echo; sleep 60`;

async function startWorker(rig: Rig, id: string, script: string): Promise<void> {
  await rig.ok(["_", "worker", "start", id, "-", "--runner", "sh"], { stdin: script });
}

async function sees(rig: Rig, id: string, pattern: string): Promise<void> {
  await rig.ok(["expect", id, pattern, "--timeout", "20s"]);
}

/** Asks the session how large its terminal is until it says this. */
async function hasSize(rig: Rig, size: string): Promise<void> {
  await waitUntil(`a terminal of ${size}`, async () => {
    await rig.ok(["send", "inner", "size"]);
    return (await rig.ok(["log", "inner", "--tail", "3"])).stdout.includes(size);
  }, { everyMs: 200 });
}

function viewers(rig: Rig): number {
  return rig.names("sessions", "inner", "1", "viewers").filter((name) => !name.endsWith(".json")).length;
}

Deno.test("a person attaches, types, leaves with Ctrl-\\ twice, and has the terminal back; the session goes on and ends with its code", async () => {
  await using rig = await makeRig();
  await startWorker(rig, "inner", INNER);
  await sees(rig, "inner", "READY");
  await startWorker(rig, "me", VIEWER("rows 20 cols 70"));
  await sees(rig, "me", "hello READY");
  await rig.ok(["send", "me", "typed by hand"]);
  await sees(rig, "me", "got<typed by hand>");
  await rig.ok(["send", "me", "size"]);
  await sees(rig, "me", "^20 70");
  // The viewer's terminal (there is none behind it here) is asked, so nobody else may answer.
  assert(rig.exists("sessions", "inner", "1", "attach.lock"));
  await rig.ok(["key", "me", "C-\\"]);
  await rig.ok(["key", "me", "C-\\"]);
  await sees(rig, "me", "ended<0>");
  await sees(rig, "me", "^isigicanonecho");
  const shown = (await rig.ok(["log", "me", "--raw"])).stdout;
  for (const undone of ["\x1b[?1049l", "\x1b[?1002l", "\x1b[?2004l", "\x1b[?25h", "detached from inner"]) {
    assertIncludes(shown.slice(shown.lastIndexOf("READY")), undone);
  }
  const rows = (await rig.ok(["ls", "--json"])).json<{ id: string; state: string }[] & Record<string, unknown>>();
  assertEquals(rows.find(({ id }) => id === "inner")?.state, "running");
  await waitUntil("no viewer is left", () => viewers(rig) === 0);
  // Once more, to the end of the session: its code is the viewer's.
  await startWorker(rig, "again", VIEWER("rows 30 cols 90"));
  await sees(rig, "again", "got<typed by hand>");
  await rig.ok(["send", "again", "quit"]);
  await sees(rig, "again", "inner exited 7");
  await sees(rig, "again", "ended<7>");
  const late = await rig.run(["attach", "inner", "--read-only"]);
  assertEquals([late.code, late.stderr.split("\n")[0]], [4, 'looop: Cannot attach to "inner": it is exited']);
});

Deno.test("of several viewers the last sets the size, one only looks, and detach lets all of them leave", async () => {
  await using rig = await makeRig();
  await startWorker(rig, "inner", INNER);
  await sees(rig, "inner", "READY");
  await startWorker(rig, "first", VIEWER("rows 20 cols 70"));
  await sees(rig, "first", "hello READY");
  await startWorker(rig, "second", VIEWER("rows 25 cols 75"));
  await sees(rig, "second", "hello READY");
  await startWorker(rig, "third", VIEWER("rows 10 cols 40", "--read-only"));
  await sees(rig, "third", "hello READY");
  await waitUntil("three viewers", () => viewers(rig) === 3);
  await hasSize(rig, "25 75");
  for (const id of ["first", "second", "third"]) await sees(rig, id, "25 75");
  await rig.ok(["send", "third", "not typed"]);
  // The query reaches the one viewer whose terminal answers; it has none behind it, so the answer is given by hand.
  await rig.ok(["send", "inner", "ask"]);
  await waitUntil("the query", async () => (await rig.ok(["log", "first", "--raw"])).stdout.includes("\x1b[6n"));
  await rig.ok(["send", "first", "-n", "--raw", "\x1b[3;4R"]);
  for (const id of ["first", "second", "third"]) await sees(rig, id, "asked<\\[3;4R>");
  for (const id of ["second", "third"]) assert(!(await rig.ok(["log", id, "--raw"])).stdout.includes("\x1b[6n"), id);
  assert(!(await rig.ok(["log", "inner"])).stdout.includes("not typed"));
  // The last one leaves: the one before it sets the size again.
  await rig.ok(["key", "second", "C-\\", "C-\\"]);
  await sees(rig, "second", "ended<0>");
  await hasSize(rig, "20 70");
  const left = (await rig.ok(["detach", "inner", "--json"])).json();
  assertEquals(left, { id: "inner", detached: true, viewers: 2 });
  for (const id of ["first", "third"]) await sees(rig, id, "ended<0>");
  assertEquals((await rig.ok(["detach", "inner"])).stdout, "nobody was attached to inner\n");
});

Deno.test("attach wants a terminal, unless it only looks; and a session attaches to nothing", async () => {
  await using rig = await makeRig();
  await startWorker(rig, "inner", INNER);
  await sees(rig, "inner", "READY");
  const refused = await rig.run(["attach", "inner"]);
  assertEquals(refused.code, 2);
  assertIncludes(refused.stderr, "stdin is no terminal");
  assertEquals((await rig.run(["attach", "nobody"])).code, 3);
  assertEquals((await rig.run(["attach", "inner"], { env: { LOOOP_SESSION_ID: "inner" } })).code, 5);
  const watching = rig.start(["attach", "inner", "--read-only"]);
  await waitUntil("the picture", () => watching.stdout.text().includes("READY"));
  await rig.ok(["send", "inner", "quit"]);
  const end = await watching.end;
  assertEquals(end.code, 7, end.stderr);
  assertIncludes(end.stdout, "inner exited 7");
});
