/**
 * The one line `<key>: value` of a text's front matter (the lines between two `---`, the first of them the text's first line), as one line of text; undefined
 * when there is no front matter, no such line, or nothing behind it.
 *
 * Lines, not YAML: `goal: keep it green: always` is no YAML at all and yet plainly meant. Quotes around the whole
 * value are taken off, and a block value (`>` or `|`) is joined, so that what YAML writers make reads as they mean it.
 */
export function frontMatterLine(text: string, key: string): string | undefined {
  const lines = frontMatterLines(text);
  if (lines === undefined) return undefined;
  const at = lines.findIndex((line) => line.startsWith(`${key}:`));
  if (at < 0) return undefined;
  const first = (lines[at] ?? "").slice(key.length + 1).trim();
  const value = /^[>|][-+0-9]*$/.test(first) ? blockValue(lines.slice(at + 1)) : unquoted(first);
  return value === "" ? undefined : value;
}

/** How much of a text may be front matter, so that a body without a second `---` is not searched to its end. */
const MOST_LINES = 200;

function frontMatterLines(text: string): readonly string[] | undefined {
  if (!/^\uFEFF?---[ \t]*\r?\n/.test(text)) return undefined;
  const lines = text.split(/\r?\n/, MOST_LINES + 1);
  const end = lines.findIndex((line, n) => n > 0 && /^(---|\.\.\.)[ \t]*$/.test(line));
  return end < 0 ? undefined : lines.slice(1, end);
}

function blockValue(lines: readonly string[]): string {
  const parts: string[] = [];
  for (const line of lines) {
    if (line !== "" && !/^[ \t]/.test(line)) break;
    parts.push(line.trim());
  }
  return parts.filter((part) => part !== "").join(" ");
}

function unquoted(value: string): string {
  const match = /^(["'])(.*)\1$/s.exec(value);
  return (match?.[2] ?? value).trim();
}
