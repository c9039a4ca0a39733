import { assertEquals, assertFailed, assertIncludes, assertOk } from "../../kit/assert.ts";
import { captureTerminal, type TerminalOptions } from "../../kit/terminal.ts";
import { BODY_MAX_BYTES, withBody } from "../../../src/cli/body.ts";
import type { Input, VerbEntry } from "../../../src/verbs/verb.ts";

function entry(required: boolean): VerbEntry {
  return {
    path: ["_", "tell"],
    audience: "root",
    effect: "change",
    summary: "Tell",
    examples: [],
    args: [{ name: "worker", summary: "who", required: true }, { name: "text", summary: "what", required, rest: true }],
    options: [],
    body: "text",
    profile: "open",
    load: () => Promise.reject(new Error("not loaded in this test")),
  };
}

async function body(input: Input, terminal: TerminalOptions, required = true): Promise<unknown> {
  return assertOk(await withBody(captureTerminal(terminal), entry(required), input)).text;
}

async function refused(input: Input, terminal: TerminalOptions): Promise<string> {
  const failure = assertFailed(await withBody(captureTerminal(terminal), entry(true), input));
  assertEquals(failure.kind, "usage");
  return failure.state;
}

const W = { worker: "w1", text: [] };

Deno.test("withBody() takes the words, or stdin for - and when they are left out", async () => {
  assertEquals(await body({ ...W, text: ["a", "b  c"] }, { stdin: "unread" }), "a b  c");
  assertEquals(await body({ ...W, text: ["-"] }, { stdin: "from\nstdin\n" }), "from\nstdin");
  assertEquals(await body(W, { stdin: "piped\r\n" }), "piped");
  assertEquals(await body(W, { stdin: "two\n\n" }), "two\n");
  assertEquals(await body({ ...W, text: ["-"] }, { stdin: "typed", stdinIsTerminal: true }), "typed");
  assertEquals(await body({ ...W, text: ["-", "x"] }, {}), "- x");
});

Deno.test("withBody() leaves an optional body out when nothing comes, and reads none when it belongs to nothing", async () => {
  assertEquals(await body(W, { stdinIsTerminal: true }, false), undefined);
  assertEquals(await body(W, { stdin: "" }, false), undefined);
  assertEquals(await body(W, { stdin: { kind: "silent" } }, false), undefined);
  assertEquals(await body({ worker: undefined, text: [] }, { stdin: "not for us" }, false), undefined);
});

Deno.test("withBody() refuses what is no text, empty, silent or too large", async () => {
  assertIncludes(await refused(W, { stdinIsTerminal: true }), "<text> is missing");
  assertIncludes(await refused(W, { stdin: { kind: "silent" } }), "nothing came on stdin for 5 seconds");
  assertIncludes(await refused(W, { stdin: "" }), "the text is empty");
  assertIncludes(await refused({ ...W, text: [" ", "\n"] }, {}), "the text is empty");
  assertIncludes(await refused(W, { stdin: "a\0b" }), "not text");
  assertIncludes(await refused(W, { stdin: new Uint8Array([0x61, 0xff, 0xfe]) }), "not text");
  assertIncludes(await refused({ ...W, text: ["a\0b"] }, {}), "not text");
  assertIncludes(await refused(W, { stdin: new Uint8Array(BODY_MAX_BYTES + 1).fill(97) }), "larger than 10 MiB");
  assertEquals((await body(W, { stdin: new Uint8Array(BODY_MAX_BYTES).fill(97) }) as string).length, BODY_MAX_BYTES);
});
