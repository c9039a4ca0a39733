import { parsedJson } from "../base/json.ts";
import { localDay, localDayBounds } from "../base/local_time.ts";
import { parseUsd } from "./format.ts";
import { costLineSchema } from "./schema.ts";

/** What a line was filed under. */
export interface Labels {
  readonly kind: string;
  readonly id: string;
  readonly runner: string | undefined;
}

/** The sum of all lines of one local day with the same labels. */
export interface CostGroup extends Labels {
  readonly day: string;
  readonly micros: number;
  readonly calls: number;
  readonly tokens: number;
}

/** Sums ledger lines as they are fed, in any order. */
export interface Tally {
  /** Takes whole lines (a text that starts and ends at a line's edge). Answers how many of them lay within `from`. */
  feed(text: string): number;
  groups(): readonly CostGroup[];
  readonly micros: number;
  readonly calls: number;
  /** Lines that are no cost: broken, negative, of a newer form. */
  readonly skipped: number;
}

interface Cell {
  micros: number;
  calls: number;
  tokens: number;
}

interface Day {
  readonly start: number;
  readonly end: number;
  readonly cells: Map<string, Cell>;
}

/**
 * A tally of all lines, or of those from `window.start` up to `window.end`. Lines as looop writes them are read without parsing JSON: two
 * numbers at fixed places, and the rest of the line as the name of their group, which is parsed once a group and day. Any other line is
 * parsed.
 */
export function tally(window?: { readonly start: number; readonly end: number }): Tally {
  const days = new Map<number, Day>();
  let today: Day = { start: 0, end: 0, cells: new Map() };
  const sum = { micros: 0, calls: 0, skipped: 0 };

  function add(labels: string, ts: number, micros: number, tokens: number): boolean {
    if (window !== undefined && (ts < window.start || ts >= window.end)) return false;
    if (ts < today.start || ts >= today.end) today = dayOf(days, ts);
    const cell = today.cells.get(labels);
    if (cell === undefined) today.cells.set(labels, { micros, calls: 1, tokens });
    else {
      cell.micros += micros;
      cell.calls++;
      cell.tokens += tokens;
    }
    sum.micros += micros;
    sum.calls++;
    return true;
  }

  function feed(text: string): number {
    let inside = 0;
    for (let at = 0; at < text.length;) {
      let end = text.indexOf("\n", at);
      if (end < 0) end = text.length;
      const line = ownLine(text, at, end) ?? otherLine(text.slice(at, end));
      if (line === undefined) sum.skipped++;
      else if (line !== "blank" && add(line.labels, line.ts, line.micros, line.tokens)) inside++;
      at = end + 1;
    }
    return inside;
  }

  return {
    feed,
    groups: () => groupsOf(days, sum),
    get micros() {
      return sum.micros;
    },
    get calls() {
      return sum.calls;
    },
    get skipped() {
      return sum.skipped;
    },
  };
}

function dayOf(days: Map<number, Day>, ts: number): Day {
  const bounds = localDayBounds(ts);
  const known = days.get(bounds.start);
  if (known !== undefined) return known;
  const day = { ...bounds, cells: new Map<string, Cell>() };
  days.set(bounds.start, day);
  return day;
}

/** A line's numbers, and its labels as the text they are grouped by. */
interface Line {
  readonly ts: number;
  readonly micros: number;
  readonly tokens: number;
  readonly labels: string;
}

const HEAD = '{"v":1,"ts":';
const USD = ',"usd":';
const TOKENS = ',"tokens":';
const KIND = ',"kind":"';
const TEN = [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

// One object for all lines of the fast path: a million short-lived ones would be a third of the time.
const found = { ts: 0, micros: 0, tokens: 0, labels: "" };

/** The fast path; undefined for whatever does not have exactly the written form. */
function ownLine(text: string, from: number, end: number): Line | undefined {
  if (!text.startsWith(HEAD, from) || text.charCodeAt(end - 1) !== 0x7d) return undefined;
  let at = from + HEAD.length;
  const ts = digits(text, at);
  at = digitsEnd;
  if (ts < 0 || !text.startsWith(USD, at)) return undefined;
  const whole = digits(text, at + USD.length);
  at = digitsEnd;
  if (whole < 0) return undefined;
  let micros = whole * 1_000_000;
  if (text.charCodeAt(at) === 0x2e) {
    const fraction = digits(text, at + 1);
    const places = digitsEnd - at - 1;
    const scale = TEN[places];
    if (fraction < 0 || scale === undefined) return undefined;
    micros += fraction * scale;
    at = digitsEnd;
  }
  let tokens = 0;
  if (text.startsWith(TOKENS, at)) {
    tokens = digits(text, at + TOKENS.length);
    at = digitsEnd;
    if (tokens < 0) return undefined;
  }
  if (!text.startsWith(KIND, at)) return undefined;
  found.ts = ts;
  found.micros = micros;
  found.tokens = tokens;
  found.labels = text.slice(at + 1, end);
  return found;
}

let digitsEnd = 0;

/** The number whose digits start at `at`, -1 when there are none or too many; `digitsEnd` is where they end. */
function digits(text: string, at: number): number {
  let value = 0;
  let next = at;
  for (; next < text.length; next++) {
    const digit = text.charCodeAt(next) - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  digitsEnd = next;
  return next === at || next - at > 15 ? -1 : value;
}

/** Any other line: a forerunner's (`cost_usd`, `ts` as text), or one that a person wrote. Undefined when it is no cost. */
function otherLine(text: string): Line | "blank" | undefined {
  if (text.trim() === "") return "blank";
  const parsed = costLineSchema.safeParse(parsedJson(text));
  if (!parsed.success || (parsed.data.v ?? 1) > 1) return undefined;
  const { ts, usd, cost_usd, kind, id, runner, tokens } = parsed.data;
  const when = typeof ts === "number" ? ts : Date.parse(ts);
  const amount = parseUsd(String(usd ?? cost_usd ?? ""));
  if (!Number.isFinite(when) || Math.abs(when) > 8.64e15 || !amount.ok) return undefined;
  const labels = `${JSON.stringify({ kind, id, runner }).slice(1)}`;
  return { ts: when, micros: amount.value, tokens: Math.max(0, tokens ?? 0), labels };
}

function groupsOf(
  days: ReadonlyMap<number, Day>,
  sum: { skipped: number; micros: number; calls: number },
): CostGroup[] {
  const groups: CostGroup[] = [];
  for (const day of [...days.values()].sort((a, b) => a.start - b.start)) {
    const name = localDay(day.start);
    for (const [text, cell] of day.cells) {
      const labels = labelsOf(text);
      if (labels !== undefined) {
        groups.push({ day: name, ...labels, ...cell });
        continue;
      }
      // The numbers were well formed and what follows is not: the line was no cost after all.
      sum.skipped += cell.calls;
      sum.calls -= cell.calls;
      sum.micros -= cell.micros;
      day.cells.delete(text);
    }
  }
  return groups;
}

function labelsOf(text: string): Labels | undefined {
  const value = parsedJson(`{${text}`);
  if (typeof value !== "object" || value === null) return undefined;
  const { kind, id, runner } = value as Record<string, unknown>;
  if (typeof kind !== "string" || typeof id !== "string") return undefined;
  return { kind, id, runner: typeof runner === "string" ? runner : undefined };
}
