// deno-lint-ignore no-control-regex -- they are what this looks for
const CONTROLS = /[\x00-\x1f\x7f]/;

/**
 * A text as one word of a command line that a person can paste. For showing only: what looop runs itself gets its data as arguments.
 * Always one line: a text with line breaks or controls goes through printf (and loses line breaks at its very end, as shells have it).
 */
export function shellWord(text: string): string {
  if (/^[A-Za-z0-9_./:@%+=,-]+$/.test(text)) return text;
  if (!CONTROLS.test(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  return `"$(printf '${[...text].map(inFormat).join("")}')"`;
}

function inFormat(character: string): string {
  if (character === "%" || character === "\\") return character + character;
  if (character === "'") return "'\\''";
  if (character === "\n") return "\\n";
  return CONTROLS.test(character) ? `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}` : character;
}
