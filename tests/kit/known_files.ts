import { join } from "node:path";
import { fileURLToPath } from "node:url";

const DOCUMENT = fileURLToPath(new URL("../../docs/files.md", import.meta.url));

/** What lies in every directory, or for a moment. */
const ANYWHERE = /(?:^|\/)(?:\.dirlock|\.tmp-[^/]+|sessions\/\.(?:new|trash)-.+)$/;

/** The names of files in the table "Every file" of docs/files.md, with `<…>` for what differs. */
export function documentedFiles(): readonly string[] {
  return column(1);
}

/** The verbs that write files, as that table has them. */
export function documentedWriters(): readonly string[] {
  return [...new Set(column(3))];
}

/** What stands in backquotes in one column of the table. */
function column(at: number): readonly string[] {
  const [, section = ""] = Deno.readTextFileSync(DOCUMENT).split("## Every file");
  const rows = section.split("\n## ")[0]?.split("\n").filter((line) => line.startsWith("| `")) ?? [];
  return rows.flatMap((row) => [...(row.split("|")[at] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
}

/**
 * Whether that table has such a file, or a directory above one. `<…>` and `*` may stand for what differs, and a name without a
 * directory for the last part of one.
 */
export function isProfileFile(name: string): boolean {
  const path = name.replace(/<[^>]*>|\*|…/g, "x");
  const dir = path.replace(/\/?$/, "/");
  return forms().some((form) => form.test(path) || form.test(dir)) ||
    documentedFiles().some((known) => known.startsWith(dir) || (!path.includes("/") && known.endsWith(`/${path}`)));
}

/** The names of the table as patterns. */
function forms(): readonly RegExp[] {
  return documentedFiles().map((name) => {
    const text = name.split(/<[^>]+>/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("[^/]+");
    return new RegExp(`^${text}${name.endsWith("/") ? ".*" : "$"}`);
  });
}

/** The files of a profile that docs/files.md does not know. */
export function undocumentedFiles(profile: string): readonly string[] {
  const known = forms();
  return filesIn(profile, "").filter((path) => !ANYWHERE.test(path) && !known.some((form) => form.test(path))).sort();
}

function filesIn(profile: string, dir: string): readonly string[] {
  return [...Deno.readDirSync(join(profile, dir))].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(profile, join(dir, name)) : [join(dir, name)]
  );
}
