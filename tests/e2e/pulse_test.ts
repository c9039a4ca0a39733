import { assert, assertEquals, assertIncludes, assertMatch } from "../kit/assert.ts";
import { ownSpan, running } from "../kit/processes.ts";
import { makeRig, processesOf, type Rig } from "../kit/rig.ts";
import { waitUntil } from "../kit/wait_until.ts";

interface Heartbeat {
  readonly pid: number;
  readonly run: string;
  readonly beats: number;
  readonly identity: string;
  readonly config_problem?: string;
  readonly interval_ms: number;
}

function heartbeat(rig: Rig): Heartbeat {
  return JSON.parse(rig.file("sessions", ".pulse", "heartbeat.json"));
}

function reading(rig: Rig, sensor: string): unknown {
  return rig.exists("snapshots", `sensor-${sensor}.json`)
    ? JSON.parse(rig.file("snapshots", `sensor-${sensor}.json`))
    : undefined;
}

/** The events of the pulse's log, oldest first. */
function events(rig: Rig): readonly { readonly event: string; readonly msg: string }[] {
  return rig.file("sessions", ".pulse", "pulse.log").trim().split("\n").map((line) => JSON.parse(line));
}

async function saw(rig: Rig, event: string, part = ""): Promise<void> {
  await waitUntil(
    `the log says ${event} ${part}`,
    () => events(rig).some((entry) => entry.event === event && entry.msg.includes(part)),
  );
}

const SH = "#!/bin/sh\n";

Deno.test("up starts one pulse, finds it again, and down stops it with its children and says so", async () => {
  await using rig = await makeRig();
  const ups = await Promise.all([1, 2, 3, 4, 5].map(() => rig.ok(["up", "--json"])));
  const answers = ups.map((up) => up.json<{ started: boolean; pid: number }>());
  assertEquals(answers.filter(({ started }) => started).length, 1, JSON.stringify(answers));
  assertEquals(new Set(answers.map(({ pid }) => pid)).size, 1);
  const { pid } = heartbeat(rig);
  assertEquals(answers[0]?.pid, pid);
  await waitUntil("the losers have ended", async () => (await processesOf(rig.dir)).length === 1);
  // A pulse with a sensor under way that ignores TERM ends all the same, and soon.
  rig.write(
    "sensors/stubborn.sh",
    `${SH}trap '' TERM HUP INT\nsleep ${ownSpan(4731)} &\nwait\nsleep ${ownSpan(4731)}\n`,
    0o700,
  );
  await waitUntil("the sensor runs", async () => (await running(`sleep ${ownSpan(4731)}`)).length > 0);
  const began = performance.now();
  const down = await rig.ok(["down", "--json"]);
  assert(performance.now() - began < 3_000);
  assertEquals(down.json<{ pulse: unknown }>().pulse, { kind: "stopped", pid });
  assertEquals(await running(`sleep ${ownSpan(4731)}`), []);
  assertEquals(events(rig).at(-1)?.event, "pulse.stop");
  assertIncludes((await rig.ok(["down"])).stdout, "the pulse was not running");
});

Deno.test("SIGTERM ends the pulse within a second; kill -9 leaves no child, and up just works again", async () => {
  await using rig = await makeRig();
  const foreground = rig.start(["up", "--foreground", "--json"]);
  assertMatch(await foreground.stdout.until(/pulse\.start/), /"event":"pulse.start"/);
  await waitUntil("it beats", () => rig.exists("sessions", ".pulse", "heartbeat.json"));
  assertEquals((await rig.run(["up", "--foreground"])).code, 4);
  rig.write("sensors/slow.sh", `${SH}sleep ${ownSpan(4732)}\n`, 0o700);
  await waitUntil("the sensor runs", async () => (await running(`sleep ${ownSpan(4732)}`)).length > 0);
  const began = performance.now();
  foreground.signal("SIGTERM");
  assertEquals((await foreground.end).code, 0);
  assert(performance.now() - began < 3_000); // the figure itself is the bench's: this machine may be busy
  assertEquals(await running(`sleep ${ownSpan(4732)}`), []);

  await rig.ok(["up"]);
  const first = heartbeat(rig);
  await waitUntil("the sensor runs", async () => (await running(`sleep ${ownSpan(4732)}`)).length > 0);
  Deno.kill(first.pid, "SIGKILL");
  await waitUntil("no child is left", async () => (await running(`sleep ${ownSpan(4732)}`)).length === 0);
  // The dead one's heartbeat names a process that lives: a recycled number is nobody's pulse.
  rig.write("sessions/.pulse/heartbeat.json", JSON.stringify({ ...first, pid: Deno.pid }));
  assertIncludes((await rig.ok(["down"])).stdout, "not running");
  assertEquals((await rig.ok(["up", "--json"])).json<{ started: boolean }>().started, true);
  assert(heartbeat(rig).run !== first.run);
});

Deno.test("down never signals a process that is not the pulse", async () => {
  await using rig = await makeRig();
  await rig.ok(["up"]);
  const real = heartbeat(rig);
  const bystander = new Deno.Command("sleep", { args: [ownSpan(4733)] }).spawn();
  Deno.kill(real.pid, "SIGSTOP"); // or its next beat would write the truth again
  rig.write("sessions/.pulse/heartbeat.json", JSON.stringify({ ...real, pid: bystander.pid }));
  const down = await rig.run(["down"]);
  assertEquals(down.code, 1);
  assertIncludes(down.stderr, "its lock is still held");
  assertEquals((await running(`sleep ${ownSpan(4733)}`)).length, 1);
  bystander.kill("SIGKILL");
  await bystander.status;
  rig.write("sessions/.pulse/heartbeat.json", JSON.stringify(real));
  Deno.kill(real.pid, "SIGCONT");
  await rig.ok(["down"]);
});

Deno.test("the pulse senses, publishes each reading by itself, and forgets what is archived", async () => {
  await using rig = await makeRig();
  await rig.ok(["init"]);
  rig.write("sensors/good.sh", `${SH}echo '{"signal":{"n":1},"detail":"x"}'\n`, 0o700);
  rig.write("sensors/bad.sh", `${SH}echo oops; echo why >&2; exit 3\n`, 0o700);
  rig.write("sensors/slow.sh", `${SH}sleep 30\n`, 0o700);
  rig.write("sensors/twin.sh", `${SH}echo '{}'\n`, 0o700);
  rig.write("sensors/twin.py", `${SH}echo '{}'\n`, 0o700);
  rig.write("sensors/notes.txt", "not a sensor");
  rig.write("snapshots/sensor-ghost.json", "{}");
  await rig.ok(["up"]);
  await waitUntil("the readings", () => reading(rig, "good") && reading(rig, "bad") && reading(rig, "twin"));
  assertEquals(reading(rig, "good"), { detail: "x", signal: { n: 1 } });
  assertEquals(reading(rig, "bad"), {
    detail: { last_good_ts: null, message: "exit code 3", stderr_tail: "why" },
    signal: { error: "exit" },
  });
  assertEquals((reading(rig, "twin") as { signal: unknown }).signal, { error: "two-files" });
  assertEquals([rig.exists("snapshots", "sensor-ghost.json"), reading(rig, "slow")], [false, undefined]);

  // An edited script runs at once, in an editor's way and in ours; its last good reading is remembered.
  rig.write("sensors/good.sh", `${SH}echo '{"signal":{"n":2}}'\n`);
  await waitUntil("the edited one ran", () => (reading(rig, "good") as { signal?: { n: number } })?.signal?.n === 2);
  await rig.ok(["_", "sensor", "write", "good", `${SH}exit 1`]);
  await waitUntil("it fails now", () => JSON.stringify(reading(rig, "good")).includes("exit code 1"));
  const failed = reading(rig, "good") as { detail: { last_good_ts: number } };
  assert(failed.detail.last_good_ts > Date.now() - 60_000);

  await rig.ok(["_", "sensor", "archive", "good"]);
  await waitUntil("its reading is gone", () => reading(rig, "good") === undefined);
  const list = (await rig.ok(["_", "sensor", "list", "--json"])).json<
    { sensors: { name: string; status: string; error: string | null }[]; ignored: { file: string }[] }
  >();
  assertEquals(list.sensors.map(({ name, status, error }) => [name, status, error]), [
    ["bad", "error", "exit"],
    ["slow", "new", null],
    ["today", "ok", null],
    ["twin", "error", "two-files"],
  ]);
  assertEquals(list.ignored.map(({ file }) => file), ["notes.txt"]);
  const tested = await rig.run(["_", "sensor", "test", "bad"]);
  assertEquals(tested.code, 1);
  assertIncludes(tested.stdout, "exit code 3");

  // A restart runs nothing before it is due: the cadence counts across it.
  const before = Deno.statSync(rig.path("snapshots", "sensor-bad.json")).mtime;
  const first = heartbeat(rig);
  await rig.ok(["down"]);
  rig.write("sensors/bad.sh.off", "gone");
  await rig.ok(["up"]);
  await waitUntil("it beats", () => heartbeat(rig).run !== first.run && heartbeat(rig).beats >= 1);
  assertEquals(events(rig).filter(({ event, msg }) => event === "sense.fail" && msg.includes("bad")).length, 1);
  assertEquals(Deno.statSync(rig.path("snapshots", "sensor-bad.json")).mtime, before);
});

Deno.test("fifty sensors of a second are all published after a second and a half", async () => {
  await using rig = await makeRig();
  await rig.ok(["init"]);
  for (let n = 0; n < 50; n++) rig.write(`sensors/s${n}.sh`, `${SH}sleep 1\necho '{"n":${n}}'\n`, 0o700);
  await rig.ok(["up"]);
  const readings = () => rig.names("snapshots").filter((name) => /^sensor-s\d+\.json$/.test(name));
  await waitUntil("all readings", () => readings().length === 50);
  const stamps = readings().map((name) => Deno.statSync(rig.path("snapshots", name)).mtime?.getTime() ?? 0);
  const started = JSON.parse(rig.file("sessions", ".pulse", "pulse.log").split("\n")[0] ?? "").ts;
  const took = Math.max(...stamps) - Date.parse(started);
  assert(took < 5_000, `took ${took} ms`); // the figure itself is the bench's: this machine may be busy
});

Deno.test("a goal, a schedule and the config wake the pulse; a broken config leaves the last good one", async () => {
  await using rig = await makeRig();
  await rig.ok(["up"]);
  rig.write("goals/by-hand.md", "---\ngoal: seen\n---\n");
  await saw(rig, "wake", "goals/by-hand.md");
  await rig.ok(["_", "schedule", "write", "soon", "--in", "300ms", "--note", "look"]);
  await saw(rig, "schedule.fired", "soon");
  assertEquals(JSON.parse(rig.file("schedules", "soon.json")).count, 1);
  assertIncludes((await rig.ok(["_", "schedule", "list"])).stdout, "fired, look");
  assertEquals((await rig.run(["_", "schedule", "write", "x", "--in", "1m", "--every", "1h"])).code, 2);

  rig.write("config.json", '{"interval": "7s"}');
  await waitUntil("the interval is taken", () => heartbeat(rig).interval_ms === 7_000);
  rig.write("config.json", '{"interval": ');
  await waitUntil("the problem shows", () => heartbeat(rig).config_problem !== undefined);
  assertEquals(heartbeat(rig).interval_ms, 7_000);
  assertIncludes((await rig.ok(["notices", "--json"])).stdout, "config.json is not usable");
  const { pid } = heartbeat(rig);
  await rig.ok(["down"]);
  const refused = await rig.run(["up"]);
  assertEquals(refused.code, 1);
  assertMatch(refused.stderr, /line 1, column \d+/);
  rig.write("config.json", "{}");
  await rig.ok(["up"]);
  const again = heartbeat(rig);
  assert(again.pid !== pid);
  // SIGHUP reads it again, changed or not, and ends nothing.
  Deno.kill(again.pid, "SIGHUP");
  await saw(rig, "config.loaded");
  assertEquals((await rig.ok(["up", "--json"])).json<{ started: boolean }>().started, false);
});

Deno.test("log pulse shows the log, follows it, and says when there is none", async () => {
  await using rig = await makeRig();
  await rig.ok(["init"]);
  assertEquals((await rig.run(["log", "pulse"])).code, 3);
  await rig.ok(["up"]);
  const follow = rig.start(["log", "pulse", "-f", "--tail", "1"]);
  await follow.stdout.next();
  rig.write("goals/followed.md", "---\ngoal: seen\n---\n");
  assertMatch(await follow.stdout.until(/followed/), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d .*woken by goals\/followed.md$/);
  follow.signal("SIGINT");
  assertEquals((await follow.end).code, 130);
  await rig.ok(["down"]); // or the beat that was woken would go on telling
  const last = await rig.ok(["log", "pulse", "--tail", "1", "--json"]);
  assertEquals(last.json<{ event: string }>().event, "pulse.stop");
});

Deno.test("the pulse ends when its profile is removed", async () => {
  await using rig = await makeRig();
  const foreground = rig.start(["up", "--foreground"]);
  await waitUntil("it beats", () => rig.exists("sessions", ".pulse", "heartbeat.json"));
  await Deno.remove(rig.dir, { recursive: true });
  await foreground.end;
});
