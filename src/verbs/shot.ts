import { stripControls } from "../base/text.ts";
import { ok } from "../base/result.ts";
import type { Result } from "../failure.ts";
import { sessionOf } from "../moves/worker_kill.ts";
import { readScreen, type Screen } from "../sessions/screen.ts";
import { requiredText, switchOf } from "./input.ts";
import { type Call, type Input, verb } from "./verb.ts";

interface Shot {
  readonly id: string;
  readonly generation: number;
  readonly screen: Screen;
  readonly ansi: boolean;
  readonly trim: boolean;
}

/** `looop shot <id> [--ansi|--json] [--trim]` */
export const module = verb<Shot>({ run, text, json });

async function run(call: Call, input: Input): Promise<Result<Shot>> {
  const found = sessionOf(call.context, requiredText(input, "id"), "show the screen of");
  if (!found.ok) return found;
  const screen = await readScreen(call.context, found.value);
  if (!screen.ok) return screen;
  return ok({ ...found.value, screen: screen.value, ansi: switchOf(input, "ansi"), trim: switchOf(input, "trim") });
}

function text({ screen, ansi, trim }: Shot): string {
  if (ansi) return `${screen.ansi}\x1b[0m`;
  return rowsOf(screen, trim).map(stripControls).join("\n");
}

/** With the forerunner's names. */
function json({ id, generation, screen, trim }: Shot): unknown {
  return {
    id,
    generation,
    rows: screen.rows,
    cols: screen.columns,
    cursor: { row: screen.cursor.row, col: screen.cursor.column, hidden: screen.cursor.hidden },
    alternate_screen: screen.alternate,
    screen_hash: screen.hash,
    offset: screen.offset,
    screen_seq: screen.offset, // grows with all that is shown
    modes: Object.fromEntries([...screen.modes.set].sort(([a], [b]) => a - b)),
    title: screen.title,
    format: "json",
    text: rowsOf(screen, trim).join("\n"),
    cells: screen.cells,
  };
}

/** The rows; trimmed of the empty ones at the end when asked for. */
function rowsOf(screen: Screen, trim: boolean): readonly string[] {
  if (!trim) return screen.lines;
  const last = screen.lines.findLastIndex((line) => line !== "");
  return screen.lines.slice(0, last + 1);
}
