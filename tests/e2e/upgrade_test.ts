/** What a running pulse, its workers and those who wait make of a looop that is replaced by another version. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertIncludes } from "../kit/assert.ts";
import { makeRig, type Rig } from "../kit/rig.ts";
import { waitUntil } from "../kit/wait_until.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A checkout of its own, which stands for an installed looop: it can be another version. */
interface Installed extends AsyncDisposable {
  /** Makes it another version, and its launcher another file, as an installer does. */
  become(version: string): void;
  /** Replaces its launcher by this script. */
  break(script: string): void;
  looop(
    rig: Rig,
    ...args: readonly string[]
  ): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;
  readonly program: string;
}

async function makeInstalled(): Promise<Installed> {
  const base = await Deno.realPath(await Deno.makeTempDir({ prefix: "looop installed " }));
  const copied = await new Deno.Command("sh", {
    args: ["-c", 'cp -R main.ts src bin scripts seeds demo deno.json deno.lock "$1"', "sh", base],
    cwd: ROOT,
  }).output();
  assert(copied.success);
  const program = join(base, "bin/looop");
  const launcher = Deno.readTextFileSync(program);
  const place = (text: string) => {
    Deno.writeTextFileSync(`${program}.new`, text, { mode: 0o755 });
    Deno.renameSync(`${program}.new`, program);
  };
  return {
    program,
    become: (version) => {
      const path = join(base, "src/base/version.ts");
      Deno.writeTextFileSync(path, Deno.readTextFileSync(path).replace(/VERSION = ".*"/, `VERSION = "${version}"`));
      place(launcher);
    },
    break: place,
    looop: async (rig, ...args) => {
      const { code, stdout, stderr } = await new Deno.Command(program, {
        args: [...args],
        clearEnv: true,
        env: { ...rig.env },
      }).output();
      const decoder = new TextDecoder();
      return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
    },
    [Symbol.asyncDispose]: () => Deno.remove(base, { recursive: true }),
  };
}

interface Heartbeat {
  readonly pid: number;
  readonly version: string;
  readonly beats: number;
}

function heartbeat(rig: Rig): Heartbeat | undefined {
  try {
    return JSON.parse(rig.file("sessions", ".pulse", "heartbeat.json"));
  } catch {
    return undefined; // between the old one's and the new one's
  }
}

Deno.test({
  name:
    "a pulse whose program is replaced hands over to the new version: workers go on, those who wait are not woken, and at no moment is there none",
  ignore: Deno.env.get("LOOOP_TEST_BINARY") !== undefined, // it takes two versions
  fn: async () => {
    await using rig = await makeRig();
    await using installed = await makeInstalled();
    const looop = (...args: readonly string[]) => installed.looop(rig, ...args);
    await looop("init", "--yes", "--runner", "sh");
    await looop("config", "set", "interval", "1s");
    const first = JSON.parse((await looop("up", "--json")).stdout);
    assertEquals((await looop("_", "worker", "start", "w", "sleep 1000", "--runner", "sh")).code, 0);
    for (let quiet = false; !quiet;) quiet = (await looop("_", "wait", "--json", "--timeout", "1s")).code === 75;
    const waiting = rig.start(["_", "wait", "--json"]);

    installed.become("7.7.7");
    let looks = 0;
    const alive = watchLife(rig, () => looks++);
    const second = await waitUntil("the new version beats", () => {
      const now = heartbeat(rig);
      return now !== undefined && now.version === "7.7.7" && now.beats > 0 ? now : undefined;
    });
    assertEquals([await alive.stop(), looks > 20], [[], true]);
    assert(second.pid !== first.pid);
    const log = rig.file("sessions", ".pulse", "pulse.log");
    assertIncludes(log, "looop 7.7.7 takes over");
    const rows = JSON.parse((await looop("ls", "--json")).stdout);
    assertEquals(rows.map(({ id, alive }: { id: string; alive: boolean }) => [id, alive]), [["w", true]]);

    // Only this is news to who waits.
    await looop("_", "goal", "write", "green", "---\ngoal: green\n---\n");
    const { changed } = (await waiting.end).json<{ changed: { item: string }[] }>();
    assertEquals(changed.map(({ item }) => item), ["goal:green"]);

    // Something that does not run, and an older looop, are told of and left alone.
    installed.break("#!/bin/sh\nexit 1\n");
    await waitUntil("it is told", () => rig.file("sessions", ".pulse", "pulse.log").includes("does not run here"));
    assertEquals(heartbeat(rig)?.pid, second.pid);
    installed.become("7.7.7");
    const down = await looop("down");
    assertEquals(down.code, 0, down.stderr);
    assertIncludes(down.stdout, `the pulse stopped (pid ${second.pid})`);
  },
});

Deno.test("who waits while a newer looop takes the profile over ends with 75, the line to run again in hand; what starts then refuses politely", async () => {
  await using rig = await makeRig();
  await rig.ok(["init", "--yes", "--runner", "sh"]);
  await rig.ok(["_", "wait"]);
  const lines = [["_", "ask", "w", "--prompt", "Go on?"], ["_", "ask", "w", "--prompt", "Or not?"], [
    "_",
    "wait",
    "--json",
  ]];
  const [first, second] = lines.slice(0, 2).map((line) => rig.start(line));
  assert(first !== undefined && second !== undefined);
  await waitUntil("both are asked", () => rig.exists("asks", "w-1.json") && rig.exists("asks", "w-2.json"));
  await rig.ok(["_", "wait"]);
  const waiting = rig.start(["_", "wait", "--json"]);
  await waitUntil("it waits", async () => (await rig.ok(["status"])).stdout.includes("root waits"), { everyMs: 100 });

  // One ask is rewritten in a form that is not known here; the other one's asker learns of it from the profile.
  const prompts = ["w-1", "w-2"].map((id) => [id, JSON.parse(rig.file("asks", `${id}.json`)).prompt]);
  const [mine = ""] = prompts.find(([, prompt]) => prompt === "Go on?") ?? [];
  swap(rig, `asks/${mine}.json`, { v: 2, question: { text: "Go on?" } });
  const told = await first.end;
  assertEquals([told.code, told.stdout], [75, ""]);
  assertIncludes(told.stderr, "a newer looop has taken over");
  assertIncludes(told.stderr, "looop _ ask w --prompt");
  const marker = JSON.parse(rig.file("profile.json"));
  swap(rig, "profile.json", { ...marker, v: 99 });
  assertEquals((await second.end).code, 75);
  const woken = await waiting.end;
  // The ask that changed is news; a wait that tells it has done its work.
  assert(woken.code === 75 || woken.code === 0, woken.stderr);
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

/** Replaces a file in one step, as looop does: who reads it sees all of the old or all of the new. */
function swap(rig: Rig, path: string, value: unknown): void {
  const beside = join(rig.home, "new.json");
  Deno.writeTextFileSync(beside, JSON.stringify(value), { mode: 0o600 });
  Deno.renameSync(beside, rig.path(path));
}

/** Looks at the pulse's locks again and again, from a process of its own; answers the moments in which nobody held one. */
function watchLife(rig: Rig, seen: () => void): { stop(): Promise<readonly string[]> } {
  const script = `for (;;) { const held = ["pulse", "successor", "pulse"].some((name) => { try {
    using file = Deno.openSync(Deno.args[0] + "/.lock/" + name, { read: true });
    return !file.tryLockSync(false); } catch { return false; } });
    console.log(held ? "held" : "free"); await new Promise((resolve) => setTimeout(resolve, 1)); }`;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-config",
      "--allow-all",
      `data:text/javascript,${encodeURIComponent(script)}`,
      rig.dir,
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const free: string[] = [];
  const reading = (async () => {
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      for (const line of chunk.split("\n").filter((text) => text !== "")) {
        seen();
        if (line === "free") free.push(line);
      }
    }
  })();
  return {
    stop: async () => {
      child.kill("SIGKILL");
      await Promise.all([child.status, reading]);
      return free;
    },
  };
}
