import { formatDuration } from "../base/duration.ts";
import type { ScheduleRule } from "./schema.ts";

/** A rule in a few words: `every 2h`, `cron 0 9 * * 1-5`, `at 2026-01-31T09:00:00.000Z`. */
export function ruleText(rule: ScheduleRule): string {
  switch (rule.kind) {
    case "at":
      return `at ${instantText(rule.at)}`;
    case "every":
      return `every ${formatDuration(rule.every_ms)}`;
    case "cron":
      return `cron ${rule.cron}`;
  }
}

/** An instant in UTC, also one that no calendar has. */
export function instantText(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms} ms` : date.toISOString();
}
