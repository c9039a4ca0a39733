// deno-lint-ignore-file no-control-regex -- escape sequences are what this file reads and writes
import { undoModes } from "./modes.ts";
import type { Screen } from "./screen.ts";
import { latin1, safeEnd } from "./strip.ts";

/**
 * What a program asks its terminal: identity, state, modes, size, colours, clipboard, capabilities, graphics. Whoever shows them to a
 * terminal gets answers typed in.
 */
const QUERY =
  /\x05|\x1b\[(?:[>=]?[0-9;]*c|\??[0-9;]*n|\?u|\??[0-9]+\$p|>[0-9]*q|(?:1[1345689]|2[01])(?:;[0-9]+)*t|[01]?x|\?[0-9;]+S|\?[0-9]*m)|\x1b\][0-9;a-z]*;\?(?:\x07|\x1b\\)|\x1bP[+$]q[^\x07\x1b]*\x1b\\|\x1b_G[^\x1b]*a=q[^\x1b]*\x1b\\/g;

/** Takes out of output what a terminal would answer, across pieces. */
export interface QueryFilter {
  carry: Uint8Array;
}

/** Nothing seen so far. */
export function newQueryFilter(): QueryFilter {
  return { carry: new Uint8Array() };
}

/** The output without queries; a sequence that is cut off at its end is held back until the next piece. */
export function withoutQueries(filter: QueryFilter, bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(filter.carry.length + bytes.length);
  all.set(filter.carry);
  all.set(bytes, filter.carry.length);
  const cut = safeEnd(all);
  filter.carry = all.slice(cut);
  const text = latin1(all.subarray(0, cut));
  if (!QUERY.test(text)) {
    QUERY.lastIndex = 0;
    return all.subarray(0, cut);
  }
  QUERY.lastIndex = 0;
  const kept: Uint8Array[] = [];
  let at = 0;
  for (const match of text.matchAll(QUERY)) {
    kept.push(all.subarray(at, match.index));
    at = match.index + match[0].length;
  }
  kept.push(all.subarray(at, cut));
  return joined(kept);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Draws a screen on a viewer's terminal, from whatever it showed before: the screen itself, never the output that led to it, so that
 * no old query, bell or title reaches the viewer. What stood there is scrolled out of sight by `scroll` rows, not wiped.
 */
export function paint(screen: Screen, before: { readonly undo: string; readonly scroll: number }): string {
  const scrolled = before.scroll > 0 ? `\x1b[${before.scroll};1H${"\n".repeat(before.scroll)}` : "";
  return `${before.undo}${scrolled}\x1b[H\x1b[2J${screen.paint}`;
}

/** Gives the viewer's terminal back to whoever had it before: below what was shown, and all switches as a shell wants them. */
export function handBack(modes: Parameters<typeof undoModes>[0]): string {
  return `${undoModes(modes)}\x1b[999;1H\r\n`;
}
