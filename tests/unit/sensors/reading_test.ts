import { assert, assertEquals } from "../../kit/assert.ts";
import { canonicalJson } from "../../../src/base/canonical_json.ts";
import { errorReading, judgeOutput, judgeRun } from "../../../src/sensors/reading.ts";
import type { ChildEnd } from "../../../src/os/guarded_child.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const OUTPUTS: readonly (readonly [string, string | Uint8Array, string])[] = [
  ["one object", '{"signal":{"n":1}}', "ok"],
  ["white space around it", '\n  {"a":1} \n\n', "ok"],
  ["an object over several lines", '{\n "a": [1,\n 2]\n}', "ok"],
  ["an empty object", "{}", "ok"],
  ["a byte order mark", new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d]), "ok"],
  ["exactly the limit", `{"a":"${"x".repeat(92)}"}`, "ok"],
  ["a byte more", `{"a":"${"x".repeat(93)}"}`, "too-large"],
  ["bytes count, not characters", `{"a":"${"ä".repeat(50)}"}`, "too-large"],
  ["nothing", "", "empty"],
  ["white space alone", " \n", "empty"],
  ["plain text", "disk is full", "not-json"],
  ["half an object", '{"a":', "not-json"],
  ["an object and text", '{"a":1} done', "not-json"],
  ["text and an object", 'note {"a":1}', "not-json"],
  ["bytes that are no text", new Uint8Array([0x7b, 0xff, 0x7d]), "not-json"],
  ["two objects", '{"a":1}\n{"b":2}', "two-objects"],
  ["two objects without a gap", '{"a":"}"}{"b":2}', "two-objects"],
  ["an object and a number", '{"a":1} 3', "two-objects"],
  ["an array", "[1,2]", "not-an-object"],
  ["a number", "3", "not-an-object"],
  ["null", "null", "not-an-object"],
  ["a text in quotes", '"{}"', "not-an-object"],
  ["too deep, whole or not", `{"a":${"[".repeat(65)}`, "too-deep"],
  ["brackets in a text are not depth", `{"a":"${"[".repeat(80)}"}`, "ok"],
];

for (const [name, output, want] of OUTPUTS) {
  Deno.test(`judgeOutput() takes ${name} for ${want}`, () => {
    const judged = judgeOutput(typeof output === "string" ? bytes(output) : output, 100);
    assertEquals("error" in judged ? judged.error : "ok", want);
  });
}

const limits = { path: "/p/sensors/x.sh", maxBytes: 100, timeoutMs: 60_000 };

type How = ChildEnd extends infer End ? End extends ChildEnd ? Omit<End, "stdout" | "stderr" | "ms" | "held"> : never
  : never;

function ended(how: How, stderr = ""): ChildEnd {
  return { stdout: bytes("{}"), stderr: bytes(stderr), ms: 5, held: false, ...how };
}

const ENDS: readonly (readonly [string, ChildEnd, string])[] = [
  ["exit 0", ended({ kind: "exited", code: 0 }), "reading"],
  ["exit 3", ended({ kind: "exited", code: 3 }), "exit"],
  ["a script's own exit 130", ended({ kind: "exited", code: 130 }), "exit"],
  [
    "a command in it that is missing",
    ended({ kind: "exited", code: 127 }, "/p/sensors/x.sh: 3: foo: not found\n"),
    "exit",
  ],
  [
    "an interpreter that is missing",
    ended({ kind: "exited", code: 127 }, "sh: 1: /p/sensors/x.sh: not found\n"),
    "not-startable",
  ],
  [
    "the same, said by another sh",
    ended({ kind: "exited", code: 126 }, "sh: line 9: /p/sensors/x.sh: bad interpreter\n"),
    "not-startable",
  ],
  ["the deadline", ended({ kind: "timed_out" }), "timeout"],
  ["a flood", ended({ kind: "too_large" }), "too-large"],
  ["a kill from outside", ended({ kind: "killed" }), "killed"],
  ["no start", ended({ kind: "not_started", message: "no such directory" }), "not-startable"],
];

for (const [name, end, want] of ENDS) {
  Deno.test(`judgeRun() takes ${name} for ${want}`, () => {
    const outcome = judgeRun(end, limits);
    assertEquals(outcome.kind === "error" ? outcome.error : outcome.kind, want);
  });
}

Deno.test("errorReading() has a signal that depends on the kind alone", () => {
  const one = errorReading({ error: "too-large", message: "it printed 9000 bytes", stderrTail: "12:01" }, 17);
  const two = errorReading({ error: "too-large", message: "it printed 9001 bytes", stderrTail: "12:02" }, undefined);
  assertEquals(canonicalJson(one.signal), canonicalJson(two.signal));
  assertEquals(one, {
    signal: { error: "too-large" },
    detail: { message: "it printed 9000 bytes", stderr_tail: "12:01", last_good_ts: 17 },
  });
});

Deno.test("judgeRun() shows the end of stderr, safe for a terminal and without secrets", () => {
  const noise = `${"x".repeat(5000)}\u001b[31mfailed\u001b[0m: password=hunter2hunter2\n`;
  const outcome = judgeRun(ended({ kind: "exited", code: 1 }, noise), limits);
  assert(outcome.kind === "error");
  assert(outcome.stderrTail.length <= 1024 && outcome.stderrTail.includes("failed"));
  assert(!outcome.stderrTail.includes("hunter2") && !outcome.stderrTail.includes("\u001b"));
});
