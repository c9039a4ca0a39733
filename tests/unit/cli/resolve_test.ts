import fc from "fast-check";
import { assertEquals } from "../../kit/assert.ts";
import { resolve, resolveAny } from "../../../src/cli/resolve.ts";
import { SPELLINGS } from "../../../src/verbs/spellings.ts";
import { VERBS } from "../../../src/verbs/table.ts";
import { suggest } from "../../../src/base/suggest.ts";
import type { VerbEntry } from "../../../src/verbs/verb.ts";

/** An entry of which only the path counts. */
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

const NAMES = {
  verbs: [
    at("status"),
    at("wait"),
    at("asks"),
    at("asks withdraw"),
    at("notices"),
    at("notices ack"),
    at("_ wait"),
    at("_ goal write"),
    at("_ goal list"),
    at("_ worker start"),
    at("_ run", { passthrough: true }),
    at("secret", { hidden: true }),
    at("old", { aliasOf: ["status"] }),
  ],
  spellings: [["goal write", "_ goal write"], ["start-session", "_ worker start"], ["gone", "no such"]] as const,
};

/** A resolution as one line. */
function told(line: string): string {
  const found = resolve(line === "" ? [] : line.split(" "), NAMES);
  switch (found.kind) {
    case "verb":
      return `${found.entry.path.join(" ")} <- ${found.words.join(" ")}`;
    case "bare":
      return `bare <- ${found.globals.join(" ")}`;
    case "group":
      return `group ${found.path.join(" ")} <- ${found.globals.join(" ")}`;
    case "unknown":
      return `unknown ${found.typed} ~ ${found.near.join(", ")}`;
  }
}

Deno.test("resolve() finds the longest path and leaves the rest to the verb", () => {
  const table: readonly (readonly [string, string])[] = [
    ["", "bare <- "],
    ["--json", "bare <- --json"],
    ["-h", "bare <- -h"],
    ["status", "status <- "],
    ["status --json", "status <- --json"],
    ["--json status", "status <- --json"],
    ["--client me status x", "status <- --client me x"],
    ["--client=me _ --json goal --help write x", "_ goal write <- --client=me --json --help x"],
    ["asks", "asks <- "],
    ["asks withdraw w-1", "asks withdraw <- w-1"],
    ["asks withdra", "asks <- withdra"],
    ["notices --json ack 3", "notices ack <- --json 3"],
    ["notices --all", "notices <- --all"],
    ["wait w1", "wait <- w1"],
    ["_ wait", "_ wait <- "],
    ["goal write g", "_ goal write <- g"],
    ["_ run ls --json", "_ run <- ls --json"],
    ["_ run --json ls --json", "_ run <- --json ls --json"],
    ["_ goal", "group _ goal <- "],
    ["_ goal --help", "group _ goal <- --help"],
    ["_", "group _ <- "],
    ["old", "status <- "],
    ["start-session w1 brief", "_ worker start <- w1 brief"],
    ["start-session w1 brief claude", "_ worker start <- w1 --runner claude -- brief"],
    ["statsu", "unknown statsu ~ status"],
    ["_ statsu", "unknown _ statsu ~ status"],
    ["goal list", "unknown goal list ~ _ goal list"],
    ["_ goal wriet x", "unknown _ goal wriet ~ _ goal write, _ goal list"],
    ["secre", "unknown secre ~ "],
    ["gone", "unknown gone ~ "],
    ["--bogus", "unknown --bogus ~ "],
    ["constructor", "unknown constructor ~ "],
  ];
  for (const [given, want] of table) assertEquals(told(given), want, given);
});

Deno.test("suggest() offers what is near, best first, and nothing far-fetched", () => {
  const verbs = ["status", "start", "down", "up", "notices"];
  assertEquals(suggest("stat", verbs), ["status", "start"]);
  assertEquals(suggest("dwon", verbs), ["down"]);
  assertEquals(suggest("x", verbs), []);
  assertEquals(suggest("completely-else", verbs), []);
});

Deno.test("resolve() takes its short way only where it leads to the same", () => {
  const names = { verbs: VERBS, spellings: SPELLINGS };
  const paths = [...VERBS.map(({ path }) => path.join(" ")), ...SPELLINGS.map(([typed]) => typed)];
  const words = [
    ...new Set(paths.flatMap((path) => path.split(" "))),
    "--json",
    "--client",
    "me",
    "-h",
    "x",
    "--",
    "--tail",
  ];
  const line = fc.oneof(
    fc.array(fc.constantFrom(...words), { maxLength: 6 }),
    fc.tuple(fc.constantFrom(...paths), fc.array(fc.constantFrom(...words), { maxLength: 3 }))
      .map(([path, more]) => [...path.split(" "), ...more]),
  );
  fc.assert(fc.property(line, (argv) => assertEquals(resolve(argv, names), resolveAny(argv, names))), {
    numRuns: 3_000,
  });
});
