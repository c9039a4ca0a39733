import { assert, assertEquals } from "../../kit/assert.ts";
import { formProblem } from "../../kit/command_lines.ts";
import { GLOBAL_OPTIONS } from "../../../src/verbs/help/verb_help.ts";
import { SPELLINGS } from "../../../src/verbs/spellings.ts";
import { entryAt, pathText, VERBS } from "../../../src/verbs/table.ts";

Deno.test("every verb is described well enough for help, completions and the parser", () => {
  const problems: string[] = [];
  for (const entry of VERBS) {
    const complain = (problem: string) => problems.push(`${pathText(entry.path)}: ${problem}`);
    if (!/^[A-Z].*[^.]$/s.test(entry.summary)) complain(`the summary is no line without a full stop: ${entry.summary}`);
    if (entry.summary.length > 100) complain("the summary is longer than 100");
    if (entry.examples.length === 0) complain("there is no example");
    for (const example of entry.examples) {
      if (!example.includes("looop")) complain(`the example does not call looop: ${example}`);
      const problem = formProblem(example.replace(/^.*?(?=looop)/, ""));
      if (problem !== undefined) complain(`the example ${example} is refused: ${problem}`);
    }
    const names = [...entry.args, ...entry.options].map(({ name }) => name);
    if (new Set(names).size !== names.length) complain("two arguments or options have one name");
    for (const { name } of entry.args) {
      if (GLOBAL_OPTIONS.some((option) => option.name === name)) {
        complain(`the argument ${name} is named as an option of all`);
      }
    }
    const optional = entry.args.findIndex(({ required }) => required !== true);
    if (optional !== -1 && entry.args.slice(optional).some(({ required }) => required === true)) {
      complain("a required argument stands behind an optional one");
    }
    if (entry.args.slice(0, -1).some(({ rest }) => rest === true)) complain("only the last argument can take the rest");
    if (entry.body !== undefined && !names.includes(entry.body)) complain(`the body ${entry.body} is no argument`);
  }
  assertEquals(problems, []);
});

Deno.test("every verb can be loaded, and runs or follows", async () => {
  for (const entry of VERBS) {
    const module = await entry.load();
    assert((module.run === undefined) !== (module.follow === undefined), pathText(entry.path));
  }
});

Deno.test("no path is there twice; another spelling means a verb of the table and hides none", () => {
  const paths = VERBS.map(({ path }) => pathText(path));
  assertEquals(paths.filter((path, i) => paths.indexOf(path) !== i), []);
  for (const [typed, meant] of SPELLINGS) {
    assertEquals([meant, paths.includes(meant)], [meant, true]);
    assertEquals([typed, paths.includes(typed)], [typed, false]);
  }
  for (const entry of VERBS) {
    if (entry.aliasOf !== undefined) assert(entryAt(entry.aliasOf) !== undefined, pathText(entry.path));
  }
});
