import { join } from "node:path";
import { assert, assertEquals, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import { waitUntil } from "../../kit/wait_until.ts";
import { inState, marked, shown, startLine } from "../../kit/session.ts";
import { type KillAnswer, killSession } from "../../../src/sessions/kill.ts";
import type { Context } from "../../../src/profile/profile.ts";
import type { SessionRef } from "../../../src/sessions/schema.ts";

async function end(ctx: Context, ref: SessionRef, graceMs: number): Promise<KillAnswer> {
  return assertOk(await killSession(ctx, ref, { by: "test", why: "kill", graceMs }));
}

const CASES: readonly {
  readonly name: string;
  readonly line: string;
  readonly graceMs: number;
  readonly want: Partial<KillAnswer>;
  readonly code?: number;
}[] = [
  {
    name: "graceful",
    line: "trap 'exit 4' TERM; echo ready; while :; do sleep 0.05; done",
    graceMs: 5000,
    want: { escalated: false },
    code: 4,
  },
  { name: "plain", line: "echo ready; exec sleep 600", graceMs: 5000, want: { escalated: false }, code: 143 },
  {
    name: "stubborn",
    line: "trap '' TERM HUP INT; (trap '' TERM; while :; do sleep 600; done) & echo ready; while :; do sleep 600; done",
    graceMs: 300,
    want: { escalated: true },
    code: 137,
  },
  {
    name: "setsid",
    line: "setsid sh -c 'sleep 600 & sleep 600' & (setsid sleep 601 &) ; echo ready; sleep 600",
    graceMs: 1000,
    want: { escalated: false },
  },
  { name: "stops itself", line: "echo ready; kill -STOP $$; sleep 600", graceMs: 2000, want: {} },
  {
    name: "interactive",
    line: "exec bash --norc -i -c 'set -m; sleep 600 & sleep 601 & kill -STOP %2; echo ready; sleep 602'",
    graceMs: 700,
    want: {},
  },
  { name: "forks", line: "echo ready; while :; do sleep 0.3 & sleep 0.02; done", graceMs: 1000, want: {} },
];

for (const { name, line, graceMs, want, code } of CASES) {
  Deno.test(`killSession() leaves nothing of a tree: ${name}`, async () => {
    await using t = await makeContext();
    const { context: ctx } = t;
    const session = await startLine(ctx, "victim", line);
    await shown(ctx, session, "ready");
    const answer = await end(ctx, session, graceMs);
    assertEquals({ killed: answer.killed, left: answer.left }, { killed: true, left: [] });
    assertEquals({ ...answer, ...want }, answer);
    assertEquals(answer.state.kind, "killed");
    if (code !== undefined) assertEquals(answer.state, { kind: "killed", code });
    assert(answer.ms < graceMs + 2500, `took ${answer.ms} ms`);
    assertEquals((await marked(ctx, session)).length, 0);
    assertEquals((await end(ctx, session, graceMs)).killed, false);
  });
}

Deno.test("killSession() signals nobody when the process numbers have passed to others", async () => {
  await using t = await makeContext();
  const { context: ctx } = t;
  const bystander = new Deno.Command("setsid", { args: ["sleep", "600"] }).spawn();
  const session = await startLine(ctx, "reused", "exit 0");
  await inState(ctx, session, "exited");
  // The end is recorded before the last helper is gone.
  await waitUntil("its processes are gone", async () => (await marked(ctx, session)).length === 0);
  const dir = `${ctx.profile.paths.sessions}/reused/1`;
  for (const name of ["sup.id", "script.id", "inner.id"]) {
    Deno.writeTextFileSync(`${dir}/${name}`, `${bystander.pid} 12345\n`);
  }
  assertEquals((await end(ctx, session, 0)).killed, false);
  assertEquals(await Promise.race([bystander.status, Promise.resolve("alive")]), "alive");
  bystander.kill("SIGKILL");
  await bystander.status;
});

Deno.test("killSession() takes the programs that record an end for nothing left behind", async () => {
  await using t = await makeContext();
  const { context: ctx, dir } = t;
  // Holds the last step of the record, after the end shows and before the helpers are gone.
  const bin = join(dir, "bin");
  Deno.mkdirSync(bin);
  await new Deno.Command("mkfifo", { args: [join(dir, "gate")] }).output();
  const slow = `#!/bin/sh
if [ "$1" = end.slot ]; then : >'${dir}/there'; read -r _ <'${dir}/gate'; fi
exec /bin/mv "$@"
`;
  Deno.writeTextFileSync(join(bin, "mv"), slow, { mode: 0o700 });
  const session = await startLine(ctx, "recorded", "exit 3", { env: { PATH: `${bin}:/usr/bin:/bin` } });
  await waitUntil("its end is being recorded", () => ctx.os.files.stat(join(dir, "there")).ok);
  const answer = await end(ctx, session, 0);
  assertEquals({ killed: answer.killed, signalled: answer.signalled, left: answer.left }, {
    killed: false,
    signalled: 0,
    left: [],
  });
  assertEquals(answer.state, { kind: "exited", code: 3 });
  Deno.writeTextFileSync(join(dir, "gate"), "\n");
  await waitUntil("its processes are gone", async () => (await marked(ctx, session)).length === 0);
});
