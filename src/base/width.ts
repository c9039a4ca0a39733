import truncatedWidth from "fast-string-truncated-width";
import { oneLine } from "./text.ts";

/** How many cells of a terminal a line takes: wide characters two, combining ones none. Escapes take none. */
export function displayWidth(line: string): number {
  return PLAIN.test(line) ? line.length : truncatedWidth(line).width;
}

/** Each character is one cell: most lines there are, and the tables that the others need take milliseconds to set up. */
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * One line of outside text that is safe to show and takes at most `cells` cells (at least one), with an ellipsis that counts: controls
 * and line ends are taken out first. Cut between what a reader sees as characters.
 */
export function fitLine(text: string, cells: number): string {
  return cutLine(oneLine(text), cells);
}

/** A line that is safe already, cut to `cells` cells in the same way; its blanks stay as they are. */
export function cutLine(line: string, cells: number): string {
  const room = Math.max(1, cells);
  // The longest that can be shown: nobody wants to segment megabytes for one line.
  const head = line.slice(0, room * LONGEST_CHARACTER);
  if (head.length === line.length && displayWidth(line) <= room) return line;
  if (PLAIN.test(head)) return `${head.slice(0, room - 1)}…`;
  let kept = "";
  let used = 1; // the ellipsis
  for (const { segment } of new Intl.Segmenter().segment(head)) {
    used += displayWidth(segment);
    if (used > room) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Code units of the longest character that is worth keeping whole: families of emoji, letters with many marks. */
const LONGEST_CHARACTER = 32;

/** The line with blanks behind it up to `cells` cells. */
export function padLine(line: string, cells: number): string {
  return line + " ".repeat(Math.max(0, cells - displayWidth(line)));
}
