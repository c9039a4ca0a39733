import { assert, assertEquals, assertFailed, assertIncludes, assertOk } from "../../kit/assert.ts";
import { parse } from "../../../src/cli/parse.ts";
import type { VerbEntry } from "../../../src/verbs/verb.ts";

const PLAIN: VerbEntry = {
  path: ["_", "thing"],
  audience: "root",
  effect: "change",
  summary: "Do it",
  examples: ["looop _ thing x"],
  args: [
    { name: "id", summary: "which", required: true },
    { name: "text", summary: "what", required: true, rest: true },
  ],
  options: [
    { name: "timeout", value: "D", summary: "how long" },
    { name: "follow", short: "f", summary: "go on" },
    { name: "no-wait", summary: "do not wait" },
    { name: "tail", short: "n", value: "N", summary: "how many" },
    { name: "option", value: "X", summary: "one of many", many: true },
  ],
  body: "text",
  profile: "open",
  load: () => Promise.reject(new Error("not loaded in this test")),
};
const { body: _, ...NO_BODY } = PLAIN;
const PASSING: VerbEntry = {
  ...NO_BODY,
  path: ["_", "run"],
  args: [{ name: "cmd", summary: "the command", required: true, rest: true }],
  passthrough: true,
};
const MANDATORY: VerbEntry = {
  ...NO_BODY,
  args: [],
  options: [{ name: "prompt", value: "T", summary: "x", required: true }],
};

Deno.test("parse() keys the input by the names of the entry", () => {
  const { input, json, client, help } = assertOk(
    parse(PLAIN, [
      "w1",
      "a",
      "b c",
      "--timeout",
      "5s",
      "-f",
      "--no-wait",
      "--option",
      "1",
      "--option=2",
      "--json",
      "--client",
      "me",
    ]),
  );
  assertEquals({ json, client, help }, { json: true, client: "me", help: false });
  assertEquals(input, {
    id: "w1",
    text: ["a", "b c"],
    timeout: "5s",
    follow: true,
    "no-wait": true,
    tail: undefined,
    option: ["1", "2"],
    json: true,
    client: "me",
    help: false,
  });
  const bare = assertOk(parse(PLAIN, ["w1"])).input;
  assertEquals([bare.follow, bare["no-wait"], bare.option, bare.timeout], [false, false, [], undefined]);
});

Deno.test("parse() leaves alone what stands behind -- or is handed on", () => {
  const words = (entry: VerbEntry, line: readonly string[], name: string) => assertOk(parse(entry, line)).input[name];
  assertEquals(words(PLAIN, ["w1", "--", "-x", "--json"], "text"), ["-x", "--json"]);
  assertEquals(words(PLAIN, ["w1", "-"], "text"), ["-"]);
  assertEquals(words(PLAIN, ["w1", "---\ngoal: x\n---", "- a list", "-f"], "text"), ["---\ngoal: x\n---", "- a list"]);
  assertEquals(words(PLAIN, ["w1", "--option", "- a list", "--option=--x y"], "option"), ["- a list", "--x y"]);
  assertEquals(words(PASSING, ["ls", "-la", "--json", "--help"], "cmd"), ["ls", "-la", "--json", "--help"]);
  assertEquals(words(PASSING, ["--timeout", "5s", "--", "--odd", "-h"], "cmd"), ["--odd", "-h"]);
  const run = assertOk(parse(PASSING, ["--json", "sh", "-c", "x"]));
  assertEquals([run.json, run.input.cmd], [true, ["sh", "-c", "x"]]);
  assertEquals(assertOk(parse(PASSING, ["--timeout", "5s", "--help", "x"])).help, true);
  assertEquals(assertOk(parse(PASSING, ["man", "--help"])).help, false);
});

Deno.test("parse() answers a call for help whatever else the line says", () => {
  for (const line of [["--help"], ["-h"], ["--bogus", "--help"], ["a", "b", "c", "-h"], ["--timeout", "--help"]]) {
    assert(assertOk(parse(PLAIN, line)).help, line.join(" "));
  }
});

Deno.test("parse() refuses with a sentence that names the word, and the usage", () => {
  const table: readonly (readonly [VerbEntry, readonly string[], string, string])[] = [
    [PLAIN, ["w1", "x", "--bogus"], "there is no option --bogus", "put -- in front"],
    [PLAIN, ["w1", "x", "--timeot", "5s"], "there is no option --timeot", "did you mean --timeout?"],
    [PLAIN, ["w1", "x", "-q"], "there is no option -q", "looop _ thing <id>"],
    [PLAIN, ["w1", "x", "--timeout"], "--timeout needs a value", "looop _ thing <id>"],
    [PLAIN, ["w1", "x", "--timeout", "--json"], "--timeout needs a value", "looop _ thing"],
    [PLAIN, ["w1", "x", "-n", "-f"], "--tail needs a value", "looop _ thing"],
    [PLAIN, [], "<id> is missing", "looop _ thing <id> <text…|->"],
    [MANDATORY, [], "--prompt is missing", "--prompt T"],
    [MANDATORY, ["--prompt", "x", "y"], "it takes no arguments", "looop"],
  ];
  for (const [entry, line, state, hint] of table) {
    const failure = assertFailed(parse(entry, line));
    assertEquals(failure.kind, "usage");
    assertIncludes(failure.state, state);
    assertIncludes(failure.hint ?? "", hint);
  }
});
