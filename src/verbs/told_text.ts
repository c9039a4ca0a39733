import { stripControls } from "../base/text.ts";
import type { Tell } from "../mailbox/schema.ts";

/** Messages as a numbered list; further lines of a message are indented below its first. Ends without a newline. */
export function tellLines(tells: readonly Tell[]): string {
  const width = String(tells.length).length;
  return tells.map(({ text }, i) => {
    const mark = `${String(i + 1).padStart(width)}. `;
    return mark + stripControls(text).split("\n").join(`\n${" ".repeat(mark.length)}`);
  }).join("\n");
}
