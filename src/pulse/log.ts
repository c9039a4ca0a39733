import { join } from "node:path";
import { appendRotating } from "../os/guarded_files.ts";
import type { Context } from "../profile/profile.ts";
import { type LogEntry, logLine } from "./log_format.ts";

/** After so many bytes the log becomes `pulse.log.1`. */
const ROTATE_BYTES = 5 * 1024 * 1024;

/** How many rotated logs are kept. */
const KEEP = 3;

/** The pulse's log. Writing never fails the pulse: a full disk costs lines, nothing else. */
export interface PulseLog {
  write(entry: LogEntry): void;
  /** Writes a trouble once, and again only after `settled(key)` or when its text changes: a beat may meet it again and again. */
  trouble(key: string, entry: LogEntry): void;
  settled(key: string): void;
  /** Resolves when all that was written is in the file. */
  flush(): Promise<void>;
}

/** Where the log lies. */
export function pulseLogPath(ctx: Context): string {
  return join(ctx.profile.paths.pulse, "pulse.log");
}

/** Opens the log for writing; `echo` is given each line too (`up --foreground`). */
export function openPulseLog(ctx: Context, echo?: (line: string) => void): PulseLog {
  const path = pulseLogPath(ctx);
  const troubles = new Map<string, string>();
  let written: Promise<unknown> = Promise.resolve();
  function write(entry: LogEntry): void {
    const line = logLine(ctx.os.clock.now(), entry);
    echo?.(line);
    written = written.then(() => appendRotating(ctx.os, path, { line, maxBytes: ROTATE_BYTES, keep: KEEP }))
      .catch(() => {});
  }
  return {
    write,
    trouble(key, entry) {
      if (troubles.get(key) === entry.msg) return;
      troubles.set(key, entry.msg);
      write(entry);
    },
    settled: (key) => void troubles.delete(key),
    flush: async () => {
      await written;
    },
  };
}
