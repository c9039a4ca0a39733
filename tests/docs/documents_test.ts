import { assert, assertEquals } from "../kit/assert.ts";
import { commandLines, formProblem } from "../kit/command_lines.ts";
import { FILES } from "../../src/verbs/help/topics/files.ts";
import { codeOf, documents, repositoryFiles } from "../kit/documents.ts";
import { isProfileFile } from "../kit/known_files.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("every command line in the documents and seeds is one that looop understands", () => {
  const refused: string[] = [];
  let seen = 0;
  for (const { path, text } of documents()) {
    for (const line of commandLines(text)) {
      seen++;
      const problem = formProblem(line);
      if (problem !== undefined) refused.push(`${path}: ${line}\n    ${problem}`);
    }
  }
  assertEquals(refused, []);
  assert(seen > 40, `only ${seen} lines were found`);
});

/** Files by their names: what ends like one. */
const FILE =
  /(?:[\w.~<>*…-]*\/)*[\w.<>*…-]*\.(?:md|sh|ts|js|json|jsonl|ndjson|ya?ml|svg|lock|log|txt|err|slot|counter)\b(?![/\w-]|\.\w)/g;

/** Directories and files without an ending, where they stand alone as code. */
const PATH = /^\.?[A-Za-z][\w.-]*(?:\/[\w.<>*-]*)+$/;

/** What is made and not kept, and what belongs to others. */
const OTHERS = /^(?:~|\/|https?:|dist\/|SKILL\.md$)/;

/** Names that a text may give to files: those of the repository, from its root, from the text's own place or by their last part, and those of a profile. */
function isKnown(name: string, from: string): boolean {
  if (OTHERS.test(name)) return true;
  for (const base of [ROOT, new URL(from, ROOT)]) {
    try {
      Deno.statSync(new URL(name, base));
      return true;
    } catch { /* not there */ }
  }
  return (!name.includes("/") && LAST_PARTS.has(name)) || isProfileFile(name) || FOLDERS.has(name);
}

/** What a profile is made of, as help says it. */
const FOLDERS = new Set(FILES.flatMap(({ name }) => name.split(", ")));

const LAST_PARTS = new Set(repositoryFiles().map((path) => path.split("/").at(-1)));

Deno.test("every file of the repository, and every file of a profile, that the documents name is there, or known", () => {
  const wrong: string[] = [];
  let seen = 0;
  // What has changed may have been given up since.
  for (const { path, text } of documents().filter(({ path }) => path !== "CHANGELOG.md")) {
    const names = [
      ...[...text.matchAll(FILE)].map(([name]) => name),
      ...codeOf(text).filter((code) => PATH.test(code)),
    ];
    for (const name of names) {
      seen++;
      if (!isKnown(name, path)) wrong.push(`${path}: ${name}`);
    }
  }
  assertEquals([...new Set(wrong)], []);
  assert(seen > 200, `only ${seen} names were found`);
});

Deno.test("every file that the documents link to is there", () => {
  const missing: string[] = [];
  for (const { path, text } of documents()) {
    for (const [, target = ""] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      try {
        Deno.statSync(new URL(target, new URL(path, ROOT)));
      } catch {
        missing.push(`${path}: ${target}`);
      }
    }
  }
  assertEquals(missing, []);
});
