import truncatedWidth from "fast-string-truncated-width";
import { oneLine } from "./text.ts";

/** How many cells of a terminal a line takes: wide characters two, combining ones none. Escapes take none. */
export function displayWidth(line: string): number {
  return truncatedWidth(line).width;
}

/**
 * One line of outside text that is safe to show and takes at most `cells` cells, with an ellipsis that counts: controls and line
 * ends are taken out first.
 */
export function fitLine(text: string, cells: number): string {
  return cutLine(oneLine(text), cells);
}

/** A line that is safe already, cut to `cells` cells; its blanks stay as they are. */
export function cutLine(line: string, cells: number): string {
  const room = Math.max(1, cells);
  const cut = truncatedWidth(line, { limit: room, ellipsis: "…" });
  return cut.truncated ? `${line.slice(0, cut.index)}${cut.ellipsed ? "…" : ""}` : line;
}

/** The line with blanks behind it up to `cells` cells. */
export function padLine(line: string, cells: number): string {
  return line + " ".repeat(Math.max(0, cells - displayWidth(line)));
}
