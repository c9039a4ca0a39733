import { assertEquals } from "../../../kit/assert.ts";
import { type Known, offer } from "../../../../src/verbs/completions/candidates.ts";
import { GLOBAL_OPTIONS } from "../../../../src/verbs/help/verb_help.ts";
import type { VerbEntry } from "../../../../src/verbs/verb.ts";

function at(path: string, more: Partial<VerbEntry> = {}): VerbEntry {
  return {
    path: path.split(" "),
    audience: "human",
    effect: "read",
    summary: path,
    examples: [],
    args: [],
    options: [],
    profile: "none",
    load: () => Promise.reject(new Error("not loaded in this test")),
    ...more,
  };
}

const KNOWN: Known = {
  verbs: [
    at("asks", { options: [{ name: "all", summary: "all" }] }),
    at("asks withdraw", { args: [{ name: "ask", summary: "which", required: true, complete: "asks" }] }),
    at("wait", {
      args: [{ name: "id", summary: "which", rest: true, complete: "sessions" }],
      options: [
        { name: "timeout", value: "D", summary: "how long" },
        { name: "goal", short: "g", value: "G", summary: "goal", complete: "goals" },
        { name: "cwd", value: "D", summary: "where", complete: "files" },
        { name: "mode", value: "M", summary: "how", complete: ["fast", "slow"] },
        { name: "tag", value: "T", summary: "tag", many: true },
      ],
    }),
    at("_ wait"),
    at("_ goal write"),
    at("_ run", { passthrough: true, args: [{ name: "cmd", summary: "command", rest: true }] }),
    at("secret", { hidden: true }),
  ],
  globals: GLOBAL_OPTIONS,
  ids: (kind) => [{ value: `${kind}-1`, summary: "" }, { value: `${kind}-2`, summary: "" }],
};

/** What is offered, as one line. */
function offered(...words: readonly string[]): string {
  const found = offer(words, KNOWN);
  return found.kind === "files" ? ":files" : found.candidates.map(({ value }) => value).join(" ");
}

Deno.test("offer() completes words of verbs, arguments, options and their values", () => {
  const table: readonly (readonly [readonly string[], string])[] = [
    [[""], "asks wait _"],
    [["a"], "asks"],
    [["s"], ""],
    [["--json", ""], "asks wait _"],
    [["--client", "me", "w"], "wait"],
    [["_", ""], "wait goal run"],
    [["_", "goal", ""], "write"],
    [["asks", ""], "withdraw"],
    [["asks", "--"], "--all --json --client --help"],
    [["asks", "--all", "--"], "--json --client --help"],
    [["asks", "withdraw", ""], "asks-1 asks-2"],
    [["asks", "withdraw", "asks-2"], "asks-2"],
    [["asks", "withdraw", "asks-1", ""], ""],
    [["wait", ""], "sessions-1 sessions-2"],
    [["wait", "sessions-1", ""], "sessions-1 sessions-2"],
    [["wait", "--timeout", ""], ""],
    [["wait", "--timeout", "5s", ""], "sessions-1 sessions-2"],
    [["wait", "--goal", ""], "goals-1 goals-2"],
    [["wait", "-g", ""], "goals-1 goals-2"],
    [["wait", "--goal=goals-1"], "--goal=goals-1"],
    [["wait", "--goal="], "--goal=goals-1 --goal=goals-2"],
    [["wait", "--mode", "f"], "fast"],
    [["wait", "--cwd", "/et"], ":files"],
    [["wait", "--cwd=/et"], ":files"],
    [["wait", "--tag", "x", "--ta"], "--tag"],
    [["wait", "--", "--mode", ""], "sessions-1 sessions-2"],
    [["_", "run", ""], ":files"],
    [["_", "run", "--", "ls", ""], ":files"],
    [["_", "run", "--j"], "--json"],
    [["nonsense", ""], ""],
    [["nonsense", "-"], "--json --client --help"],
    [[], "asks wait _"],
  ];
  for (const [words, want] of table) assertEquals(offered(...words), want, words.join(" "));
});
