/** What a running pulse, its workers and those who wait make of a looop that is replaced by another version. */
import { join } from "node:path";
import { assert, assertEquals, assertIncludes } from "../kit/assert.ts";
import { install, type Installed, NO_UPGRADE } from "../kit/installed.ts";
import { makeRig, processesOf, type Rig } from "../kit/rig.ts";
import { waitUntil } from "../kit/wait_until.ts";
import { realLocks } from "../../src/os/lock.ts";
import { realClock } from "../../src/os/clock.ts";
import { isPulseHeld } from "../../src/heartbeat/store.ts";
import { profilePaths } from "../../src/profile/paths.ts";

interface Heartbeat {
  readonly pid: number;
  readonly run: string;
  readonly version: string;
  readonly last_beat: number;
  readonly beats: number;
}

function heartbeat(rig: Rig): Heartbeat {
  return JSON.parse(rig.file("sessions", ".pulse", "heartbeat.json"));
}

function events(rig: Rig): readonly { readonly event: string; readonly msg: string }[] {
  return rig.file("sessions", ".pulse", "pulse.log").trim().split("\n").map((line) => JSON.parse(line));
}

async function saw(rig: Rig, event: string, part: string): Promise<void> {
  await waitUntil(
    `the log says ${event} ${part}`,
    () => events(rig).some((entry) => entry.event === event && entry.msg.includes(part)),
    { deadlineMs: 60_000, everyMs: 50 },
  );
}

/** Looks at the pulse as every waiter does, again and again, and counts the looks at which there was none. */
function observe(rig: Rig): { stop(): Promise<{ readonly looks: number; readonly dead: number }> } {
  const ctx = { os: { locks: realLocks(realClock()) }, profile: { paths: profilePaths(rig.dir) } };
  let [looks, dead, going] = [0, 0, true];
  const looking = (async () => {
    for (; going; looks++) {
      if (!isPulseHeld(ctx) || !rig.exists("sessions", ".pulse", "heartbeat.json")) dead++;
      await new Promise((resolve) => setTimeout(resolve, looks % 3));
    }
  })();
  return {
    stop: async () => {
      going = false;
      await looking;
      return { looks, dead };
    },
  };
}

/** A profile whose pulse runs from a looop that may be replaced, beating each second. */
async function makeUpgradeRig(): Promise<{ readonly rig: Rig; readonly looop: Installed }> {
  const rig = await makeRig({ LOOOP_INTERVAL: "1" });
  const looop = install(join(rig.home, "some where"));
  await rig.ok(["up"], { program: looop.program });
  return { rig, looop };
}

/** Of the successor: waits for the word of the test before it does anything. The version is told at once. */
function gated(rig: Rig): { readonly script: string; open(): void; readonly waits: () => boolean } {
  const [gate, waiting] = [join(rig.home, "gate"), join(rig.home, "waiting")];
  const script = `case " $* " in *" --after "*) : >'${waiting}'; while [ ! -e '${gate}' ]; do sleep 0.05; done ;; esac
exec "$real" "$@"\n`;
  const there = (path: string) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  };
  return { script, open: () => Deno.writeTextFileSync(gate, ""), waits: () => there(waiting) };
}

const ignore = NO_UPGRADE !== undefined;

Deno.test({
  name: "a pulse gives its place to another looop without being away for an instant; workers and waits notice nothing",
  ignore,
  fn: async () => {
    const { rig: made, looop } = await makeUpgradeRig();
    await using rig = made;
    const before = heartbeat(rig);
    const by = (...args: readonly string[]) => rig.ok(args, { program: looop.program });
    await by("_", "worker", "start", "w", "sleep 1000", "--runner", "sh");
    // Under way while the place is given: it comes to its end.
    rig.write("sensors/slow.sh", "#!/bin/sh\n# looop:interval=3s\nsleep 1\necho '{\"signal\":1}'\n", 0o700);
    await waitUntil("the sensor has run", () => rig.exists("snapshots", "sensor-slow.json"));
    const quiet = ["_", "wait", "--json", "--timeout", "1s"];
    await waitUntil("nothing is new", async () => (await rig.run(quiet, { program: looop.program })).code === 75);
    const worker = await by("ls", "--json");
    const waiting = rig.start(["_", "wait", "--json"]);

    const observer = observe(rig);
    looop.upgrade();
    const after = await waitUntil("the newer one beats", () => {
      const now = heartbeat(rig);
      return now.run !== before.run && now.beats >= 2 ? now : undefined;
    }, { deadlineMs: 60_000 });
    const seen = await observer.stop();
    assert(seen.looks > 50, `${seen.looks} looks`);
    assertEquals(seen.dead, 0, `${seen.dead} of ${seen.looks} looks found no pulse`);
    assertEquals(after.version, looop.newer.version);
    assertEquals(events(rig).filter(({ event }) => event === "pulse.upgrade").length, 1);
    assertEquals(events(rig).filter(({ event }) => event === "sense.fail"), []);
    assert(!rig.exists("sessions", ".pulse", "next.json"));
    await waitUntil("the old one is gone", async () => {
      return !(await processesOf(rig.dir)).some(({ pid }) => pid === before.pid);
    });
    const ids = (text: string) => text.match(/"(id|state|started|up|generation)\b[^,]*/g);
    assertEquals(ids((await rig.ok(["ls", "--json"])).stdout), ids(worker.stdout));
    // Only this is news to who waits.
    await by("_", "goal", "write", "green", "---\ngoal: green\n---\n");
    const { changed } = (await waiting.end).json<{ changed: { item: string }[] }>();
    assertEquals(changed.map(({ item }) => item), ["goal:green"]);
    assertIncludes((await rig.ok(["down"])).stdout, String(after.pid));
    assertEquals((await rig.ok(["_", "state", "--json"])).json<{ pulse: { alive: boolean } }>().pulse.alive, false);
  },
});

Deno.test({
  name: "a newer looop that does not come up, or dies while it waits, leaves the old pulse as it was",
  ignore,
  fn: async () => {
    const { rig: made, looop } = await makeUpgradeRig();
    await using rig = made;
    const before = heartbeat(rig);
    looop.replaceBy("exit 3");
    await saw(rig, "pulse.upgrade", "does not run here");
    const observer = observe(rig);
    const gate = gated(rig);
    looop.replaceBy(gate.script);
    await waitUntil("the newer one is started", gate.waits, { deadlineMs: 60_000 });
    // Something under way keeps the old one for a while after the newer one is ready.
    rig.write("sensors/long.sh", "#!/bin/sh\nsleep 60\n", 0o700);
    await waitUntil("the sensor runs", async () => {
      return (await processesOf(rig.dir)).some(({ line }) => line.includes("sleep 60"));
    });
    gate.open();
    const successor = await waitUntil(
      "it is ready",
      () => rig.exists("sessions", ".pulse", "next.json") && rig.file("sessions", ".pulse", "next.json"),
    );
    Deno.kill(JSON.parse(successor).pid, "SIGKILL");
    await saw(rig, "pulse.upgrade", `the pulse stays: looop ${looop.newer.version}`);
    const beats = heartbeat(rig).beats;
    await waitUntil("the old one beats on", () => heartbeat(rig).beats > beats);
    assertEquals((await observer.stop()).dead, 0);
    assertEquals(heartbeat(rig).run, before.run);
    assert(!rig.exists("sessions", ".pulse", "next.json"));
    assertIncludes((await rig.ok(["down"])).stdout, String(before.pid));
  },
});

Deno.test({
  name: "a pulse that is stopped or killed while a newer looop waits for its place has no successor",
  ignore,
  fn: async () => {
    const { rig: made, looop } = await makeUpgradeRig();
    await using rig = made;
    const first = gated(rig);
    looop.replaceBy(first.script);
    await waitUntil("the newer one is started", first.waits, { deadlineMs: 60_000 });
    assertIncludes((await rig.ok(["down"])).stdout, String(heartbeat(rig).pid));
    first.open();
    await waitUntil("nothing is left of both", async () => (await processesOf(rig.dir)).length === 0);
    assert(!rig.exists("sessions", ".pulse", "next.json"));

    // The same with a kill, and later: the newer one stands ready.
    rig.write("sensors/long.sh", "#!/bin/sh\nsleep 60\n", 0o700);
    const { program } = install(join(rig.home, "else where"));
    await rig.ok(["up"], { program });
    const old = heartbeat(rig);
    await waitUntil("the sensor runs", async () => {
      return (await processesOf(rig.dir)).some(({ line }) => line.includes("sleep 60"));
    });
    const second = rig.start(["pulse", "--run", "second", "--after", old.run], { program });
    await waitUntil("it is ready", () => rig.exists("sessions", ".pulse", "next.json"));
    // Whoever asks for a pulse meanwhile finds the one there is.
    assertEquals((await rig.ok(["up", "--json"])).json<{ pid: number }>().pid, old.pid);
    Deno.kill(old.pid, "SIGKILL");
    assertEquals((await second.end).code, 4);
    assertIncludes((await second.end).stderr, "without leaving its place to anybody");
    assertIncludes((await rig.ok(["down"])).stdout, "not running");
    assertEquals((await rig.ok(["up", "--json"], { program })).json<{ started: boolean }>().started, true);
    assert(heartbeat(rig).run !== old.run);
  },
});

Deno.test("who waits while a newer looop takes the profile over ends with 75, the line to run again in hand; what starts then refuses politely", async () => {
  await using rig = await makeRig();
  await rig.ok(["init", "--yes", "--runner", "sh"]);
  await rig.ok(["_", "wait"]);
  const prompts = ["Go on?", "Or not?"];
  const [first, second] = prompts.map((prompt) => rig.start(["_", "ask", "w", "--prompt", prompt]));
  assert(first !== undefined && second !== undefined);
  await waitUntil("both are asked", () => rig.exists("asks", "w-1.json") && rig.exists("asks", "w-2.json"));

  // One ask is rewritten in a form that is not known here; the other one's asker learns of it from the profile.
  const mine = ["w-1", "w-2"].find((id) => JSON.parse(rig.file("asks", `${id}.json`)).prompt === prompts[0]);
  swap(rig, `asks/${mine}.json`, { v: 2, question: { text: "Go on?" } });
  const told = await first.end;
  assertEquals([told.code, told.stdout], [75, ""]);
  assertIncludes(told.stderr, "a newer looop has taken over");
  assertIncludes(told.stderr, "looop _ ask w --prompt");
  // Who waits for the world leaves too. Begun again by this looop, the line tells what it can: it must not go in circles.
  const changed = await changedUnderWait(rig);
  const again = (await rig.ok(["_", "wait", "--json"])).json<{ changed: unknown }>();
  assertEquals(again.changed, [{ item: `ask:${changed}`, change: "changed" }]);
  const marker = JSON.parse(rig.file("profile.json"));
  swap(rig, "profile.json", { ...marker, v: 99 });
  assertEquals((await second.end).code, 75);
  for (
    const line of [["_", "state"], ["_", "wait", "--timeout", "1s"], ["_", "ask", "w", "--prompt", "Go on?"], ["up"], [
      "_",
      "goal",
      "list",
    ]]
  ) {
    const refused = await rig.run(line);
    assertEquals([line, refused.code, refused.stdout], [line, 1, ""]);
    assertIncludes(refused.stderr, "version 99");
    assertIncludes(refused.stderr, "upgrade looop");
  }
  rig.write("profile.json", JSON.stringify(marker));
});

/**
 * Rewrites an ask in an unknown form while a wait is blocked, which ends with 75, and gives the id of the ask. That the wait has looked
 * once cannot be seen from outside: one that meets the ask at its first look tells of it, and then it is tried again with another.
 */
async function changedUnderWait(rig: Rig): Promise<string> {
  for (let attempt = 0;; attempt++) {
    const id = (await rig.ok(["_", "ask", "other", "--prompt", `Attempt ${attempt}?`, "--no-wait"])).stdout.trim();
    await rig.ok(["_", "wait"]);
    const waiting = rig.start(["_", "wait", "--json"]);
    await waitUntil("it waits", async () => (await rig.ok(["status"])).stdout.includes("root waits"), { everyMs: 100 });
    swap(rig, `asks/${id}.json`, { v: 2, question: { text: "Go on?" } });
    const woken = await waiting.end;
    if (attempt < 5 && woken.code === 0) continue;
    assertEquals([woken.code, woken.json()], [75, { status: "pending" }], woken.stderr);
    return id;
  }
}

/** Replaces a file in one step, as looop does: who reads it sees all of the old or all of the new. */
function swap(rig: Rig, path: string, value: unknown): void {
  const beside = join(rig.home, "new.json");
  Deno.writeTextFileSync(beside, JSON.stringify(value), { mode: 0o600 });
  Deno.renameSync(beside, rig.path(path));
}
