import { assert, assertEquals } from "../kit/assert.ts";
import { commandLines, formProblem } from "../kit/command_lines.ts";
import { assertGolden, goldenNames } from "../kit/golden.ts";
import { CALLBACKS } from "../../src/prompts/contract.ts";
import { formatPrompt } from "../../src/prompts/format.ts";

const FACTS = {
  id: "fix-ci",
  reports: "/profile/reports",
  claims: "/profile/claims",
  cwd: "/profile/work/fix-ci",
  playbook: "/profile/PLAYBOOK.md",
};

const BRIEF = "Find out why CI is red.";

const PROMPTS: ReadonlyMap<string, string> = new Map([
  ["meta.txt", formatPrompt({ ...FACTS, meta: true }, BRIEF)],
  ["worker.txt", formatPrompt({ ...FACTS, meta: false }, BRIEF)],
]);

Deno.test("what stands in front of a worker's brief reads as it did", () => {
  for (const [name, text] of PROMPTS) assertGolden(`contract/${name}`, text);
  assertEquals(goldenNames("contract"), [...PROMPTS.keys()]);
});

Deno.test("every command line of the contract is one that looop understands", () => {
  for (const text of PROMPTS.values()) {
    const lines = commandLines(text);
    for (const line of Object.values(CALLBACKS)) assert(lines.includes(line), line);
    for (const line of lines) assertEquals([line, formProblem(line)], [line, undefined]);
  }
});
