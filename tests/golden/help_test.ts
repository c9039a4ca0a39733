import { assertEquals } from "../kit/assert.ts";
import { commandLines, formProblem } from "../kit/command_lines.ts";
import { assertGolden, goldenNames } from "../kit/golden.ts";
import { helpFor } from "../../src/verbs/help.ts";
import { TOPICS } from "../../src/verbs/help/topics.ts";
import { shownVerbs } from "../../src/verbs/help/verb_list.ts";

/** Everything that help can print, by the name of its golden file. */
async function allHelp(): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  const add = async (name: string, words: readonly string[]) => texts.set(`${name}.txt`, `${await helpFor(words)}\n`);
  await add("manual", []);
  for (const { name } of TOPICS) await add(`topic-${name}`, [name]);
  for (const { path } of shownVerbs()) await add(`verb-${path.join("-")}`, path);
  return texts;
}

Deno.test("help reads as it did", async () => {
  const texts = await allHelp();
  for (const [name, text] of texts) assertGolden(`help/${name}`, text);
  assertEquals(goldenNames("help"), [...texts.keys()].sort(), "golden files of verbs that are gone");
});

Deno.test("every command line that help shows is one that looop understands", async () => {
  const refused: string[] = [];
  let seen = 0;
  for (const [name, text] of await allHelp()) {
    for (const line of commandLines(text.replace(/^Usage: .*$/gm, ""))) {
      seen++;
      const problem = formProblem(line);
      if (problem !== undefined) refused.push(`${name}: ${line}\n    ${problem}`);
    }
  }
  assertEquals(refused, []);
  assertEquals(seen > 50, true, `only ${seen} lines were found`);
});

Deno.test("no line of help is wider than a terminal of a hundred columns needs to wrap twice", async () => {
  for (const [name, text] of await allHelp()) {
    for (const line of text.split("\n")) assertEquals(line.length <= 200, true, `${name}: ${line}`);
  }
});
