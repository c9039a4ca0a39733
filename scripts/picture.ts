/**
 * Draws docs/demo.svg: `looop demo` is run for real on a terminal of its own (script(1) of util-linux), and what it printed becomes
 * text in a picture. Nothing is made up; only the name of the throw-away directory is shortened.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const COLUMNS = 112;

/** What a terminal of many colours shows, as far as the demo uses it. */
interface Piece {
  readonly text: string;
  readonly style: "plain" | "bold" | "dim";
}

/** The lines of a demo as they stand on a terminal, without what differs from run to run but is no result: the directory's name. */
export function demoLines(output: string): readonly string[] {
  return output
    .replaceAll("\r", "")
    .replaceAll(/\/[^\s]*\/looop-demo-[A-Za-z0-9]+\//g, "/tmp/looop-demo/")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("looop: "));
}

/** The picture of these lines. Throws on an escape sequence that it cannot draw. */
export function drawing(lines: readonly string[]): string {
  const [letter, height, left, top] = [8.4, 20, 20, 64];
  const longest = Math.max(...lines.map((line) => piecesOf(line).reduce((sum, { text }) => sum + text.length, 0)));
  const width = Math.round(longest * letter + 2 * left);
  const rows = lines.map((line, n) => {
    const pieces = piecesOf(line).map(({ text, style }) => `<tspan class="${style}">${escaped(text)}</tspan>`);
    return `<text x="${left}" y="${top + n * height}" xml:space="preserve">${pieces.join("")}</text>`;
  });
  const tall = top + lines.length * height + 10;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${tall}" width="${width}" height="${tall}" role="img" aria-label="looop demo, run on a terminal">`,
    "<style>text{font:14px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#d6dae0}.bold{font-weight:700;fill:#fff}.dim{fill:#8b939e}.prompt{fill:#7ec699}</style>",
    `<rect width="${width}" height="${tall}" rx="8" fill="#1b1f24"/>`,
    ...["#ec6a5e", "#f4bf4f", "#61c554"].map((colour, n) =>
      `<circle cx="${22 + n * 20}" cy="18" r="6" fill="${colour}"/>`
    ),
    `<text x="${left}" y="44" xml:space="preserve"><tspan class="prompt">$ </tspan>looop demo</text>`,
    ...rows,
    "</svg>",
    "",
  ].join("\n");
}

function piecesOf(line: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let style: Piece["style"] = "plain";
  // deno-lint-ignore no-control-regex -- escape sequences are what this reads
  for (const part of line.split(/(\x1b\[[0-9;]*m)/)) {
    if (part === "\x1b[1m") style = "bold";
    else if (part === "\x1b[2m") style = "dim";
    else if (part === "\x1b[0m") style = "plain";
    else if (part.includes("\x1b")) throw new Error(`cannot draw ${JSON.stringify(part)}`);
    else if (part !== "") pieces.push({ text: part, style });
  }
  return pieces;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

async function runDemo(): Promise<string> {
  const { code, stdout } = await new Deno.Command("script", {
    args: [
      "-qec",
      `stty cols ${COLUMNS}; exec '${join(ROOT, "bin/looop").replaceAll("'", "'\\''")}' demo`,
      "/dev/null",
    ],
    env: { TERM: "xterm-256color", NO_COLOR: "" },
    stdin: "null",
  }).output();
  if (code !== 0) throw new Error(`looop demo ended with ${code}`);
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) {
  const path = join(ROOT, "docs/demo.svg");
  await Deno.writeTextFile(path, drawing(demoLines(await runDemo())));
  console.log(path);
}
