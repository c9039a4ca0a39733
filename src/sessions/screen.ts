import type { IBufferCell, Terminal as XTerminal } from "@xterm/headless";
import { ok } from "../base/result.ts";
import { sha256Hex } from "../base/sha256.ts";
import type { Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { readEvents } from "./events.ts";
import { openLog, readLog } from "./log.ts";
import { behaviourOf, CURSOR_SHOWN, type Modes, newModes, scanModes } from "./modes.ts";
import { readSpec } from "./read.ts";
import type { SessionRef } from "./schema.ts";
import { latin1 } from "./strip.ts";

/** A screen as it looks at `offset` of the log. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly cursor: { readonly row: number; readonly column: number; readonly hidden: boolean };
  readonly alternate: boolean;
  /** Of the visible text: equal screens read equal. */
  readonly hash: string;
  readonly offset: number;
  readonly title: string;
  /** The rows as text, blanks at their ends cut off. */
  readonly lines: readonly string[];
  /** The same with the sequences that colour it. */
  readonly ansi: string;
  /** What makes a cleared terminal of the same size look and behave like it: both buffers, the cursor, the modes. */
  readonly paint: string;
  /** What the program has switched its terminal to. */
  readonly modes: Modes;
  /** Runs of cells that look alike; blanks without a look are left out. */
  readonly cells: readonly Run[];
}

/** Neighbouring cells of one look. Colours are `idxN` or `#rrggbb`. */
export interface Run {
  readonly row: number;
  readonly col: number;
  readonly text: string;
  readonly fg?: string;
  readonly bg?: string;
  readonly bold?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly inverse?: true;
}

/** More than this from the end is not replayed: a screen is made of what was drawn last. */
const REPLAY_MAX = 16 * 1024 * 1024;
const BLOCK = 256 * 1024;

/** What stands between the two buffers when both are written down. */
const OTHER_SCREEN = "\x1b[?1049h\x1b[H";

/** What the session's terminal shows: its output replayed by an emulator, at the sizes it was recorded with. */
export async function readScreen(ctx: Context, ref: SessionRef): Promise<Result<Screen>> {
  const log = openLog(ctx, ref);
  if (!log.ok) return log;
  const { default: { Terminal } } = await import("@xterm/headless");
  const spec = readSpec(ctx, ref);
  const sizes = readEvents(ctx, ref).filter((event) => event.event === "size");
  const begin = Math.max(log.value.head, log.value.end - REPLAY_MAX);
  const first = sizes.findLast((event) => event.offset <= begin);
  const terminal = new Terminal({
    cols: first?.columns ?? spec?.columns ?? 80,
    rows: first?.rows ?? spec?.rows ?? 24,
    scrollback: 0,
    allowProposedApi: true,
  });
  try {
    let title = "";
    terminal.onTitleChange((text: string) => title = text);
    const modes = newModes();
    scanModes(modes, log.value.modes);
    await write(terminal, log.value.modes);
    let at = begin;
    for (const size of [...sizes.filter((event) => event.offset > begin), undefined]) {
      const stop = Math.min(log.value.end, size?.offset ?? log.value.end);
      while (at < stop) {
        const block = readLog(ctx, log.value, at, Math.min(BLOCK, stop - at));
        if (!block.ok) return block;
        if (block.value.bytes.length === 0) break;
        await write(terminal, block.value.bytes);
        scanModes(modes, latin1(block.value.bytes));
        at += block.value.bytes.length;
      }
      if (size?.columns !== undefined && size.rows !== undefined) terminal.resize(size.columns, size.rows);
    }
    return ok(await screenOf(terminal, { offset: at, title, modes }));
  } finally {
    terminal.dispose();
  }
}

async function screenOf(
  terminal: XTerminal,
  seen: { readonly offset: number; readonly title: string; readonly modes: Modes },
): Promise<Screen> {
  const { default: { SerializeAddon } } = await import("@xterm/addon-serialize");
  const addon = new SerializeAddon();
  terminal.loadAddon(addon as never);
  const { active } = terminal.buffer;
  const lines: string[] = [];
  const cells: Run[] = [];
  for (let row = 0; row < terminal.rows; row++) {
    const line = active.getLine(active.baseY + row);
    lines.push(line?.translateToString(true) ?? "");
    if (line !== undefined) cells.push(...runsOf(line, row, terminal.cols));
  }
  const whole = addon.serialize({ scrollback: 0, excludeModes: true });
  const { modes } = seen;
  const cursor = { row: active.cursorY, column: active.cursorX, hidden: modes.set.get(CURSOR_SHOWN) === false };
  return {
    columns: terminal.cols,
    rows: terminal.rows,
    cursor,
    alternate: active.type === "alternate",
    hash: sha256Hex(lines.join("\n")).slice(0, 16),
    offset: seen.offset,
    title: seen.title,
    lines,
    // A picture switches nothing: it must not leave the reader's terminal on its other screen.
    ansi: whole.slice(whole.lastIndexOf(OTHER_SCREEN) + (whole.includes(OTHER_SCREEN) ? OTHER_SCREEN.length : 0)),
    // Setting a scroll region moves the cursor, and in origin mode positions count from that region: the cursor comes in between.
    paint: `${whole}${modes.other.get("region") ?? ""}\x1b[${cursor.row + 1};${cursor.column + 1}H${
      behaviourOf(modes)
    }`,
    modes,
    cells,
  };
}

function runsOf(line: { getCell(column: number): IBufferCell | undefined }, row: number, columns: number): Run[] {
  const runs: Run[] = [];
  let last: { look: string; end: number } | undefined;
  for (let col = 0; col < columns; col++) {
    const cell = line.getCell(col);
    if (cell === undefined || cell.getWidth() === 0) continue;
    const look = lookOf(cell);
    const key = JSON.stringify(look);
    const text = cell.getChars() || " ";
    if (text === " " && key === "{}") {
      last = undefined;
      continue;
    }
    const run = runs.at(-1);
    if (run !== undefined && last?.look === key && last.end === col) {
      runs[runs.length - 1] = { ...run, text: run.text + text };
    } else runs.push({ row, col, text, ...look });
    last = { look: key, end: col + cell.getWidth() };
  }
  return runs;
}

function lookOf(cell: IBufferCell): Omit<Run, "row" | "col" | "text"> {
  const fg = colour(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor());
  const bg = colour(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor());
  return {
    ...(fg !== undefined && { fg }),
    ...(bg !== undefined && { bg }),
    ...(cell.isBold() !== 0 && { bold: true }),
    ...(cell.isItalic() !== 0 && { italic: true }),
    ...(cell.isUnderline() !== 0 && { underline: true }),
    ...(cell.isInverse() !== 0 && { inverse: true }),
  };
}

function colour(none: boolean, rgb: boolean, value: number): string | undefined {
  if (none) return undefined;
  return rgb ? `#${value.toString(16).padStart(6, "0")}` : `idx${value}`;
}

function write(terminal: XTerminal, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => terminal.write(data, resolve));
}
