/**
 * Checks how the source hangs together, and prints each offence with its place:
 *
 * - imports go downwards only, by the table in `rings.ts`; every folder has a ring
 * - packages come from deno.json, each is known to one folder (but for zod/mini)
 * - `node:` is imported by os alone (node:path by anybody)
 * - no file is longer than 400 lines, and names are snake_case and say what is inside
 *
 * What one file alone can break is a rule of the linter: see `lint_plugin.ts`.
 */
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ringOf, whyNot } from "./rings.ts";

const MOST_LINES = 400;
const SAYS_NOTHING = /^(utils?|helpers?|common|shared|misc|lib|managers?)$/;

/** One thing that is wrong, at a line of a file (path from the root). */
export interface Offence {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** An import as it stands in a file: what was written, and the file of ours it leads to, if it does. */
interface Import {
  readonly path: string;
  readonly line: number;
  readonly specifier: string;
  readonly target: string | undefined;
}

/** Every offence of the tree below `root` (a directory with main.ts and src/), in the order of paths and lines. */
export async function findOffences(root: string): Promise<readonly Offence[]> {
  const paths = sourceFiles(root);
  const imports = await readImports(root, paths);
  const offences = [
    ...paths.flatMap((path) => aboutFile(root, path)),
    ...imports.flatMap(aboutImport),
    ...aboutPackages(imports),
  ];
  return offences.sort((a, b) => a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line);
}

function sourceFiles(root: string): readonly string[] {
  const found = ["main.ts"];
  const visit = (folder: string): void => {
    for (const entry of Deno.readDirSync(join(root, folder))) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory) visit(path);
      else if (path.endsWith(".ts")) found.push(path);
    }
  };
  visit("src");
  return found.sort();
}

function aboutFile(root: string, path: string): readonly Offence[] {
  const messages: string[] = [];
  if (ringOf(path) === undefined) messages.push("has no ring: give its folder a line in scripts/rings.ts");
  const words = path.replace(/\.ts$/, "").split("/");
  for (const word of words) {
    if (!/^[a-z0-9_]+$/.test(word)) messages.push(`${word} is not snake_case`);
    if (SAYS_NOTHING.test(word)) messages.push(`${word} says nothing about what is inside: name it`);
  }
  const lines = Deno.readTextFileSync(join(root, path)).split("\n").length - 1;
  if (lines > MOST_LINES) messages.push(`has ${lines} lines, more than ${MOST_LINES}: it holds two subjects`);
  return messages.map((message) => ({ path, line: 1, message }));
}

function aboutImport(it: Import): readonly Offence[] {
  const message = whyNotThis(it);
  return message === undefined ? [] : [{ path: it.path, line: it.line, message }];
}

function whyNotThis({ path, specifier, target }: Import): string | undefined {
  if (target !== undefined) return whyNot(path, target);
  if (specifier.startsWith("node:")) {
    return specifier === "node:path" || ringOf(path) === "os" ? undefined : `${specifier} belongs to os`;
  }
  if (specifier.startsWith(".") || specifier.startsWith("/")) return `${specifier} leads to no file of src`;
  if (specifier.includes(":")) return `${specifier} is not pinned in deno.json`;
  if (specifier === "zod") return "zod costs 15 ms at start: import zod/mini";
  return undefined;
}

/** A package stays behind one folder, so that it can be swapped there. */
function aboutPackages(imports: readonly Import[]): readonly Offence[] {
  const homes = new Map<string, string>();
  const offences: Offence[] = [];
  for (const { path, line, specifier, target } of imports) {
    if (target !== undefined || /^[./]|:|^zod\b/.test(specifier)) continue;
    const home = homes.get(specifier) ?? dirname(path);
    homes.set(specifier, home);
    if (home !== dirname(path)) offences.push({ path, line, message: `${specifier} is behind ${home} already` });
  }
  return offences;
}

/** Every import of the files named, by Deno's own reading of them: static, dynamic with a plain text, and of types. */
async function readImports(root: string, paths: readonly string[]): Promise<readonly Import[]> {
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const urls = paths.map((path) => pathToFileURL(join(root, path)).href);
    await Deno.writeTextFile(entry, urls.map((url) => `import ${JSON.stringify(url)};\n`).join(""));
    const graph = await readGraph(root, entry);
    return graph.modules.flatMap((module) => importsOf(root, paths, module));
  } finally {
    await Deno.remove(entry);
  }
}

interface Graph {
  readonly modules: readonly Module[];
}

interface Module {
  readonly specifier: string;
  readonly error?: string;
  readonly dependencies?: readonly Dependency[];
}

interface Dependency {
  readonly specifier: string;
  readonly code?: Resolution;
  readonly type?: Resolution;
}

interface Resolution {
  readonly specifier?: string;
  readonly span?: { readonly start: { readonly line: number } };
}

async function readGraph(root: string, entry: string): Promise<Graph> {
  const config = join(root, "deno.json");
  const known = await Deno.lstat(config).then(() => ["--config", config], () => ["--no-config"]);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--quiet", ...known, entry],
    stdin: "null",
  }).output();
  if (code !== 0) throw new Error(`deno info failed: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

function importsOf(root: string, paths: readonly string[], module: Module): readonly Import[] {
  const path = pathIn(root, module.specifier);
  if (path === undefined || !paths.includes(path)) return [];
  if (module.error !== undefined) throw new Error(`Cannot read ${path}: ${module.error}`);
  return (module.dependencies ?? []).map(({ specifier, code, type }) => {
    const resolution = code ?? type;
    const target = pathIn(root, resolution?.specifier);
    return {
      path,
      line: (resolution?.span?.start.line ?? 0) + 1,
      specifier,
      target: target !== undefined && paths.includes(target) ? target : undefined,
    };
  });
}

function pathIn(root: string, specifier: string | undefined): string | undefined {
  return specifier?.startsWith("file:") ? relative(root, fileURLToPath(specifier)) : undefined;
}

if (import.meta.main) {
  const root = fileURLToPath(new URL("../", import.meta.url));
  const offences = await findOffences(root);
  for (const { path, line, message } of offences) console.error(`${path}:${line}: ${message}`);
  if (offences.length > 0) Deno.exitCode = 1;
}
