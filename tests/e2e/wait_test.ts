import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertIncludes } from "../kit/assert.ts";
import { type LineReader, readLines } from "../kit/lines.ts";
import { makeRig, type Ran, type Rig } from "../kit/rig.ts";
import { waitUntil } from "../kit/wait_until.ts";

interface Waited {
  readonly delivery: string;
  readonly changed: readonly { readonly item: string; readonly change: string; readonly by?: string }[];
  readonly goals: readonly string[];
  readonly pulse: { readonly alive: boolean };
}

function lines(ran: Ran): readonly string[] {
  return ran.json<Waited>().changed.map(({ item, change, by }) =>
    `${change} ${item}${by === undefined ? "" : ` by ${by}`}`
  );
}

/** Resolves once so many clients are blocked in a wait. */
async function blocked(rig: Rig, clients: number): Promise<void> {
  await waitUntil("somebody waits", async () => {
    const status = (await rig.ok(["status", "--json"])).json<{ waits: readonly unknown[] }>();
    return status.waits.length === clients;
  });
}

const GOAL = "---\ngoal: it is so\n---\n";

Deno.test("_ wait tells the world once, is woken by a verb and by an editor, and survives being killed", async () => {
  await using rig = await makeRig();
  assertEquals((await rig.run(["_", "wait", "--json"])).code, 3);
  await rig.ok(["init", "--runner", "sh", "--yes"]);
  const first = await rig.ok(["_", "wait", "--json"]);
  assertIncludes(lines(first).join(), "added ask:setup-1");
  const pending = await rig.run(["_", "wait", "--json", "--timeout", "50ms"]);
  assertEquals([pending.code, pending.stdout], [75, '{"status":"pending"}\n']);

  const waiting = rig.start(["_", "wait", "--json"]);
  await blocked(rig, 1);
  await rig.ok(["_", "goal", "write", "a", "-"], { stdin: GOAL });
  const woken = await waiting.end;
  assertEquals(lines(woken), ["added goal:a"]);
  assertEquals(woken.json<Waited>().goals.includes("a"), true);

  // Killed while it is blocked: nothing waits any more, and the change made meanwhile is told by the next.
  const victim = rig.start(["_", "wait", "--json"]);
  await blocked(rig, 1);
  victim.signal("SIGKILL");
  await victim.end;
  await blocked(rig, 0);
  rig.write("PLAYBOOK.md", "edited by hand\n");
  const after = woken.json<Waited>().delivery;
  assertEquals(lines(await rig.ok(["_", "wait", "--json", "--after", after])), ["changed playbook"]);

  // A later wait of the same client ends the older one, which says nothing on stdout.
  const older = rig.start(["_", "wait", "--json"]);
  await blocked(rig, 1);
  const newer = rig.start(["_", "wait", "--json"]);
  const superseded = await older.end;
  assertEquals([superseded.code, superseded.stdout], [4, ""]);
  assertIncludes(superseded.stderr, "another wait of this client runs now");
  // What the client makes itself does not wake it, and rides along with what does.
  await rig.ok(["_", "goal", "archive", "a", "--client", "root"]);
  await rig.ok(["_", "goal", "write", "b", "-"], { stdin: GOAL });
  assertEquals(lines(await newer.end), ["removed goal:a by root", "added goal:b"]);
  assertEquals((await rig.run(["_", "wait", "--timeout", "0"])).code, 75);
  const unknown = await rig.run(["_", "wait", "--after", "nonsense-1"]);
  assertEquals(unknown.code, 3);
  assertIncludes(unknown.stderr, "give one of:");
});

Deno.test("a sensor's reading, a worker's end and the end of the pulse wake a wait, each once", async () => {
  await using rig = await makeRig();
  await rig.ok(["up"]);
  const inbox = rig.path("inbox");
  Deno.mkdirSync(inbox);
  const script = `#!/bin/sh\n# looop:interval=1s\nprintf '{"files":%d}' "$(ls inbox | wc -l)"\n`;
  await rig.ok(["_", "sensor", "write", "inbox", "-"], { stdin: script });
  await waitUntil("both sensors have read", () => rig.names("snapshots").length === 2);
  await rig.ok(["_", "wait", "--json"]);
  const waiting = rig.start(["_", "wait", "--json"]);
  await blocked(rig, 1);
  Deno.writeTextFileSync(join(inbox, "a"), "");
  assertEquals(lines(await waiting.end), ["changed sensor:inbox"]);

  await rig.ok(["_", "worker", "start", "w", "--runner", "sh", "--client", "root", "exit 3"]);
  assertEquals(lines(await rig.ok(["_", "wait", "--json", "--actionable"])).map((line) => line.split(" ")[1]), [
    "worker:w",
  ]);
  const dying = rig.start(["_", "wait", "--json"]);
  await blocked(rig, 1);
  await rig.ok(["down"]);
  const told = await dying.end;
  assertEquals(lines(told), ["changed pulse"]);
  assertEquals(told.json<Waited>().pulse.alive, false);
  assertEquals((await rig.run(["_", "wait", "--timeout", "0"])).code, 75);
});

const LOOP = fileURLToPath(new URL("../kit/wait_loop.ts", import.meta.url));

/** Starts the process that waits for ever. */
function startLoop(rig: Rig): { readonly child: Deno.ChildProcess; readonly out: LineReader } {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", "--config", join(LOOP, "../../../deno.json"), LOOP],
    env: { ...rig.env },
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  return { child, out: readLines(child.stdout) };
}

function linesOf(out: LineReader): readonly Waited[] {
  return out.text().split("\n").filter((line) => line.endsWith("}")).map((line) => JSON.parse(line));
}

/** Makes a goal all at once, so that it is one change. */
function addGoal(rig: Rig, id: string): void {
  const temp = rig.path("goals", `.tmp-${id}`);
  Deno.writeTextFileSync(temp, GOAL);
  Deno.renameSync(temp, rig.path("goals", `${id}.md`));
}

/** A little while, of no particular length: the tests below change the world at instants nobody chose. */
function whenever(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * ms));
}

Deno.test("two hundred changes that race with a process that waits again and again are each told once", async () => {
  await using rig = await makeRig();
  await rig.ok(["init", "--runner", "sh", "--yes"]);
  const { child, out } = startLoop(rig);
  await out.next();
  for (let n = 0; n < 200; n++) {
    addGoal(rig, `r${n}`);
    await whenever(n % 20 === 0 ? 300 : 12);
  }
  const told = () =>
    linesOf(out).flatMap(({ changed }) => changed.map(({ item }) => item)).filter((i) => i.startsWith("goal:r"));
  await waitUntil("all are told", () => told().length >= 200);
  assertEquals(told().length, 200);
  assertEquals(new Set(told()).size, 200);
  child.kill("SIGKILL");
  await child.status;
  await out.end;
});

Deno.test("a waiter that is killed again and again loses nothing, and repeats only under the same delivery", async () => {
  await using rig = await makeRig();
  await rig.ok(["init", "--runner", "sh", "--yes"]);
  const seen = new Map<string, string>();
  let n = 0;
  const note = (out: LineReader) => {
    for (const { delivery, changed } of linesOf(out)) {
      const words = JSON.stringify(changed);
      assertEquals(seen.get(delivery) ?? words, words);
      seen.set(delivery, words);
    }
  };
  for (let life = 0; life < 8; life++) {
    const { child, out } = startLoop(rig);
    await waitUntil("it has begun", () => rig.exists("cursors", "root", "cursor.json"));
    const end = performance.now() + 150 + Math.random() * 150;
    while (performance.now() < end) {
      addGoal(rig, `k${n++}`);
      await whenever(8);
    }
    child.kill("SIGKILL");
    await child.status;
    await out.end;
    note(out);
  }
  const { child, out } = startLoop(rig);
  const told = () => {
    note(out);
    return [...seen.values()].flatMap((words) => JSON.parse(words)).filter(({ item }) => item.startsWith("goal:k"));
  };
  await waitUntil("all are told", () => told().length >= n);
  assertEquals(told().length, n);
  assert(n > 50, `only ${n} changes`);
  child.kill("SIGKILL");
  await child.status;
  await out.end;
});
