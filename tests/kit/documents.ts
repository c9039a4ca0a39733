const ROOT = new URL("../../", import.meta.url);

/** A text that people or agents are given. */
export interface Document {
  /** Its path from the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** Every document and seed that is written for people or agents. */
export function documents(): readonly Document[] {
  const paths = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "src/README.md"];
  for (const folder of ["docs", "docs/measurements", "seeds", "seeds/goals"]) {
    for (const entry of Deno.readDirSync(new URL(folder, ROOT))) {
      if (entry.isFile && entry.name.endsWith(".md")) paths.push(`${folder}/${entry.name}`);
    }
  }
  return paths.sort().map((path) => ({ path, text: Deno.readTextFileSync(new URL(path, ROOT)) }));
}

/** What a text shows as code: what stands in backquotes, and each line of a fenced block. */
export function codeOf(text: string): readonly string[] {
  const prose: string[] = [];
  const found: string[] = [];
  let fenced = false;
  for (const line of text.split("\n")) {
    if (/^\s*```/.test(line)) fenced = !fenced;
    else (fenced ? found : prose).push(line);
  }
  for (const [, span = ""] of prose.join("\n").matchAll(/`([^`]+)`/g)) found.push(span.replaceAll("\n", " "));
  return found;
}

/** The paths of all files below a folder of the repository, from its root; what is made, not written, is left out. */
export function repositoryFiles(folder = ""): readonly string[] {
  return [...Deno.readDirSync(new URL(folder === "" ? "." : `${folder}/`, ROOT))].flatMap(({ name, isDirectory }) => {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (!isDirectory) return [path];
    return [".git", "dist", "node_modules"].includes(name) ? [] : repositoryFiles(path);
  });
}
