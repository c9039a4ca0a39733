import { assert, assertEquals, assertOk } from "../../kit/assert.ts";
import { makeContext, type TestContext } from "../../kit/context.ts";
import { waitUntil } from "../../kit/wait_until.ts";
import { isPulseHeld, readHeartbeat, writeHeartbeat } from "../../../src/heartbeat/store.ts";
import type { Lock } from "../../../src/os/lock.ts";
import { readSuccessor, writeSuccessor } from "../../../src/pulse/successor.ts";
import { takeOver } from "../../../src/pulse/takeover.ts";
import type { Context } from "../../../src/profile/profile.ts";

/** A pulse of which only the traces are here: its lock and its heartbeat. */
function oldPulse({ context, os }: TestContext): Lock {
  const lock = os.locks.tryAcquire(context.profile.paths.pulseLock);
  assert(lock !== undefined);
  const beat = { pid: 1, identity: "old", run: "old", started: 1, last_beat: 2, interval_ms: 60_000, version: "0.0.1" };
  assertOk(writeHeartbeat(context, beat));
  let held = true;
  return {
    ...lock,
    release: () => {
      if (held) lock.release();
      held = false;
    },
  };
}

/** Starts to take over and answers once it stands ready. */
async function standReady(ctx: Context): Promise<{ readonly end: ReturnType<typeof takeOver> }> {
  const end = takeOver(ctx, { run: "new", after: "old" });
  await waitUntil("it stands ready", () => readSuccessor(ctx)?.run === "new");
  return { end };
}

function giveWord(ctx: Context): void {
  const successor = readSuccessor(ctx);
  assert(successor !== undefined);
  assertOk(writeSuccessor(ctx, { ...successor, go: true }));
}

Deno.test("takeOver() takes the lock on the old one's word, and speaks for the pulse at once", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const old = oldPulse(test);
  const { end } = await standReady(ctx);
  giveWord(ctx);
  // The old one may be cut off anywhere behind its word: all that counts is that it is gone.
  old.release();
  const lock = assertOk(await end);
  assertEquals(isPulseHeld(ctx), true);
  const { run, pid, last_beat, interval_ms } = readHeartbeat(ctx) ?? {};
  assertEquals({ run, pid, last_beat, interval_ms }, { run: "new", pid: Deno.pid, last_beat: 2, interval_ms: 60_000 });
  assertEquals(readSuccessor(ctx), undefined);
  lock.release();
  assertEquals(isPulseHeld(ctx), false);
});

const refusals: readonly {
  readonly name: string;
  readonly act: (ctx: Context, old: Lock) => void;
}[] = [
  { name: "the old one ended without its word", act: (_, old) => old.release() },
  {
    name: "the old one took its offer back",
    act: (ctx) => assertEquals(ctx.os.files.remove(`${ctx.profile.paths.pulse}/next.json`).ok, true),
  },
  {
    name: "another one stands in its place",
    act: (ctx) => void assertOk(writeSuccessor(ctx, { run: "third", of: "old", pid: 3, version: "0.0.3", go: true })),
  },
];

for (const { name, act } of refusals) {
  Deno.test(`takeOver() leaves when ${name}`, async () => {
    await using test = await makeContext();
    const ctx = test.context;
    const old = oldPulse(test);
    const { end } = await standReady(ctx);
    act(ctx, old);
    const outcome = await end;
    assertEquals(outcome.ok ? "" : outcome.failure.kind, "conflict");
    assertEquals(readHeartbeat(ctx)?.run, "old");
    old.release();
    assertEquals(isPulseHeld(ctx), false);
    assert(readSuccessor(ctx)?.run !== "new");
  });
}

Deno.test("takeOver() does not begin where nobody waits for it: the pulse is another one, none, or has a successor", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const refused = async (after: string) => {
    const outcome = await takeOver(ctx, { run: "new", after });
    return outcome.ok ? "" : outcome.failure.state;
  };
  const old = oldPulse(test);
  assertEquals(await refused("older"), "it is not the pulse any more");
  const { end } = await standReady(ctx);
  assertEquals(await refused("old"), "another looop waits to do so");
  old.release();
  assertEquals((await end).ok, false);
  assertEquals(await refused("old"), "it is not the pulse any more");
  assertEquals(readSuccessor(ctx), undefined);
});
