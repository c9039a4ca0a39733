import { assert, assertEquals, assertIncludes, assertMatch } from "../../kit/assert.ts";
import { type ContextOptions, makeContext } from "../../kit/context.ts";
import { captureTerminal, type TerminalOptions } from "../../kit/terminal.ts";
import { runCli } from "../../../src/cli/run_cli.ts";
import type { Os } from "../../../src/os/os.ts";

interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a line in this process, on a profile that is not there unless `options` says so. */
async function run(
  line: string | readonly string[],
  options: ContextOptions & { readonly terminal?: TerminalOptions; readonly os?: (os: Os) => Os } = {},
): Promise<Told> {
  await using test = await makeContext({ bare: true, ...options });
  const terminal = captureTerminal(options.terminal);
  const os = { ...test.os, terminal };
  const words = typeof line === "string" ? line.split(" ").filter((word) => word !== "") : line;
  const code = await runCli(options.os?.(os) ?? os, words);
  return { code, out: terminal.out(), err: terminal.err() };
}

Deno.test("a line that cannot be understood ends with 2, says why, and prints no value", async () => {
  const table: readonly (readonly [string, string, string])[] = [
    ["verzion", "there is no such verb", "did you mean looop version?"],
    ["--bogus", "there is no option --bogus", "looop help"],
    ["version --bogus", "there is no option --bogus", "looop version"],
    ["version x", "it takes no arguments", "looop version"],
    ["_ goal", "the beginning of several verbs", "looop _ goal write"],
    ["_ goal write", "<id> is missing", "looop _ goal write <id>"],
    ["--client", "--client needs a value", "looop overview"],
    ["version --client a/b", "it is not an id", "fix-login"],
  ];
  for (const [line, state, hint] of table) {
    const { code, out, err } = await run(line);
    assertEquals([line, code, out], [line, 2, ""]);
    assertMatch(err, /^looop: Cannot .*\n {2}/);
    assertIncludes(err, state);
    assertIncludes(err, hint);
  }
});

Deno.test("with --json a failure is one object on stdout, and the sentence still on stderr", async () => {
  for (const line of ["verzion --json", "--json verzion", "version --json --bogus", "_ goal show x --json"]) {
    const { code, out, err } = await run(line);
    const { error, ...rest } = JSON.parse(out);
    assertEquals(rest, {});
    assertEquals(Object.keys(error).sort(), ["code", "hint", "kind", "message"]);
    assertEquals(error.code, code);
    assertMatch(error.message, /^Cannot /);
    assertIncludes(err, error.message);
  }
  const behind = await run("version -- --json");
  assertEquals([behind.code, behind.out], [2, ""]);
});

Deno.test("help and version answer wherever they are asked for, and need no profile", async () => {
  for (const line of ["--version", "-V", "version"]) assertMatch((await run(line)).out, /^looop \d+\.\d+\.\d+/);
  for (const line of ["--help", "-h", "help", "help --json --flag"]) assertIncludes((await run(line)).out, "THE IDEA");
  for (const line of ["_ goal write --help", "help _ goal write", "help goal write", "goal write -h x --bogus"]) {
    assertIncludes((await run(line)).out, "Usage: looop _ goal write <id>");
  }
  for (const line of ["_ goal --help", "help goal", "help _ goal"]) {
    assertIncludes((await run(line)).out, "_ goal archive");
  }
  const unknown = await run("help nonsense");
  assertEquals([unknown.code, unknown.out], [3, ""]);
});

Deno.test("no profile is 3 and says how to make one; reading never makes one", async () => {
  await using test = await makeContext({ bare: true });
  const terminal = captureTerminal();
  const os = { ...test.os, terminal };
  assertEquals(await runCli(os, ["notices"]), 3);
  assertIncludes(terminal.err(), "looop init");
  assertEquals(await runCli(os, []), 0);
  assertIncludes(terminal.out(), "looop init");
  assertEquals(test.os.files.stat(test.dir).ok, false);
});

Deno.test("inside a session only what is made for workers, and what reads, runs", async () => {
  const env = { LOOOP_SESSION_ID: "w1" };
  for (const line of ["version", "help", "complete -- x"]) assertEquals((await run(line, { env })).code, 0, line);
  for (const line of ["_ goal write g x", "init", "up", "_ notify x", "notices ack --all", "_ sensor archive today"]) {
    const { code, err } = await run(line, { env });
    assertEquals([line, code], [line, 5]);
    assertIncludes(err, 'in session "w1"');
    assertIncludes(err, "_ ask");
  }
  assertEquals((await run("_ told", { env })).code, 3); // allowed, but there is no profile
  assertEquals((await run("version", { env: { LOOOP_SESSION_ID: "../x" } })).code, 2);
});

Deno.test("what cannot be printed is not delivered: quietly when the reader left, with a sentence otherwise", async () => {
  assertEquals(await run("version", { terminal: { out: "closed" } }), { code: 1, out: "", err: "" });
  const full = await run("version", { terminal: { out: "failed" } });
  assertEquals(full.code, 1);
  assertIncludes(full.err, "Cannot print the output");
});

Deno.test("an unexpected error is told as a bug, in one sentence, with its stack only when asked for", async () => {
  const broken = (os: Os): Os => ({
    ...os,
    environment: {
      ...os.environment,
      get: (name) => {
        if (name === "LOOOP_SESSION_ID") throw new TypeError("wires crossed");
        return os.environment.get(name);
      },
    },
  });
  const plain = await run("version --json", { os: broken });
  assertEquals(plain.code, 1);
  assertEquals(JSON.parse(plain.out).error.kind, "failed");
  assertIncludes(plain.err, "this is a bug in looop (TypeError: wires crossed)");
  assert(!plain.err.includes("    at "));
  const debug = await run("version", { os: broken, env: { LOOOP_DEBUG: "1" } });
  assertIncludes(debug.err, "    at ");
});

Deno.test("nothing printed can move a terminal's cursor, in JSON either", async () => {
  const nasty = "x\u001b[31m\u009b2J\u202e\u0007";
  const { out, err } = await run(["help", nasty, "--json"]);
  // deno-lint-ignore no-control-regex -- that is what is looked for
  assertEquals([/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/.test(out), /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/.test(err)], [
    false,
    false,
  ]);
});
