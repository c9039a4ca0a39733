/**
 * Writes the generated parts of the documents: what stands between `<!-- generated: NAME -->` and `<!-- end: NAME -->`. With `--check` it
 * writes nothing and fails when a part is not as it would be written, naming it.
 */
import { KEY_LIST } from "../src/config/keys.ts";
import { EXIT_MEANINGS } from "../src/failure.ts";
import { READ_VARIABLES, SET_VARIABLES } from "../src/verbs/help/topics/environment.ts";
import { FILES } from "../src/verbs/help/topics/files.ts";
import { shortUsage } from "../src/verbs/help/usage.ts";
import { shownVerbs } from "../src/verbs/help/verb_list.ts";
import type { Audience } from "../src/verbs/verb.ts";
import { readGrants } from "./read_grants.ts";

const ROOT = new URL("../", import.meta.url);
const DOCUMENTS: readonly string[] = ["README.md", "docs/files.md", "docs/config.md"];

const AUDIENCES: readonly (readonly [Audience, string])[] = [
  ["human", "For people"],
  ["root", "For the root agent"],
  ["worker", "For workers"],
];

/** Every generated part by its name. */
const PARTS: Readonly<Record<string, () => string>> = {
  verbs: () =>
    AUDIENCES.map(([audience, title]) => {
      const rows = shownVerbs().filter((entry) => entry.audience === audience)
        .map((entry) => [`\`${shortUsage(entry)}\``, entry.summary]);
      return `### ${title}\n\n${table(["verb", "does"], rows)}`;
    }).join("\n\n"),
  "exit codes": () => table(["code", "meaning"], EXIT_MEANINGS.map(([code, meaning]) => [String(code), meaning])),
  files: () =>
    table(["file", "what it is", "written by"], FILES.map(({ name, what, writer }) => [`\`${name}\``, what, writer])),
  config: () =>
    table(
      ["key", "default", "meaning", "variable"],
      KEY_LIST.map((key) => [
        `\`${key.name}\``,
        `\`${JSON.stringify(key.initial)}\``,
        key.summary,
        key.env === undefined ? "" : `\`${key.env}\``,
      ]),
    ),
  "variables read": () => table(["variable", "meaning"], READ_VARIABLES.map(([name, what]) => [`\`${name}\``, what])),
  "variables set": () => table(["variable", "meaning"], SET_VARIABLES.map(([name, what]) => [`\`${name}\``, what])),
  grants: () => `\`\`\`text\n${readGrants(new URL(".", ROOT).pathname).join("\n")}\n\`\`\``,
};

const check = Deno.args.includes("--check");
const stale: string[] = [];
for (const path of DOCUMENTS) {
  const file = new URL(path, ROOT);
  const before = Deno.readTextFileSync(file);
  const after = await formatted(filled(path, before));
  if (after === before) continue;
  if (check) stale.push(path);
  else Deno.writeTextFileSync(file, after);
}
if (stale.length > 0) {
  console.error(`not in step with the code: ${stale.join(", ")}\n  scripts/deno task docs`);
  Deno.exitCode = 1;
}

function filled(path: string, text: string): string {
  return text.replace(/(<!-- generated: ([a-z ]+) -->\n)[\s\S]*?(<!-- end: \2 -->)/g, (_, open, name, close) => {
    const part = PARTS[name];
    if (part === undefined) throw new Error(`${path}: there is no part "${name}"`);
    return `${open}\n${part()}\n\n${close}`;
  });
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** A bar would end the cell, inside code too; a bracket begins a tag, but not inside code. */
function escaped(cell: string): string {
  return cell.replaceAll("|", "\\|").replace(/`[^`]*`|</g, (found) => found === "<" ? "&lt;" : found);
}

/** As `deno fmt` leaves it, so that the two never fight. */
async function formatted(text: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", "--ext=md", "--config", new URL("deno.json", ROOT).pathname, "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  return new TextDecoder().decode((await child.output()).stdout);
}
