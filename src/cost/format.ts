import { clip, oneLine } from "../base/text.ts";
import { no, ok, type Outcome } from "../base/result.ts";

/** Dollars are counted in whole micro-dollars: sums of decimals stay exact up to nine billion dollars. */
export const MICROS = 1_000_000;

/** The largest single amount that is believed: above it something is wrong with whoever reports it. */
const MOST_MICROS = 1_000_000 * MICROS;

/**
 * Reads an amount of dollars: `0.25`, `.5`, `$1.20`, `3e-5`. What lies below a micro-dollar is rounded half up (agents report sums with
 * fifteen digits). Refused, with the reason: negative, not a number, infinite, above a million.
 */
export function parseUsd(text: string): Outcome<number, string> {
  const match = /^\$?([0-9]*)(?:\.([0-9]*))?(?:[eE]([-+]?[0-9]{1,3}))?$/.exec(text.trim());
  if (match === null || (match[1] ?? "") + (match[2] ?? "") === "") {
    return no(/^-/.test(text.trim()) ? "it is negative" : "it is not an amount of dollars");
  }
  const whole = match[1] ?? "";
  const digits = whole + (match[2] ?? "");
  // Where the point stands among the digits, moved by the exponent and by six to count micro-dollars.
  const point = whole.length + Number(match[3] ?? 0) + 6;
  if (digits.replace(/^0+/, "").length + point - digits.length > 16) return no("it is above a million dollars");
  const kept = digits.slice(0, Math.max(0, point)).padEnd(Math.max(0, point), "0");
  const next = point >= 0 ? Number(digits[point] ?? "0") : 0;
  const micros = Number(kept === "" ? "0" : kept) + (next >= 5 ? 1 : 0);
  return micros > MOST_MICROS ? no("it is above a million dollars") : ok(micros);
}

/** Writes micro-dollars as an exact decimal, without needless zeros: 1250000 → `1.25`. */
export function decimalUsd(micros: number): string {
  const sign = micros < 0 ? "-" : "";
  const whole = Math.floor(Math.abs(micros) / MICROS);
  const rest = String(Math.abs(micros) % MICROS).padStart(6, "0").replace(/0+$/, "");
  return `${sign}${whole}${rest === "" ? "" : `.${rest}`}`;
}

/** For people: `$1.25`, at least two decimals, at most four (rounded); an amount that would read as nothing is shown exactly. */
export function formatUsd(micros: number): string {
  if (micros > 0 && micros < 50) return `$${decimalUsd(micros)}`;
  const rounded = Math.round(micros / 100) * 100;
  const [whole, rest = ""] = decimalUsd(rounded).split(".");
  return `$${whole}.${rest.padEnd(2, "0")}`;
}

/** What one call cost. Labels are short texts from outside. */
export interface CostEntry {
  readonly ts: number;
  readonly micros: number;
  readonly kind: "session" | "root" | "tick";
  readonly id: string;
  readonly runner?: string | undefined;
  readonly model?: string | undefined;
  readonly tokens?: number | undefined;
  readonly goal?: string | undefined;
}

/**
 * An entry as a line of the ledger, without its newline. The order of the keys is part of the format: numbers first, then the
 * labels, so that the scanner groups lines by their second half without parsing it.
 */
export function costLine(entry: CostEntry): string {
  const numbers = `"v":1,"ts":${entry.ts},"usd":${decimalUsd(entry.micros)}`;
  const tokens = entry.tokens === undefined ? "" : `,"tokens":${entry.tokens}`;
  const labels = JSON.stringify({
    kind: entry.kind,
    id: label(entry.id),
    ...(entry.runner === undefined ? {} : { runner: label(entry.runner) }),
    ...(entry.model === undefined ? {} : { model: label(entry.model) }),
    ...(entry.goal === undefined ? {} : { goal: label(entry.goal) }),
  });
  return `{${numbers}${tokens},${labels.slice(1)}`;
}

function label(text: string): string {
  return clip(oneLine(text), 128);
}
