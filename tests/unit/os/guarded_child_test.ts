import { assert, assertEquals, assertMatch } from "../../kit/assert.ts";
import { ownSpan, running, type RunningProcess } from "../../kit/processes.ts";
import { waitUntil } from "../../kit/wait_until.ts";
import { realClock } from "../../../src/os/clock.ts";
import { type ChildSpec, runGuarded } from "../../../src/os/guarded_child.ts";

const clock = realClock();
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** A shell script as the child, with the usual limits. */
function script(line: string, more: Partial<ChildSpec> = {}): ChildSpec {
  return { argv: ["sh", "-c", line], timeoutMs: 10_000, stdoutMax: 1000, stderrMax: 1000, overflow: "kill", ...more };
}

Deno.test("runGuarded() answers code and output, apart or in order", async () => {
  const apart = await runGuarded(clock, script("echo out; echo err >&2; exit 3")).end;
  assert(apart.kind === "exited");
  assertEquals([apart.code, text(apart.stdout), text(apart.stderr)], [3, "out\n", "err\n"]);
  const { stderrMax: _, ...merged } = script("echo out; echo err >&2; exit 130");
  const together = await runGuarded(clock, merged).end;
  assert(together.kind === "exited");
  assertEquals([together.code, text(together.stdout)], [130, "out\nerr\n"]);
});

Deno.test("runGuarded() passes arguments and stdin untouched", async () => {
  const nasty = "a'b\"c $(exit 9) `x` \n * -- %s\\";
  const spec = { ...script(""), argv: ["sh", "-c", 'printf %s "$1"; cat', "sh", nasty], stdin: nasty };
  const end = await runGuarded(clock, spec).end;
  assertEquals(text(end.stdout), nasty + nasty);
  const none = await runGuarded(clock, script("cat; echo eof")).end;
  assertEquals(text(none.stdout), "eof\n");
});

Deno.test("runGuarded() kills the group at the deadline and what a finished command left behind", async () => {
  const hung = await runGuarded(
    clock,
    script(`trap '' TERM; sleep ${ownSpan(4711)} & sleep ${ownSpan(4711)}`, { timeoutMs: 200 }),
  ).end;
  assertEquals(hung.kind, "timed_out");
  const left = await runGuarded(clock, script(`sleep ${ownSpan(4712)} >/dev/null 2>&1 & echo $!`)).end;
  assertEquals(left.kind, "exited");
  // The signal has been sent; on a busy machine the kernel takes a moment to carry it out.
  for (const span of [4711, 4712]) {
    await waitUntil("nothing is left", async () => (await processList(`sleep ${ownSpan(span)}`)).length === 0);
  }
});

Deno.test("runGuarded() bounds what a flood costs", async () => {
  const flood = await runGuarded(clock, script("yes", { stdoutMax: 8192 })).end;
  assertEquals([flood.kind, flood.stdout.length], ["too_large", 8192]);
  const noisy = await runGuarded(clock, script("yes | head -c 3000000 >&2; echo ok; echo last >&2")).end;
  assertEquals([noisy.kind, text(noisy.stdout)], ["exited", "ok\n"]);
  assertMatch(text(noisy.stderr), /last\n$/);
  const tail = await runGuarded(clock, script("yes | head -c 3000000; echo end", { overflow: "tail", stdoutMax: 10 }))
    .end;
  assertEquals([tail.kind, text(tail.stdout)], ["exited", "y\ny\ny\nend\n"]);
});

Deno.test("runGuarded() does not wait for a descendant that fled with the pipe", async () => {
  const end = await runGuarded(clock, script("setsid sleep 10 & echo done")).end;
  assertEquals([end.kind, text(end.stdout)], ["exited", "done\n"]);
  assert(end.ms < 8_000, `took ${end.ms} ms`);
});

Deno.test("runGuarded() says what could not be started", async () => {
  const end = await runGuarded(clock, script("true", { cwd: "/no/such/dir" })).end;
  assertEquals(end.kind, "not_started");
  const missing = await runGuarded(clock, { ...script(""), argv: ["/no/such/program"] }).end;
  assert(missing.kind === "exited" && missing.code === 127);
});

Deno.test("runGuarded() leaves no child when its parent is killed", async () => {
  const program = `
    import { realClock } from ${JSON.stringify(import.meta.resolve("../../../src/os/clock.ts"))};
    import { runGuarded } from ${JSON.stringify(import.meta.resolve("../../../src/os/guarded_child.ts"))};
    const child = runGuarded(realClock(), { argv: ["sh", "-c", "sleep ${ownSpan(4713)} & echo up >&2; sleep ${
    ownSpan(4713)
  }"], timeoutMs: 60000, stdoutMax: 10, overflow: "kill" });
    console.log("started");
    await child.end;
  `;
  const parent = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--ext=ts", "-"],
    stdin: "piped",
    stdout: "piped",
  })
    .spawn();
  const writer = parent.stdin.getWriter();
  await writer.write(new TextEncoder().encode(program));
  await writer.close();
  const reader = parent.stdout.getReader();
  await reader.read();
  await until(async () => (await processList(`sleep ${ownSpan(4713)}`)).length >= 2);
  parent.kill("SIGKILL");
  await parent.status;
  await reader.cancel();
  await until(async () => (await processList(`sleep ${ownSpan(4713)}`)).length === 0);
});

/** Live processes with such a text, without the shells that have it in their script. */
async function processList(text: string): Promise<readonly RunningProcess[]> {
  return (await running(text)).filter(({ command }) => !command.includes("sh -c"));
}

async function until(fact: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await fact())) {
    assert(performance.now() < end, "the fact did not come about in 10 s");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
