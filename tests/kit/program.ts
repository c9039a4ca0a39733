import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The executable under test, as LOOOP_TEST_BINARY names it; undefined when it is this checkout that is tested. */
export const BINARY = binaryOf("LOOOP_TEST_BINARY");

/** An executable built from the same source under another commit: the newer one where the program under test is an executable. */
export const NEWER_BINARY = binaryOf("LOOOP_TEST_NEWER_BINARY");

/** The program under test. */
export const PROGRAM = BINARY ?? join(ROOT, "bin", "looop");

/**
 * The whole path of the executable that a variable names; one without a `/` in front counts from the root of the checkout, where
 * scripts/test goes: each test starts the program in a directory of its own. Throws when there is no such file.
 */
export function binaryOf(variable: string, named = Deno.env.get(variable)): string | undefined {
  if (named === undefined || named === "") return undefined;
  const path = resolve(ROOT, named);
  try {
    if (Deno.statSync(path).isFile) return path;
  } catch { /* told below */ }
  throw new Error(`${variable} names ${path}, which is no file: scripts/deno task compile makes dist/looop`);
}
