import type { Cron } from "croner";

/** A cron rule that was understood. */
export interface CronRule {
  /** The first instant after `afterMs` at which it fires, in milliseconds since 1970; undefined: never again. */
  next(afterMs: number): number | undefined;
}

/** Understood rules by their text: a rule is read once, not at each beat. Bounded by being emptied. */
const known = new Map<string, Cron | string>();
const KNOWN_MAX = 256;

/**
 * Reads a cron rule: five fields (minute, hour, day, month, weekday) or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`, in local
 * time. An instant that the change to summer time leaves out fires at the end of the gap, one that occurs twice in autumn fires once.
 * The library is loaded by the first rule that is read.
 */
export async function readCron(text: string): Promise<CronRule | { readonly problem: string }> {
  const pattern = text.trim();
  let rule = known.get(pattern);
  if (rule === undefined) {
    rule = await parse(pattern);
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(pattern, rule);
  }
  if (typeof rule === "string") return { problem: rule };
  const cron = rule;
  return { next: (afterMs) => cron.nextRun(new Date(afterMs))?.getTime() };
}

async function parse(pattern: string): Promise<Cron | string> {
  if (!/^@[a-z]+$/i.test(pattern) && pattern.split(/\s+/).length !== 5) {
    return "it wants five fields (minute hour day month weekday), or @daily and its like";
  }
  const { Cron } = await import("croner");
  try {
    return new Cron(pattern, { paused: true });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return said.replace(/^\w+: /, "");
  }
}
