import { assert, assertEquals } from "../kit/assert.ts";
import { FILES as FILE_NAMES } from "../../src/verbs/help/topics/files.ts";
import { commandLines, formProblem } from "../kit/command_lines.ts";

const ROOT = new URL("../../", import.meta.url);

/** Every text that people or agents are given: documents, seeds. */
function texts(): readonly string[] {
  const names = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"];
  for (const folder of ["docs", "seeds", "seeds/goals"]) {
    for (const entry of Deno.readDirSync(new URL(folder, ROOT))) {
      if (entry.isFile && entry.name.endsWith(".md")) names.push(`${folder}/${entry.name}`);
    }
  }
  return names.sort();
}

Deno.test("every command line in the documents and seeds is one that looop understands", () => {
  const refused: string[] = [];
  let seen = 0;
  for (const name of texts()) {
    for (const line of commandLines(Deno.readTextFileSync(new URL(name, ROOT)))) {
      seen++;
      const problem = formProblem(line);
      if (problem !== undefined) refused.push(`${name}: ${line}\n    ${problem}`);
    }
  }
  assertEquals(refused, []);
  assert(seen > 40, `only ${seen} lines were found`);
});

/** Names of files that a profile, a home or a release has, and what stands for any of a kind. */
const ELSEWHERE = /^(?:~|\/|\$|https?:)|[<>*{}…]|\b(?:NAME|id)\b/;

Deno.test("every file of the repository, and every file of a profile, that the documents name is there, or known", () => {
  const known = FILE_NAMES.flatMap(({ name }) => name.split(", "));
  const wrong: string[] = [];
  let seen = 0;
  for (const name of texts().filter((path) => path !== "CHANGELOG.md")) {
    const text = Deno.readTextFileSync(new URL(name, ROOT));
    for (const [, span = ""] of text.matchAll(/`([^`\n ]+)`/g)) {
      if (ELSEWHERE.test(span) || !/^\.?[A-Za-z][\w.-]*(?:\/[\w.-]*)+$/.test(span)) continue;
      const [top = ""] = span.split("/");
      if (known.includes(`${top}/`) && !["docs", "scripts"].includes(top)) continue;
      seen++;
      try {
        Deno.statSync(new URL(span, ROOT));
      } catch {
        wrong.push(`${name}: ${span}`);
      }
    }
  }
  assertEquals(wrong, []);
  assert(seen > 20, `only ${seen} names were found`);
});

Deno.test("every file that the documents link to is there", () => {
  const missing: string[] = [];
  for (const name of texts()) {
    const text = Deno.readTextFileSync(new URL(name, ROOT));
    for (const [, target = ""] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const path = new URL(target, new URL(name, ROOT));
      try {
        Deno.statSync(path);
      } catch {
        missing.push(`${name}: ${target}`);
      }
    }
  }
  assertEquals(missing, []);
});
