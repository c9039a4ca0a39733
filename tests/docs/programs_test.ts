/** What the documents say of the programs of this repository: their options, the tasks, the variables that something reads. */
import { assert, assertEquals } from "../kit/assert.ts";
import { formProblem, shellWords } from "../kit/command_lines.ts";
import { codeOf, documents, repositoryFiles } from "../kit/documents.ts";

const ROOT = new URL("../../", import.meta.url);

const TASKS: Readonly<Record<string, { readonly command: string }>> = JSON.parse(read("deno.json") ?? "").tasks;

function read(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(new URL(path, ROOT));
  } catch {
    return undefined;
  }
}

/** The words of a command line that starts a program of this repository, without what stands in front of it; undefined for any other. */
function ownCommand(line: string): readonly string[] | undefined {
  const words = [...shellWords(line.replace(/^\s*\$ /, ""))];
  while (/^[A-Z_]+=/.test(words[0] ?? "") || ["sh", "exec"].includes(words[0] ?? "")) words.shift();
  const [program = ""] = words;
  return /^(?:\.\/)?(?:install\.sh$|(?:scripts|bin|\.ci)\/.*[^/]$)/.test(program) ? words : undefined;
}

/** Why a command line of our own would be refused; undefined when it would not. */
function problemOf([named = "", ...args]: readonly string[]): string | undefined {
  const program = named.replace(/^\.\//, "");
  if (read(program) === undefined) return `there is no ${program}`;
  if (program === "bin/looop") return formProblem(["looop", ...args].join(" "));
  if (program === "scripts/deno") return denoProblem(args);
  const accepted = optionsOf(program);
  const wrong = args.find((word) => word.startsWith("-") && !accepted.has(word.replace(/=.*/, "")));
  return wrong === undefined ? undefined : `${program} knows no ${wrong}`;
}

function denoProblem([verb = "", name = "", ...args]: readonly string[]): string | undefined {
  if (verb !== "task") return denoOptions(verb).size > 0 ? undefined : `deno has no ${verb}`;
  if (!Object.hasOwn(TASKS, name)) return `there is no task ${name}`;
  const command = TASKS[name]?.command ?? "";
  if (command.includes("bin/looop")) return formProblem(["looop", ...args].join(" "));
  return problemOf([/\.\/scripts\/\w+/.exec(command)?.[0] ?? "", ...args]);
}

/** The options that a program compares its words with: `--name)` in a script for sh, `=== "--name"` in one for Deno. */
function optionsOf(program: string): ReadonlySet<string> {
  const shell = read(program) ?? "";
  const typed = read(`${program}.ts`) ?? "";
  return new Set([
    ...[...shell.matchAll(/(?:^|\|)\s*(--?[a-z-]+)(?:=\*)?(?= *[|)])/gm)].map(([, name = ""]) => name),
    ...[...typed.matchAll(/(?:=== |includes\()"(--[a-z-]+)"/g)].map(([, name = ""]) => name),
    // It hands on what it does not know.
    ...program === "scripts/test" ? denoOptions("test") : [],
  ]);
}

function denoOptions(verb: string): ReadonlySet<string> {
  const args = [verb, "--help"];
  const { stdout } = new Deno.Command(Deno.execPath(), { args, env: { NO_COLOR: "1" }, stderr: "null" }).outputSync();
  return new Set(new TextDecoder().decode(stdout).match(/--[a-z][a-z-]*/g));
}

Deno.test("every command line of our own programs in the documents is one that they accept", () => {
  const refused: string[] = [];
  let seen = 0;
  for (const { path, text } of documents()) {
    for (const line of codeOf(text)) {
      const words = ownCommand(line);
      if (words === undefined) continue;
      seen++;
      const problem = problemOf(words);
      if (problem !== undefined) refused.push(`${path}: ${line}\n    ${problem}`);
    }
  }
  assertEquals(refused, []);
  assert(seen > 25, `only ${seen} lines were found`);
});

const VARIABLE = /\bLOOOP_[A-Z0-9_]*[A-Z0-9]\b(?!\*)/g;

/** The names of our variables that some program speaks of outside of comments; help and tests of documents only tell of them. */
function variables(): ReadonlySet<string> {
  const code = repositoryFiles().filter((path) =>
    /^(?:src|scripts|tests|bin|npm|\.ci|install\.sh|main\.ts|deno\.json)/.test(path) &&
    !/\.md$|^src\/verbs\/help\/|^tests\/docs\/|^tests\/golden\//.test(path)
  );
  return new Set(code.flatMap((path) => {
    const lines = (read(path) ?? "").split("\n").filter((line) => !/^\s*(?:\/\/|\/?\*|#)/.test(line));
    return lines.join("\n").match(VARIABLE) ?? [];
  }));
}

Deno.test("every variable of ours in the documents is one that something reads", () => {
  const known = variables();
  const unknown: string[] = [];
  let seen = 0;
  for (const { path, text } of documents()) {
    for (const [name] of text.matchAll(VARIABLE)) {
      seen++;
      if (!known.has(name)) unknown.push(`${path}: ${name}`);
    }
  }
  assertEquals(unknown, []);
  assert(seen > 30, `only ${seen} were found`);
});

Deno.test("what no program accepts is found", () => {
  const lines = [
    "sh install.sh --uninstal",
    "scripts/bench --pear PATH",
    "scripts/deno task soakk",
    "scripts/deno task bench --pear PATH",
    "scripts/deno task start demmo",
    "LOOOP_TEST_UPDATE=1 scripts/test --filtre x",
    "scripts/benhc",
    "./instal.sh",
  ];
  assertEquals(lines.filter((line) => problemOf(ownCommand(line) ?? [""]) === undefined), []);
  const right = [
    "sh install.sh --version 0.1.0",
    "scripts/docs --check",
    "scripts/deno task test --filter x",
    "scripts/deno fmt",
  ];
  assertEquals(right.map((line) => problemOf(ownCommand(line) ?? ["?"])), right.map(() => undefined));
  assert(!variables().has(["LOOOP", "TEST", "FAULT"].join("_")));
});
