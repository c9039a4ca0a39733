import { parseDuration } from "../base/duration.ts";
import type { SensorHeader } from "./schema.ts";

/** How many lines from the top may carry headers. */
const HEAD_LINES = 20;

/** How much of a script is read for its head: twenty lines of any sane length. */
export const HEAD_BYTES = 8192;

/** The shortest cadence: below it a typing error would keep a core busy. */
const SHORTEST_MS = 1_000;

/** `looop:interval=60s` behind whatever marks a comment in the script's language. */
const LINE = /^\s*(?:#+|\/\/+|--|;+|%+)\s*looop:([a-z-]+)\s*=\s*(\S*)/;

/**
 * Reads `# looop:interval=60s` and `# looop:timeout=20s` (bare numbers are seconds) from the first twenty lines. What is not
 * understood is told and otherwise as if it were not there: a typing error must not silence a sensor.
 */
export function parseHeader(head: string): SensorHeader {
  const problems: string[] = [];
  let intervalMs: number | undefined;
  let timeoutMs: number | undefined;
  for (const line of head.split("\n", HEAD_LINES)) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const [, key, value = ""] = match;
    const ms = parseDuration(value);
    if (key !== "interval" && key !== "timeout") {
      problems.push(`looop:${key} is not a header: there are interval and timeout`);
    } else if (ms === undefined || ms === 0) {
      problems.push(`looop:${key}=${value} is not a duration such as 60s or 5m`);
    } else if (key === "interval") {
      intervalMs = Math.max(SHORTEST_MS, ms);
    } else {
      timeoutMs = ms;
    }
  }
  return { intervalMs, timeoutMs, problems };
}

/** Whether a script says what runs it. */
export function hasShebang(head: string): boolean {
  return /^#![ \t]*\S/.test(head);
}
