import { assert, assertEquals, assertIncludes, assertMatch } from "../kit/assert.ts";
import { makeRig, PROGRAM, type Rig } from "../kit/rig.ts";
import { waitUntil } from "../kit/wait_until.ts";

async function startScript(rig: Rig, id: string, script: string): Promise<void> {
  await rig.ok(["_", "worker", "start", id, "-", "--runner", "sh"], { stdin: script });
}

/** What a verb writes to stdout, byte for byte. */
async function bytesOf(rig: Rig, ...args: readonly string[]): Promise<Uint8Array> {
  const { code, stdout, stderr } = await new Deno.Command(PROGRAM, {
    args: [...args],
    clearEnv: true,
    env: { ...rig.env },
  })
    .output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return stdout;
}

/** A file that the worker writes whole: it gets its name when it is complete. */
function report(rig: Rig, name: string): Promise<Uint8Array> {
  return waitUntil(name, () => rig.exists("reports", name) ? Deno.readFileSync(rig.path("reports", name)) : undefined);
}

Deno.test("every byte value is in the log as it was shown, and nothing of it breaks what is printed as JSON or text", async () => {
  await using rig = await makeRig();
  const all = Uint8Array.from({ length: 256 }, (_, n) => n);
  await rig.ok(["init", "--yes", "--runner", "sh"]);
  Deno.writeFileSync(rig.path("reports", "bytes"), all);
  await startScript(rig, "b", 'stty -opost; cat "$LOOOP_REPORTS_DIR/bytes"; printf "\\377\\376\\300 torn \\342\\202"');
  await rig.ok(["wait", "b"]);
  const torn = [0xff, 0xfe, 0xc0, ...new TextEncoder().encode(" torn "), 0xe2, 0x82];
  assertEquals([...await bytesOf(rig, "log", "b", "--raw")], [...all, ...torn]);
  for (const args of [["log", "b", "--json"], ["shot", "b", "--json"], ["ls", "-a", "--json"]]) {
    for (const line of (await rig.ok(args)).stdout.trim().split("\n")) JSON.parse(line);
  }
  const text = (await rig.ok(["log", "b"])).stdout;
  assertIncludes(text, "torn");
  // deno-lint-ignore no-control-regex -- that none comes through is what this is about
  assert(!/[\x00-\x08\x0b-\x1f\x7f]/.test(text), JSON.stringify(text));
});

Deno.test("what a program shows right before its end is in its log, to the last byte", async () => {
  await using rig = await makeRig();
  const ids = Array.from({ length: 6 }, (_, n) => `quick-${n}`);
  for (const id of ids) await startScript(rig, id, "head -c 1000000 /dev/zero | tr '\\000' x; printf END");
  for (const id of ids) {
    await rig.ok(["wait", id]);
    const log = await bytesOf(rig, "log", id, "--raw");
    assertEquals([log.length, new TextDecoder().decode(log.subarray(-4))], [1_000_003, "xEND"]);
  }
});

Deno.test("after fifty resizes under a storm of redraws the screen is the last frame at the last size, also when it has ended", async () => {
  await using rig = await makeRig();
  await startScript(
    rig,
    "storm",
    `draw() { size=$(stty size); printf '\\033[2J\\033[H'; for row in 1 2 3 4 5 6; do printf 'frame %s row %s\\033[K\\r\\n' "$size" "$row"; done; }
trap 'draw' WINCH
trap 'draw; exit 0' USR1
echo $$ >"$LOOOP_REPORTS_DIR/pid"
while :; do draw; sleep 0.02; done`,
  );
  const sizes = Array.from({ length: 50 }, (_, n) => [60 + (n * 7) % 60, 10 + (n * 3) % 30] as const);
  for (const [columns, rows] of sizes) await rig.ok(["resize", "storm", `${columns}x${rows}`]);
  const [columns, rows] = sizes[49] ?? [0, 0];
  interface Shot {
    readonly cols: number;
    readonly rows: number;
    readonly text: string;
  }
  const shot = async () => (await rig.ok(["shot", "storm", "--json"])).json<Shot & Record<string, unknown>>();
  const whole = ({ text }: Shot) =>
    [1, 2, 3, 4, 5, 6].every((row) => text.split("\n")[row - 1] === `frame ${rows} ${columns} row ${row}`);
  await waitUntil("a whole frame of the last size", async () => whole(await shot()), { everyMs: 50 });
  Deno.kill(Number(rig.file("reports", "pid")), "SIGUSR1");
  await rig.ok(["wait", "storm"]);
  const last = await shot();
  assertEquals([last.cols, last.rows, whole(last)], [columns, rows, true]);
});

Deno.test("a text of any length reaches a program that reads late, whole; to one that has ended it is an error", async () => {
  await using rig = await makeRig();
  await startScript(
    rig,
    "late",
    `stty raw -echo; printf ready; until [ -e "$LOOOP_REPORTS_DIR/go" ]; do sleep 0.05; done
head -c 200000 >"$LOOOP_REPORTS_DIR/got.tmp"; mv "$LOOOP_REPORTS_DIR/got.tmp" "$LOOOP_REPORTS_DIR/got"`,
  );
  await rig.ok(["expect", "late", "ready"]);
  const text = Array.from({ length: 20_000 }, (_, n) => String(n).padStart(9, "0")).join(" ") + "!";
  assertEquals(text.length, 200_000);
  const sending = rig.run(["send", "late", "-n", "--raw", "-"], { stdin: text });
  rig.write("reports/go", "");
  assertEquals((await sending).code, 0);
  assertEquals(new TextDecoder().decode(await report(rig, "got")), text);
  await rig.ok(["wait", "late"]);
  for (
    const line of [["send", "late", "x"], ["key", "late", "Enter"], ["resize", "late", "80x24"], ["pause", "late"]]
  ) {
    const ended = await rig.run(line);
    assertEquals([line[0], ended.code, ended.stdout], [line[0], 4, ""]);
    assertMatch(ended.stderr, /has ended|is exited/);
  }
});

Deno.test("raw bytes arrive as they are; what a terminal cuts, and an Enter that nothing answers, are told", async () => {
  await using rig = await makeRig();
  const bytes = Uint8Array.of(0x61, 0, 0x62, 0x1b, 0x5b, 0x41, 0xff, 0x0a);
  await startScript(
    rig,
    "bytes",
    `stty raw -echo; printf ready; head -c ${bytes.length} >"$LOOOP_REPORTS_DIR/got.tmp"
mv "$LOOOP_REPORTS_DIR/got.tmp" "$LOOOP_REPORTS_DIR/got"; printf mute; exec cat >/dev/null`,
  );
  await rig.ok(["expect", "bytes", "ready"]);
  await rig.ok(["send", "bytes", "-n", "--raw", "-"], { stdin: bytes });
  assertEquals(await report(rig, "got"), bytes);
  await rig.ok(["expect", "bytes", "mute"]);
  const mute = await rig.run(["send", "bytes", "--confirm", "x"]);
  assertEquals([mute.code, mute.stdout], [124, ""]);
  assertMatch(mute.stderr, /showed nothing after Enter/);
  // A program that reads lines gets no more of one than its terminal keeps.
  await startScript(rig, "lines", "echo ready; exec cat");
  await rig.ok(["expect", "lines", "ready"]);
  const long = await rig.ok(["send", "lines", "--json", "-"], { stdin: "z".repeat(6000) });
  assertEquals(long.json<{ line_cut_at: number }>().line_cut_at, Deno.build.os === "darwin" ? 1023 : 4095);
  assertMatch(long.stderr, /the rest of a longer one is lost/);
  assertEquals((await rig.ok(["send", "lines", "short"])).stderr, "");
});

Deno.test("a program that asks its terminal one thing after the other has each answer in time, while nobody is attached", async () => {
  await using rig = await makeRig();
  await rig.ok(["up"]);
  const ask = (query: string) => `printf '${query}'; dd bs=64 count=1 2>/dev/null | tr -d '\\033'; printf '|'`;
  const queries = ["\\033[5n", "\\033[?u", "\\033[5n", "\\033[?u", "\\033[5n", "\\033[?u"];
  await startScript(
    rig,
    "asker",
    `stty raw -echo min 0 time 50; printf '|'; ${queries.map(ask).join("; ")}; echo done`,
  );
  await rig.ok(["expect", "asker", "done", "--timeout", "60s"]);
  assertMatch(
    (await rig.ok(["log", "asker", "--raw"])).stdout,
    /\[0n\|.*\[\?0u\|.*\[0n\|.*\[\?0u\|.*\[0n\|.*\[\?0u\|done/s,
  );
});

Deno.test("ten pasted lines are one paste, and Enter comes on its own behind it", async () => {
  await using rig = await makeRig();
  // A read of a raw terminal gives what has come by then: each is noted as a line of its own.
  const reader = `stty raw -echo; printf '\\033[?2004h> '
while chunk=$(dd bs=65536 count=1 2>/dev/null | od -An -v -tx1 | tr -d ' \\n'); do
  echo "$chunk" >>"$LOOOP_REPORTS_DIR/chunks"
  case $chunk in 0d) mv "$LOOOP_REPORTS_DIR/chunks" "$LOOOP_REPORTS_DIR/submitted"; exit ;; esac
done`;
  await startScript(rig, "tui", reader);
  await rig.ok(["expect", "tui", "> "]);
  const lines = Array.from({ length: 10 }, (_, n) => `line ${n} ü`).join("\n");
  await rig.ok(["send", "tui", "-"], { stdin: lines });
  const chunks = new TextDecoder().decode(await report(rig, "submitted")).trim().split("\n");
  assertEquals(chunks.at(-1), "0d");
  const hex = chunks.slice(0, -1).join("");
  const sent = new TextDecoder().decode(Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16)));
  assertEquals(sent.replaceAll("\r", "\n"), `\x1b[200~${lines}\x1b[201~`);
});

Deno.test("a log that outgrows its room while it floods keeps its end, its offsets and its followers", async () => {
  await using rig = await makeRig();
  await rig.ok(["init", "--yes", "--runner", "sh"]);
  await rig.ok(["config", "set", "log_max_bytes", "262144"]);
  await rig.ok(["up"]);
  // Between two parts the pulse has time to look, which it does once a second.
  const script =
    `for part in 0 1 2 3; do seq $((part * 60000 + 1)) $((part * 60000 + 60000)); sleep 1.2; done; until [ -e "$LOOOP_REPORTS_DIR/go" ]; do sleep 0.1; done; echo over`;
  await startScript(rig, "flood", script);
  const follower = rig.start(["log", "-f", "flood"]);
  await rig.ok(["expect", "flood", "^240000$", "--timeout", "60s"]);
  const path = rig.path("sessions", "flood", "1", "out.log");
  await waitUntil("the log was cut", () => {
    const { blocks, size } = Deno.statSync(path);
    return (blocks ?? 0) * 512 < 600_000 && size > 1_000_000;
  }, { everyMs: 100 });
  rig.write("reports/go", "");
  await rig.ok(["wait", "flood"]);
  const kept = (await rig.ok(["log", "flood"])).stdout.trim().split("\n");
  assertEquals(kept.at(-1), "over");
  const numbers = kept.slice(0, -1).filter((line) => /^\d+$/.test(line)).map(Number);
  assert(numbers.length > 10_000 && numbers.length < 200_000, `${numbers.length} lines`);
  for (const [n, number] of numbers.slice(1).entries()) assertEquals(number, (numbers[n] ?? 0) + 1);
  assertEquals(numbers.at(-1), 240_000);
  assertEquals((await rig.ok(["log", "flood", "--tail", "2"])).stdout, "240000\nover\n");
  const followed = (await follower.end).stdout.trim().split("\n");
  assertEquals(followed.slice(-2), ["240000", "over"]);
  const seen = followed.filter((line) => /^\d+$/.test(line)).map(Number);
  assert(
    seen.every((number, n) => n === 0 || number > (seen[n - 1] ?? 0)),
    "a follower saw something twice, or out of order",
  );
});
