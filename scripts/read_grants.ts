import { join } from "node:path";

/** The flags of scripts/grants, as `deno run` and `deno compile` take them. */
export function readGrants(root: string): readonly string[] {
  const text = Deno.readTextFileSync(join(root, "scripts/grants"));
  return text.split("\n").filter((line) => line.startsWith("--"));
}
