/**
 * What stands in for `fast-string-truncated-width` in the executable: the package itself, set up when it is first called. Its tables
 * of characters take as long as all the rest of a start, and plain text does without (src/base/width.ts).
 */

/** Of a module that is bundled, not of the runtime: esbuild sets it up at the first call. */
declare function require(
  name: "fast-string-truncated-width",
): { readonly default: (line: string) => { width: number } };

/** How wide a line is, in cells. */
export default function truncatedWidth(line: string): { width: number } {
  return require("fast-string-truncated-width").default(line);
}
