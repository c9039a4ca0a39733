/** Help is as wide as this everywhere, so that it reads the same in a pipe, a pane and a prompt. */
const WIDTH = 100;

/** Two columns, indented by two blanks; the right one wraps under itself. */
export function columns(rows: readonly (readonly [string, string])[]): string {
  const left = Math.min(34, Math.max(...rows.map(([name]) => name.length)));
  return rows.map(([name, text]) => {
    const [first, ...more] = lines(text, WIDTH - left - 4);
    const indent = " ".repeat(left + 4);
    // A name that is too long for its column stands on a line of its own.
    const head = name.length > left ? `  ${name}\n${indent}${first ?? ""}` : `  ${name.padEnd(left)}  ${first ?? ""}`;
    return [head, ...more.map((line) => indent + line)].join("\n");
  }).join("\n");
}

/** Paragraphs, each wrapped to the width. Lines that are indented stay as they are. */
export function wrapped(text: string): string {
  return text.split("\n").map((line) => line.startsWith(" ") ? line : lines(line, WIDTH).join("\n")).join("\n");
}

/** The words of a text in lines of at most this width; a word that is longer has a line of its own. */
export function lines(text: string, width: number): readonly string[] {
  const out: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      out.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...out, line];
}
