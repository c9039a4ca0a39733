import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { assertEquals } from "./assert.ts";

const GOLDEN = fileURLToPath(new URL("../golden/", import.meta.url));

/**
 * Holds a text against `tests/golden/<name>`, which people read in reviews. With LOOOP_TEST_UPDATE=1 the file is written instead:
 * look at the difference before you commit it.
 */
export function assertGolden(name: string, text: string): void {
  const path = join(GOLDEN, name);
  if (Deno.env.get("LOOOP_TEST_UPDATE") === "1") {
    Deno.mkdirSync(dirname(path), { recursive: true });
    Deno.writeTextFileSync(path, text);
    return;
  }
  let kept: string;
  try {
    kept = Deno.readTextFileSync(path);
  } catch {
    throw new Error(`there is no golden file ${name}; LOOOP_TEST_UPDATE=1 scripts/test writes it`);
  }
  assertEquals(text, kept, `${name} differs; if it is meant to: LOOOP_TEST_UPDATE=1 scripts/test <this file>`);
}

/** The names of the golden files below a directory, so that a test can find those that nothing writes any more. */
export function goldenNames(dir: string): readonly string[] {
  try {
    return [...Deno.readDirSync(join(GOLDEN, dir))].filter((entry) => entry.isFile).map(({ name }) => name).sort();
  } catch {
    return [];
  }
}
