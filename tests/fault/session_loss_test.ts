/** What a session shows, and what is left of it, when one of its processes is killed from outside. */
import { join } from "node:path";
import { assertEquals, assertOk } from "../kit/assert.ts";
import { makeContext } from "../kit/context.ts";
import { waitUntil } from "../kit/wait_until.ts";
import { bury, marked, shown, startLine } from "../kit/session.ts";
import type { Context } from "../../src/profile/profile.ts";
import { killSession } from "../../src/sessions/kill.ts";
import { generationDir } from "../../src/sessions/layout.ts";
import { leaderOfSession } from "../../src/sessions/read.ts";
import type { SessionRef, SessionState } from "../../src/sessions/schema.ts";
import { waitSessions } from "../../src/sessions/wait.ts";

type Part = "sup" | "script" | "inner" | "command" | "relay";

const GONE: SessionState = { kind: "lost", reason: "terminal gone" };
const ALL_GONE: SessionState = { kind: "lost", reason: "helpers gone" };
const LEFT: SessionState = { kind: "orphaned", reason: "terminal gone" };
const ALL_LEFT: SessionState = { kind: "orphaned", reason: "helpers gone" };

/** What becomes of a command that heeds HUP, and of one that ignores it. `exited` ones were told to end with 9 after the kill. */
const ROWS: readonly {
  readonly killed: readonly Part[];
  readonly plain: SessionState;
  readonly deaf: SessionState;
}[] = [
  { killed: ["sup"], plain: { kind: "exited", code: 9 }, deaf: { kind: "exited", code: 9 } },
  { killed: ["script"], plain: GONE, deaf: LEFT },
  { killed: ["inner"], plain: GONE, deaf: LEFT },
  { killed: ["command"], plain: { kind: "exited", code: 137 }, deaf: { kind: "exited", code: 137 } },
  { killed: ["sup", "script"], plain: ALL_GONE, deaf: ALL_LEFT },
  { killed: ["sup", "script", "inner"], plain: ALL_GONE, deaf: ALL_LEFT },
  // Only where the keyboard of a program is a process of its own.
  ...(Deno.build.os === "darwin"
    ? [{
      killed: ["relay" as const],
      plain: { kind: "exited" as const, code: 9 },
      deaf: { kind: "exited" as const, code: 9 },
    }]
    : []),
];

for (const [name, trap] of [["heeds", ""], ["ignores", "trap '' HUP; "]] as const) {
  Deno.test(`whatever helper of a command that ${name} HUP is killed, its session says so, and a kill leaves nothing`, async () => {
    await using test = await makeContext();
    const ctx = test.context;
    await Promise.all(ROWS.map(async ({ killed, plain, deaf }) => {
      const id = killed.join("-");
      const go = join(test.dir, `${id}.go`);
      const line = `${trap}echo ready; while [ ! -e "$0" ]; do sleep 0.05; done; exit 9`;
      const session = await startLine(ctx, id, "", { argv: ["sh", "-c", line, go] });
      await shown(ctx, session, "ready");
      const waiting = waitSessions(ctx, [session], { timeoutMs: 20_000 });
      for (const part of killed) Deno.kill(await pidOf(ctx, session, part), "SIGKILL");
      const want = name === "heeds" ? plain : deaf;
      if (want.kind === "exited" && want.code === 9) Deno.writeTextFileSync(go, "");
      const [seen] = assertOk(await waiting);
      assertEquals(seen?.state, want, id);
      const orphan = want.kind === "orphaned";
      if (!orphan) await waitUntil(`no process of ${id}`, async () => (await marked(ctx, session)).length === 0);
      const ended = assertOk(await killSession(ctx, session, { by: "test", why: "kill", graceMs: 200 }));
      assertEquals([ended.left, ended.killed], [[], orphan], id);
      // The verdict on what had ended stands; what was left has been killed now.
      assertEquals(ended.state.kind, orphan ? "killed" : want.kind, id);
      await bury(ctx, session);
    }));
  });
}

Deno.test("whoever waits for an end hears of it though more happens around it than a watch can tell", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const session = await startLine(ctx, "w", "echo ready; read line; exit 4");
  await shown(ctx, session, "ready");
  const waiting = waitSessions(ctx, [session], { timeoutMs: 20_000 });
  // All in one go, while nobody reads what the watch says.
  for (let n = 0; n < 2000; n++) Deno.writeTextFileSync(join(ctx.profile.paths.ends, `noise-${n}`), "");
  Deno.writeTextFileSync(join(generationDir(ctx.profile.paths, session), "pipes", "in"), "go\r");
  const exit = join(generationDir(ctx.profile.paths, session), "exit.4");
  for (const end = Date.now() + 20_000; !ctx.os.files.stat(exit).ok && Date.now() < end;);
  assertEquals(assertOk(await waiting).map(({ state }) => state), [{ kind: "exited", code: 4 }]);
  await bury(ctx, session);
});

async function pidOf(ctx: Context, ref: SessionRef, part: Part): Promise<number> {
  const leader = leaderOfSession(ctx, ref);
  if (part === "relay") return Number(Deno.readTextFileSync(join(generationDir(ctx.profile.paths, ref), "relay.pid")));
  const pid = part === "command"
    ? (await marked(ctx, ref)).find(({ ppid }) => ppid === leader.inner?.pid)?.pid
    : leader[part]?.pid;
  if (pid === undefined) throw new Error(`${ref.id} has no ${part}`);
  return pid;
}
