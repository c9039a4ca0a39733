const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The longest duration that is accepted: a thousand years, so that sums with the clock stay exact. */
const LONGEST_MS = 1000 * 365 * 86_400_000;

/**
 * Reads `500ms`, `60s`, `5m`, `2h`, `3d`; a bare number is seconds. Answers milliseconds, or undefined when the text is
 * not a duration (negative, empty, an unknown unit, longer than a thousand years).
 */
export function parseDuration(text: string): number | undefined {
  const match = /^([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)?$/.exec(text.trim());
  if (match === null) return undefined;
  const ms = Number(match[1]) * (UNITS[match[2] ?? "s"] ?? 1000);
  return Number.isFinite(ms) && ms <= LONGEST_MS ? Math.round(ms) : undefined;
}

/** Writes milliseconds in the largest unit that needs no fraction: 90000 → `90s`, 7200000 → `2h`. */
export function formatDuration(ms: number): string {
  for (const unit of ["d", "h", "m", "s"]) {
    const size = UNITS[unit] ?? 1;
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms}ms`;
}

/** An age for people, one unit, rounded down: `4s`, `12m`, `3h`, `2d`. Negative ages (a clock that jumped) read `0s`. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
