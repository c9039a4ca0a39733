/**
 * Every verb that changes something, and a beat of the pulse, with the executable itself and the kernel's own errors: strace(1) lets
 * the n-th call of a kind fail, or kills the process in front of it, at each place where the verb changes a file of the profile.
 * Only the main thread is traced: looop changes files there, and what it starts goes on undisturbed.
 *
 * `deno task test:faults` walks a part of the places, spread over all verbs; LOOOP_TEST_FAULTS=all walks each under each fault.
 * LOOOP_TEST_FAULT_REPORT names a file for the report.
 */
import { dirname, join } from "node:path";
import { assert, assertEquals } from "../kit/assert.ts";
import { BINARY } from "../kit/program.ts";
import { makeRig, PROGRAM, type Rig } from "../kit/rig.ts";
import { documentedWriters } from "../kit/known_files.ts";
import { waitUntil } from "../kit/wait_until.ts";
import { VERBS } from "../../src/verbs/table.ts";

const MISSING = whatIsMissing();
if (MISSING !== undefined) console.error(`Nothing is walked: ${MISSING}`);
const ALL = Deno.env.get("LOOOP_TEST_FAULTS") === "all";

const CALLS =
  "write pwrite64 writev fsync fdatasync rename renameat renameat2 link linkat unlink unlinkat mkdir mkdirat rmdir ftruncate"
    .split(" ");
const ERRORS = ["ENOSPC", "EIO", "EACCES"];

/** What is walked: the words, what has to be there before, and codes besides 0 that the same words may end with when all is done. */
interface Walked {
  readonly words: readonly string[];
  readonly before?: (rig: Rig) => Promise<unknown>;
  readonly again?: readonly number[];
  /** What must have been printed, by the run under the fault or by the one that repeats it. */
  readonly tells?: string;
}

/** Why no executable can be walked here, and what to do about it. */
function whatIsMissing(): string | undefined {
  if (Deno.build.os !== "linux") return "strace(1) is a program of Linux";
  if (BINARY === undefined) {
    return "LOOOP_TEST_BINARY names no executable (LOOOP_TEST_BINARY=dist/looop; scripts/compile makes it)";
  }
  const { success } = new Deno.Command("sh", { args: ["-c", "command -v strace >/dev/null"] }).outputSync();
  return success ? undefined : "strace is not on the PATH";
}

const START = ["_", "worker", "start", "w", "exec sleep 1000", "--runner", "sh"];

/** A worker that runs; one that a fault has ended is started anew. */
async function live(rig: Rig): Promise<void> {
  await rig.run(["resume", "w"]);
  await rig.run(START);
}

async function gone(rig: Rig): Promise<void> {
  await rig.run(["kill", "w"]);
}

let round = 0;

const WALKED: Readonly<Record<string, Walked>> = {
  "init": { words: ["init", "--yes", "--runner", "sh"] },
  "answer": { words: ["answer", "x-1", "yes"], before: asked, again: [4] },
  "_ answer": { words: ["_", "answer", "x-1", "yes"], before: asked, again: [4] },
  "asks withdraw": { words: ["asks", "withdraw", "x-1"], before: asked },
  "flag": { words: ["flag", "x", "look"] },
  "unflag": { words: ["unflag", "x"], before: (rig) => rig.run(["flag", "x", "look"]) },
  "notices ack": { words: ["notices", "ack", "--all"], before: (rig) => rig.run(["_", "notify", "hm"]) },
  "config set": { words: ["config", "set", "interval", "5m"] },
  "_ goal write": { words: ["_", "goal", "write", "g", "---\ngoal: g\n---\n"] },
  "_ goal archive": {
    words: ["_", "goal", "archive", "g"],
    before: (rig) => rig.run(["_", "goal", "write", "g", "---\ngoal: g\n---\n"]),
    again: [3],
  },
  "_ sensor write": { words: ["_", "sensor", "write", "s", "#!/bin/sh\necho '{}'\n"] },
  "_ sensor archive": {
    words: ["_", "sensor", "archive", "s"],
    before: (rig) => rig.run(["_", "sensor", "write", "s", "#!/bin/sh\necho '{}'\n"]),
    again: [3],
  },
  "_ sensor test": { words: ["_", "sensor", "test", "today"] },
  "_ schedule write": { words: ["_", "schedule", "write", "t", "--every", "5m"] },
  "_ schedule rm": {
    words: ["_", "schedule", "rm", "t"],
    before: (rig) => rig.run(["_", "schedule", "write", "t", "--every", "5m"]),
    again: [3],
  },
  "_ playbook write": { words: ["_", "playbook", "write", "# Mine\n"] },
  "_ run": { words: ["_", "run", "--", "true"] },
  "_ notify": { words: ["_", "notify", "hm"] },
  "_ cost": { words: ["_", "cost", "session", "w", "sh", "0.5"] },
  "_ ask": { words: ["_", "ask", "x", "--key", "k", "--prompt", "Go on?", "--no-wait"] },
  "_ ask, answered": {
    words: ["_", "ask", "x", "--prompt", "Answered?"],
    before: async (rig) => {
      clear(rig);
      const id = (await rig.ok(["_", "ask", "x", "--prompt", "Answered?", "--no-wait"])).stdout.trim();
      await rig.ok(["answer", id, "yes"]);
    },
    tells: "yes",
  },
  "_ wait": {
    words: ["_", "wait", "--client", "c", "--timeout", "0"],
    before: (rig) => rig.ok(["_", "goal", "write", "g", `---\ngoal: round ${++round}\n---\n`]),
    again: [75],
    tells: "goal:g",
  },
  "_ told": {
    words: ["_", "told", "w"],
    before: async (rig) => (await live(rig), await rig.run(["_", "tell", "w", "hm"])),
  },
  "_ tell": { words: ["_", "tell", "w", "hm"], before: live },
  "_ claim": { words: ["_", "claim", "c", "--for", "1h"] },
  "_ unclaim": {
    words: ["_", "unclaim", "c"],
    before: (rig) => rig.run(["_", "claim", "c", "--for", "1h"]),
    again: [3, 4],
  },
  "_ worker start": { words: START, before: gone, again: [4] },
  "_ worker kill": { words: ["_", "worker", "kill", "w"], before: live },
  "_ worker restart": { words: ["_", "worker", "restart", "w"], before: live },
  "kill": { words: ["kill", "w"], before: live },
  "restart": { words: ["restart", "w"], before: live },
  "send": { words: ["send", "w", "hm"], before: live },
  "key": { words: ["key", "w", "Enter"], before: live },
  "resize": { words: ["resize", "w", "90x30"], before: live },
  "pause": { words: ["pause", "w"], before: live },
  "resume": { words: ["resume", "w"], before: async (rig) => (await live(rig), await rig.run(["pause", "w"])) },
  "detach": { words: ["detach", "w"], before: live },
  "prune": { words: ["prune"], before: async (rig) => (await live(rig), await gone(rig)) },
  "down": { words: ["down"], before: live },
};

/** What changes something and is not walked by itself, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  "up": "starts the pulse, which is walked as a beat",
  "pulse": "walked as a beat",
  "end-session": "what kill starts inside a session; the kill is walked",
  "_ kill": "ends the session that calls it; kill is walked",
  "attach": "wants a terminal; tests/e2e/attach_test.ts",
  "demo": "runs other verbs in a profile of its own",
  "skill install": "changes no profile",
  "upgrade": "changes no profile; tests/e2e/install_test.ts kills install.sh at each step",
};

/** Takes away what was asked and answered as x: the next ask is a new one. */
function clear(rig: Rig): void {
  for (const dir of ["asks", "answers"]) {
    for (const name of rig.names(dir)) if (name.startsWith("x-")) Deno.removeSync(rig.path(dir, name));
  }
}

async function asked(rig: Rig): Promise<void> {
  await rig.run(["asks", "withdraw", "x-1"]);
  clear(rig);
  const id = (await rig.ok(["_", "ask", "x", "--prompt", `Round ${++round}?`, "--no-wait"])).stdout.trim();
  // Always under one name, so that the words stay what they are.
  const ask = JSON.parse(rig.file("asks", `${id}.json`));
  rig.write("asks/x-1.json", JSON.stringify({ ...ask, id: "x-1" }), 0o600);
  if (id !== "x-1") Deno.removeSync(rig.path("asks", `${id}.json`));
}

/** One call of the main thread on a file of the profile: the n-th of its name. */
interface Place {
  readonly call: string;
  readonly n: number;
}

interface Traced {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Lines of the log: the traced calls, with the paths of what they touch. */
  readonly log: readonly string[];
}

async function traced(rig: Rig, words: readonly string[], inject?: string): Promise<Traced> {
  const log = await Deno.makeTempFile({ prefix: "looop-strace-" });
  const child = new Deno.Command("strace", {
    args: [
      "-y",
      "-s",
      "0",
      "-o",
      log,
      "-e",
      `trace=${CALLS.join(",")}`,
      ...(inject === undefined ? [] : ["-e", `inject=${inject}`]),
      PROGRAM,
      ...words,
    ],
    clearEnv: true,
    env: { ...rig.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // A pulse lives on: it is asked to end once it has beaten.
  const beaten = words[0] === "pulse" ? endAfterBeat(rig, child) : undefined;
  const { code, ...said } = await child.output();
  await beaten;
  const lines = (await Deno.readTextFile(log)).split("\n");
  await Deno.remove(log);
  const [stdout = "", stderr = ""] = [said.stdout, said.stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, stdout, stderr, log: lines };
}

async function endAfterBeat(rig: Rig, child: Deno.ChildProcess): Promise<void> {
  let over = false;
  const ended = child.status.then(() => over = true);
  const pid = (): number =>
    Number(
      new TextDecoder().decode(new Deno.Command("pgrep", { args: ["-P", String(child.pid)] }).outputSync().stdout),
    );
  await waitUntil("a beat", () => over || rig.exists("sessions", ".pulse", "heartbeat.json"), { deadlineMs: 15_000 })
    .catch(() => {});
  try {
    if (!over) Deno.kill(pid() || child.pid, "SIGTERM");
  } catch { /* a fault has ended it in this moment */ }
  await ended;
}

/** The places at which these words change a file of the profile. */
function placesOf(rig: Rig, log: readonly string[]): readonly Place[] {
  const counts = new Map<string, number>();
  const places: Place[] = [];
  for (const line of log) {
    const call = /^([a-z0-9_]+)\(/.exec(line)?.[1];
    if (call === undefined) continue;
    const n = (counts.get(call) ?? 0) + 1;
    counts.set(call, n);
    if (line.includes(rig.dir) && !line.includes("/sessions/.pulse/pulse.log")) places.push({ call, n });
  }
  return places;
}

/** What one verb's walk came to. */
interface Report {
  readonly name: string;
  places: number;
  errors: number;
  kills: number;
  readonly found: string[];
}

async function walk(name: string, { words, before, again, tells = "" }: Walked): Promise<Report> {
  await using rig = await makeRig();
  if (name !== "init") await rig.ok(["init", "--yes", "--runner", "sh"]);
  const report: Report = { name, places: 0, errors: 0, kills: 0, found: [] };
  const prepare = async (): Promise<void> => {
    if (name === "init") await Deno.remove(rig.dir, { recursive: true }).catch(() => {});
    if (words[0] === "pulse") await Deno.remove(rig.path("sessions", ".pulse", "heartbeat.json")).catch(() => {});
    await before?.(rig);
  };
  await prepare();
  const places = placesOf(rig, (await traced(rig, words)).log);
  report.places = places.length;
  for (const [i, place] of places.entries()) {
    const errors = ALL ? ERRORS : i % 2 === 0 ? [ERRORS[(i / 2) % 3] ?? "EIO"] : [];
    const kills = ALL || i % 2 === 1;
    for (const fault of [...errors.map((error) => `error=${error}`), ...(kills ? ["signal=KILL"] : [])]) {
      await prepare();
      const ended = await traced(rig, words, `${place.call}:${fault}:when=${place.n}`);
      const where = `${name}, ${fault} at ${place.call} ${place.n}`;
      const killed = fault === "signal=KILL";
      if (killed) report.kills++;
      else report.errors++;
      const wrong = [
        ...judgeEnd(ended, killed, rig.dir),
        ...torn(rig),
        ...await judgeAgain(rig, words, { codes: [0, ...again ?? []], told: ended.stdout, tells }),
      ];
      report.found.push(...wrong.map((what) => `${where}: ${what}`));
    }
  }
  return report;
}

function judgeEnd({ code, stderr, log }: Traced, killed: boolean, dir: string): readonly string[] {
  // Calls are counted, and the runtime makes some of its own between ours: what hit one of those is no fault of a file.
  const hit = log.some((line) => line.includes("(INJECTED)") && line.includes(dir));
  if (!hit || killed) return [];
  if (code === 0) return []; // what is only noted (an event, a stamp) may be missing
  return /^looop: Cannot /m.test(stderr) && !stderr.includes("bug in looop")
    ? []
    : [`ended with ${code} and said ${JSON.stringify(stderr.slice(0, 200))}`];
}

/** Files that hold half of something. */
function torn(rig: Rig, dir = rig.dir): readonly string[] {
  const wrong: string[] = [];
  if (!rig.exists()) return wrong;
  for (const { name, isDirectory, isFile } of Deno.readDirSync(dir)) {
    const path = join(dir, name);
    // What is being prepared, or thrown away, is nobody's yet, or any more; a sweep takes it.
    if (isDirectory && !/^\.(?:new|trash)-/.test(name)) wrong.push(...torn(rig, path));
    // That it is there is what kill.json says, in the first place: on a full disk it can say no more.
    if (!isFile || name.startsWith(".") || name === "kill.json") continue;
    const texts = name.endsWith(".json")
      ? [Deno.readTextFileSync(path)]
      : /\.(?:ndjson|jsonl)$/.test(name)
      ? Deno.readTextFileSync(path).split("\n").filter((line) => line !== "")
      : [];
    for (const text of texts) {
      try {
        JSON.parse(text);
      } catch {
        wrong.push(`${path.slice(rig.dir.length)} holds ${JSON.stringify(text.slice(0, 80))}`);
      }
    }
  }
  return wrong;
}

/** The same words do it now, or find it done; what is to be told has been told; and the world can be read. */
async function judgeAgain(
  rig: Rig,
  words: readonly string[],
  { codes, told, tells }: { readonly codes: readonly number[]; readonly told: string; readonly tells: string },
): Promise<readonly string[]> {
  const wrong: string[] = [];
  if (words[0] !== "pulse") {
    const ended = await rig.run(words);
    if (!codes.includes(ended.code)) wrong.push(`repeated, it ended with ${ended.code}: ${ended.stderr.slice(0, 200)}`);
    if (![told, ended.stdout].some((text) => text.includes(tells))) wrong.push(`"${tells}" was never told`);
  }
  const state = await rig.run(["_", "state", "--json"]);
  if (state.code !== 0) wrong.push(`the state cannot be read: ${state.stderr.slice(0, 200)}`);
  else {
    const { unreadable = [], asks } = state.json<
      { unreadable?: readonly string[]; asks: readonly { status: string }[] }
    >();
    if (unreadable.length > 0) wrong.push(`the state cannot read ${unreadable.join(", ")}`);
    if (asks.some(({ status }) => status === "corrupt")) wrong.push("the state shows a damaged ask");
  }
  return wrong;
}

Deno.test("every verb that changes something is walked, or left out for a reason", () => {
  // A wait only reads what others have made, and writes down what it told.
  const writers = documentedWriters();
  const changing = VERBS.map(({ path, effect }) => ({ name: path.join(" "), effect }))
    .filter(({ name, effect }) => effect !== "read" || writers.includes(name))
    .map(({ name }) => name)
    .sort();
  assert(changing.includes("_ wait"));
  assertEquals(
    changing,
    [...Object.keys(WALKED).filter((name) => changing.includes(name)), ...Object.keys(LEFT_OUT)].sort(),
  );
});

const reports: Report[] = [];

for (const [name, walked] of [...Object.entries(WALKED), ["a beat of the pulse", { words: ["pulse"] }] as const]) {
  Deno.test({
    name: `under failing and deadly calls nothing is torn, and repeated it is done: ${name}`,
    ignore: MISSING !== undefined,
    fn: async () => {
      const report = await walk(name, walked);
      reports.push(report);
      assert(report.places > 0 || name === "detach" || name === "_ sensor test", "it changes no file of the profile");
      assertEquals(report.found, []);
    },
  });
}

Deno.test({
  name: "the walk is reported",
  ignore: MISSING !== undefined,
  fn: async () => {
    const path = Deno.env.get("LOOOP_TEST_FAULT_REPORT");
    const sum = (what: "places" | "errors" | "kills") => reports.reduce((all, report) => all + report[what], 0);
    console.log(`${sum("places")} places, ${sum("errors")} failing calls, ${sum("kills")} kills`);
    if (path === undefined) return;
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, document(sum));
  },
});

function document(sum: (what: "places" | "errors" | "kills") => number): string {
  const found = reports.flatMap((report) => report.found);
  const { os, arch } = Deno.build;
  return [
    "# The fault walk",
    "",
    `\`${
      ALL ? "LOOOP_TEST_FAULTS=all " : ""
    }LOOOP_TEST_BINARY=dist/looop scripts/deno task test:faults\`, on ${os} ${arch}, ${navigator.hardwareConcurrency} cores.`,
    "The executable runs under strace(1), which lets one call on a file of the profile fail (ENOSPC, EIO or EACCES), or kills the",
    "process in front of it. After each: no file is torn, a failure was said in a sentence, the same line does it or finds it",
    "done, and the world can be read.",
    "",
    "| walked | places | failing calls | kills | found |",
    "| --- | --- | --- | --- | --- |",
    ...reports.map(({ name, places, errors, kills, found }) =>
      `| \`${name}\` | ${places} | ${errors} | ${kills} | ${found.length} |`
    ),
    `| all | ${sum("places")} | ${sum("errors")} | ${sum("kills")} | ${found.length} |`,
    "",
    "Found by the first walks, and put right: an error of a session's input pipe was told as a bug of looop.",
    "",
    "Left out:",
    "",
    ...Object.entries(LEFT_OUT).map(([name, why]) => `- \`${name}\`: ${why}`),
    ...(found.length === 0 ? [] : ["", "Found:", "", ...found.map((line) => `- ${line}`)]),
    "",
  ].join("\n");
}
