import { dirname } from "node:path";
import { assertEquals, assertIncludes } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import { captureTerminal } from "../../kit/terminal.ts";
import { audienceProblem } from "../../../src/cli/caller.ts";
import { runCli } from "../../../src/cli/run_cli.ts";
import { VERBS } from "../../../src/verbs/table.ts";
import type { VerbEntry } from "../../../src/verbs/verb.ts";

const SESSION = { kind: "worker", session: "w", client: undefined } as const;

function allowed(entry: VerbEntry, meta: boolean): boolean {
  return audienceProblem(entry, SESSION, () => meta) === undefined;
}

function names(entries: readonly VerbEntry[]): readonly string[] {
  return entries.map(({ path }) => path.join(" ")).sort();
}

Deno.test("inside a session run its own verbs and reads, with --meta policy too, and nothing else", () => {
  const changing = VERBS.filter(({ effect }) => effect !== "read");
  assertEquals(names(changing.filter((entry) => allowed(entry, false))), [
    "_ ask",
    "_ claim",
    "_ cost",
    "_ kill",
    "_ told",
    "_ unclaim",
    "flag",
    "unflag",
  ]);
  assertEquals(names(changing.filter((entry) => allowed(entry, true) && !allowed(entry, false))), [
    "_ goal archive",
    "_ goal write",
    "_ playbook write",
    "_ schedule rm",
    "_ schedule write",
    "_ sensor archive",
    "_ sensor write",
  ]);
  // A verb that is said to read, and changes something after all, would slip through: these are known to read.
  assertEquals(names(VERBS.filter(({ effect, hidden }) => effect === "read" && hidden !== true)), READS);
});

const READS: readonly string[] = [
  "_ goal list",
  "_ goal show",
  "_ playbook show",
  "_ schedule list",
  "_ sensor list",
  "_ state",
  "_ wait",
  "_ worker list",
  "asks",
  "config bash",
  "config fish",
  "config show",
  "config zsh",
  "cost",
  "doctor",
  "expect",
  "help",
  "journal",
  "log",
  "ls",
  "notices",
  "shot",
  "status",
  "version",
  "wait",
  "wait-idle",
];

Deno.test("every verb that is not for sessions is refused in one, with 5, whatever it is given, and nothing is made", async () => {
  const refused = VERBS.filter((entry) => !allowed(entry, false));
  for (const entry of refused) {
    await using test = await makeContext({ bare: true, env: { LOOOP_SESSION_ID: "w" } });
    const terminal = captureTerminal({ stdin: "x" });
    const code = await runCli({ ...test.os, terminal }, [...entry.path, ...wordsOf(entry)]);
    assertEquals([entry.path.join(" "), code], [entry.path.join(" "), 5], terminal.err());
    assertIncludes(terminal.err(), `in session "w"`);
    assertEquals([...Deno.readDirSync(dirname(test.dir))], []);
  }
});

/** As little as the parser lets pass. */
function wordsOf(entry: VerbEntry): readonly string[] {
  const options = entry.options.filter(({ required }) => required === true);
  return [
    ...options.flatMap(({ name, value }) => value === undefined ? [`--${name}`] : [`--${name}`, "x"]),
    ...entry.args.filter(({ required }) => required === true).map(() => "x"),
  ];
}
