/** Starting a session: cut off or failing at any step, and what the next start makes of that. */
import { join } from "node:path";
import { assert, assertEquals, assertIncludes, assertOk } from "../kit/assert.ts";
import { makeContext } from "../kit/context.ts";
import { walk } from "../kit/faulty_os.ts";
import { bury, inState, shellLaunch, shown, unfaulted } from "../kit/session.ts";
import type { Context } from "../../src/profile/profile.ts";
import { launch } from "../../src/sessions/launch.ts";
import { generationsOf, readSession } from "../../src/sessions/read.ts";
import type { SessionView } from "../../src/sessions/schema.ts";
import type { Result } from "../../src/failure.ts";

const WANTED = shellLaunch("one", "echo ready; while :; do sleep 600; done");

/** The run that meets no fault goes unchecked, and has to clean up after itself. */
async function launchAndEnd(ctx: Context): Promise<Result<SessionView>> {
  const outcome = await launch(ctx, WANTED);
  if (outcome.ok) await bury(unfaulted(ctx), outcome.value);
  return outcome;
}

/** The generations that are there, with their states. */
async function found(ctx: Context): Promise<readonly SessionView[]> {
  return await Promise.all(generationsOf(ctx, "one").map((generation) => readSession(ctx, { id: "one", generation })));
}

Deno.test("a launcher that dies at any step leaves nothing, a claim without a process, or a session that runs", async () => {
  const kinds = new Set<string>();
  await walk<Result<SessionView>>({
    fault: "crash",
    act: launchAndEnd,
    check: async (ctx) => {
      const [view, ...more] = await found(ctx);
      assertEquals(more, []);
      const kind = view?.state.kind ?? "nothing";
      assert(["nothing", "unstarted"].includes(kind), kind);
      kinds.add(kind);
      // Whoever starts the same once the claim is old enough gets it, under a number that was never used.
      const dir = join(ctx.profile.paths.sessions, "one", String(view?.generation ?? 1));
      if (view !== undefined) Deno.utimeSync(dir, new Date(9e11), new Date(9e11));
      const next = assertOk(await launch(ctx, WANTED));
      assertEquals([next.state.kind, next.generation > (view?.generation ?? 0)], ["running", true]);
      assertEquals((await found(ctx)).map(({ generation }) => generation), [next.generation]);
      await bury(ctx, next);
    },
  });
  assertEquals([...kinds].sort(), ["nothing", "unstarted"]);
});

Deno.test("a start for which the disk gets full at any step fails whole or runs", async () => {
  await walk<Result<SessionView>>({
    fault: "ENOSPC",
    act: launchAndEnd,
    check: async (ctx, end) => {
      assert(end.kind === "returned");
      if (end.value.ok) return;
      assertEquals(await found(ctx), [], end.value.failure.state);
      const left = [...Deno.readDirSync(ctx.profile.paths.sessions)].map(({ name }) => name);
      assertEquals(left.filter((name) => name.startsWith(".new-")), [], end.value.failure.state);
    },
  });
});

Deno.test({
  name: "a session that comes to life while it is looked at is not taken for a lost one",
  ignore: Deno.build.os === "darwin", // life shows in a pipe there
  fn: async () => {
    await using test = await makeContext();
    const session = assertOk(await launch(test.context, WANTED));
    const { os } = test;
    let looks = 0;
    // As if the supervisor had taken its lock right after the first look at it.
    const isHeld = (path: string): boolean => ++looks > 1 && os.locks.isHeld(path);
    const early = { ...test.context, os: { ...os, locks: { ...os.locks, isHeld } } };
    assertEquals((await readSession(early, session)).state.kind, "running");
    await bury(test.context, session);
  },
});

/** A script(1) that answers like the real one of a machine without terminals left. */
const NO_TERMINALS = `#!/bin/sh
echo "script: failed to create pseudo-terminal: No such file or directory" >&2
exit 1
`;

Deno.test("without a terminal to be had a start says so, and the id can be used again", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const bin = join(test.dir, "bin");
  Deno.mkdirSync(bin);
  Deno.writeTextFileSync(join(bin, "script"), NO_TERMINALS, { mode: 0o755 });
  const failed = await launch(ctx, { ...WANTED, env: { PATH: `${bin}:${Deno.env.get("PATH")}` } });
  assert(!failed.ok);
  assertEquals(failed.failure.kind, "failed");
  assertIncludes(failed.failure.state, "failed to create pseudo-terminal");
  assertEquals((await found(ctx)).map(({ state }) => state.kind), ["failed_to_start"]);
  const next = assertOk(await launch(ctx, WANTED));
  await shown(ctx, next, "ready");
  await bury(ctx, next);
});

Deno.test("where no process can be made a start says so and leaves nothing", async () => {
  await using test = await makeContext();
  const { os } = test;
  const spawnDetached = (): never => {
    throw new Error("Resource temporarily unavailable (os error 11)");
  };
  const failed = await launch(
    { ...test.context, os: { ...os, processes: { ...os.processes, spawnDetached } } },
    WANTED,
  );
  assert(!failed.ok);
  assertIncludes(failed.failure.state, "Resource temporarily unavailable");
  assertEquals(await found(test.context), []);
  await bury(test.context, assertOk(await launch(test.context, WANTED)));
});

Deno.test("a disk that is nearly full takes no new session", async () => {
  await using test = await makeContext();
  const bin = join(test.dir, "bin");
  Deno.mkdirSync(bin);
  const table =
    "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/a b 1000000 999000 1000 100% /mnt/a b\n";
  Deno.writeTextFileSync(join(bin, "table"), table);
  const { os } = test;
  const sh: typeof os.processes.sh = (script, ...more) =>
    os.processes.sh(script.includes("df -Pk") ? `cat '${join(bin, "table")}'` : script, ...more);
  const ctx = { ...test.context, os: { ...os, processes: { ...os.processes, sh } } };
  const refused = await launch(ctx, WANTED);
  assert(!refused.ok);
  assertEquals(refused.failure.state, "the disk is full: 1000 KiB are free, and 8192 are the least");
  assertEquals([...Deno.readDirSync(ctx.profile.paths.sessions)].filter(({ name }) => name.startsWith(".new-")), []);
  // One that counts nothing refuses nothing.
  Deno.writeTextFileSync(join(bin, "table"), table.replace("1000000 999000 1000 100%", "0 0 0 0%"));
  await bury(ctx, await inState(ctx, assertOk(await launch(ctx, WANTED)), "running"));
});
