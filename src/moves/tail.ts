import { stripControls } from "../base/text.ts";

/** How much of the end of a command's output is printed and kept, in UTF-16 units. */
export const TAIL = 2048;

/** How much of it goes into the command's line of the journal. */
const JOURNALED = 300;

/** The end of what a command printed: safe to show, characters whole. */
export function tailOf(bytes: Uint8Array): string {
  // What was cut in its middle at the front decodes to marks that nobody printed.
  const text = stripControls(new TextDecoder().decode(bytes).replace(/^\uFFFD+/, ""));
  const tail = text.slice(-TAIL);
  return /^[\udc00-\udfff]/.test(tail) ? tail.slice(1) : tail;
}

/** The end of an output for a line of the journal: whole lines as far as they fit, at least the end of the last one. */
export function lastLines(output: string): string {
  const text = output.trimEnd();
  if (text.length <= JOURNALED) return text;
  const end = text.slice(-JOURNALED);
  const start = end.indexOf("\n");
  return start < 0 ? end : end.slice(start + 1);
}
