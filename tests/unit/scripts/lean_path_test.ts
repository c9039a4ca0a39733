import fc from "fast-check";
import * as node from "node:path/posix";
import * as lean from "../../../scripts/lean_path.ts";
import { assertEquals } from "../../kit/assert.ts";

const path = fc.array(fc.constantFrom("/", "/", "a", "b.c", ".", "..", "...", "é ", "x/y", "../"), { maxLength: 8 })
  .map((parts) => parts.join(""));

const functions: readonly (keyof typeof lean)[] = [
  "join",
  "resolve",
  "relative",
  "normalize",
  "dirname",
  "basename",
  "isAbsolute",
];
for (const name of functions) {
  Deno.test(`what stands in for ${name}() of node:path answers as it does`, () => {
    const [whole, own] = [node[name], lean[name]] as [(...paths: string[]) => unknown, (...paths: string[]) => unknown];
    const takes = name === "join" || name === "resolve"
      ? { maxLength: 4 }
      : name === "relative"
      ? { minLength: 2, maxLength: 2 }
      : { minLength: 1, maxLength: 1 };
    fc.assert(fc.property(fc.array(path, takes), (paths) => assertEquals(own(...paths), whole(...paths))), {
      numRuns: 3_000,
    });
  });
}
