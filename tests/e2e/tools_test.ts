import { join } from "node:path";
import { assert, assertEquals, assertIncludes } from "../kit/assert.ts";
import { onTerminal } from "../kit/on_terminal.ts";
import { makeRig, PROGRAM } from "../kit/rig.ts";
import { waitUntil } from "../kit/wait_until.ts";

/** A PATH with all programs that this one has, but those named. */
function pathWithout(dir: string, ...names: readonly string[]): { readonly PATH: string } {
  Deno.mkdirSync(dir);
  for (const from of (Deno.env.get("PATH") ?? "").split(":")) {
    for (const { name } of listOf(from)) {
      if (names.includes(name)) continue;
      try {
        Deno.symlinkSync(join(from, name), join(dir, name));
      } catch { /* one that comes earlier on the PATH has the name */ }
    }
  }
  return { PATH: dir };
}

function listOf(dir: string): readonly Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(dir)];
  } catch {
    return [];
  }
}

Deno.test("without awk, sed and ps the pulse starts, says who it is and stops", async () => {
  await using rig = await makeRig();
  const env = pathWithout(join(rig.home, "tools"), "grep", "sed", "awk", "ps", "script", "flock");
  await rig.ok(["up"], { env });
  const { identity } = JSON.parse(rig.file("sessions", ".pulse", "heartbeat.json"));
  assert(Deno.build.os !== "linux" || /^[0-9]+$/.test(identity), `it says it was started at ${identity}`);
  assertIncludes((await rig.ok(["down"], { env })).stdout, "the pulse stopped");
});

Deno.test({
  name: "what needs grep says so: doctor, the start and the end of a worker, the demo; nobody is taken for dead",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using rig = await makeRig();
    const env = pathWithout(join(rig.home, "tools"), "grep");
    await rig.ok(["init", "--yes", "--runner", "sh"]);
    const start = (id: string): readonly string[] => ["_", "worker", "start", id, "exec sleep 1000", "--runner", "sh"];
    await rig.ok(start("w"));
    for (const line of [start("v"), ["kill", "w"], ["down"], ["demo", "--fast"]]) {
      const refused = await rig.run(line, { env });
      assertEquals([line[0], refused.code], [line[0], 1], refused.stdout);
      assertIncludes(refused.stderr, "the program grep is not on the PATH");
      assertIncludes(refused.stderr, "install grep");
    }
    const [worker] = (await rig.ok(["ls", "--json"], { env })).json<{ id: string; state: string }[]>();
    assertEquals([worker?.id, worker?.state], ["w", "running"]);
    const { checks } = (await rig.run(["doctor", "--json"], { env })).json<
      { checks: { name: string; state: string; message: string }[] }
    >();
    const said = checks.filter(({ name }) => name === "terminals" || name === "tools").map(({ state, message }) =>
      `${state}: ${message}`
    );
    assertEquals(said, ["fail: the program grep is not on the PATH", "fail: not on the PATH: grep"]);
    // What kept it from being killed is gone.
    await rig.ok(["kill", "w"]);
    await waitUntil("it is gone", async () => (await rig.ok(["ls", "--json"])).json<unknown[]>().length === 0);
  },
});

Deno.test({
  name: "an approval is refused where the marks of sessions cannot be read",
  ignore: Deno.build.os !== "linux", // the line needs script(1) of util-linux
  fn: async () => {
    await using rig = await makeRig();
    const { PATH } = pathWithout(join(rig.home, "tools"), "sed");
    await rig.ok(["_", "ask", "x", "--kind", "approval", "--action", "rm -r build", "--prompt", "May I?", "--no-wait"]);
    const [code, shown] = await onTerminal(rig, `PATH='${PATH}' '${PROGRAM}' answer x-1 yes`, [["to allow", "yes\n"]]);
    assertEquals(code, 5, shown);
    assertIncludes(shown, "tr or sed is not on the PATH");
  },
});
