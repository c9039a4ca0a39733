import { formatDuration } from "../base/duration.ts";
import type { Config } from "./schema.ts";

/** The values that hold, by dotted name, as one would write them into the file: reading that file gives the same config. */
export function writtenConfig(config: Config): Readonly<Record<string, unknown>> {
  return {
    default: config.default,
    runners: config.runners,
    interval: formatDuration(config.intervalMs),
    busy_interval: formatDuration(config.busyIntervalMs),
    active_interval: formatDuration(config.activeIntervalMs),
    sensor_timeout: formatDuration(config.sensorTimeoutMs),
    sensor_max_bytes: config.sensorMaxBytes,
    sensor_concurrency: config.sensorConcurrency,
    reminders: config.remindersMs.map(formatDuration),
    settle: formatDuration(config.settleMs),
    root_away: formatDuration(config.rootAwayMs),
    run_timeout: formatDuration(config.runTimeoutMs),
    verify_timeout: formatDuration(config.verifyTimeoutMs),
    notify_timeout: formatDuration(config.notifyTimeoutMs),
    session_ttl: formatDuration(config.sessionTtlMs),
    max_workers: config.maxWorkers,
    max_daily_usd: config.maxDailyMicros === undefined ? null : config.maxDailyMicros / 1e6,
    idle_after: formatDuration(config.idleAfterMs),
    stuck_after: formatDuration(config.stuckAfterMs),
    stuck_action: config.stuckAction,
    log_max_bytes: config.logMaxBytes,
    journal_max_bytes: config.journalMaxBytes,
    events_max_bytes: config.eventsMaxBytes,
    log_format: config.logFormat,
    env_deny: config.envDeny,
    "keep.runs": config.keep.runs,
    "keep.playbook": config.keep.playbook,
    "keep.tells": formatDuration(config.keep.tellsMs),
    "keep.notices": formatDuration(config.keep.noticesMs),
  };
}
