import { formatDuration } from "../base/duration.ts";
import { redact } from "../base/redact.ts";
import { clip, stripControls } from "../base/text.ts";
import type { Json } from "../base/canonical_json.ts";
import type { ChildEnd } from "../os/guarded_child.ts";
import type { SensorError, SensorOutcome, SensorReading } from "./schema.ts";

/** How much of the end of stderr an error reading shows. */
const STDERR_SHOWN = 1024;

/** Nesting beyond this serves nobody and would exhaust the stack of whoever walks it. */
const DEEPEST = 64;

/** What a run was asked for. */
export interface RunLimits {
  readonly path: string;
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** Judges how a sensor's process ended and what it printed: one JSON object and exit code 0, or an error of one kind. */
export function judgeRun(end: ChildEnd, limits: RunLimits): SensorOutcome {
  const stderrTail = tailOf(end.stderr);
  const error = (kind: SensorError, message: string): SensorOutcome => ({
    kind: "error",
    error: kind,
    message,
    stderrTail,
    ms: end.ms,
  });
  switch (end.kind) {
    case "not_started":
      return error("not-startable", end.message);
    case "timed_out":
      return error("timeout", `it was still running after ${formatDuration(limits.timeoutMs)}`);
    case "too_large":
      return error("too-large", `it printed more than ${limits.maxBytes} bytes`);
    case "killed":
      return error("killed", "something killed it");
    case "exited":
      break;
  }
  if (end.code !== 0) {
    if (couldNotStart(end.code, stderrTail, limits.path)) {
      return error("not-startable", "what its first line names cannot run it");
    }
    return error("exit", `exit code ${end.code}`);
  }
  const judged = judgeOutput(end.stdout, limits.maxBytes);
  return "reading" in judged
    ? { kind: "reading", reading: judged.reading, ms: end.ms }
    : error(judged.error, judged.message);
}

type Judged =
  | { readonly reading: SensorReading }
  | { readonly error: SensorError; readonly message: string };

/** Judges what a sensor printed. */
export function judgeOutput(stdout: Uint8Array, maxBytes: number): Judged {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(stdout).trim();
  } catch {
    return { error: "not-json", message: "it printed bytes that are no UTF-8 text" };
  }
  if (new TextEncoder().encode(text).length > maxBytes) {
    return { error: "too-large", message: `it printed more than ${maxBytes} bytes` };
  }
  if (text === "") return { error: "empty", message: "it printed nothing" };
  // Before parsing, so that no walk of ours ever sees such depth.
  if (depthOf(text) > DEEPEST) return { error: "too-deep", message: `its JSON is nested deeper than ${DEEPEST}` };
  const value = parseJson(text);
  if (value === undefined) {
    return startsWithObjects(text)
      ? { error: "two-objects", message: "it printed more than one JSON value" }
      : { error: "not-json", message: "it did not print JSON" };
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    return { error: "not-an-object", message: "it printed JSON that is not an object" };
  }
  return { reading: value as SensorReading };
}

/**
 * The reading that stands for a failed run. Its signal is the kind and nothing else: counts, times and texts would wake the loop
 * at each run. `good` is when the sensor last gave a reading, milliseconds since 1970.
 */
export function errorReading(
  outcome: { readonly error: SensorError; readonly message: string; readonly stderrTail: string },
  good: number | undefined,
): SensorReading {
  return {
    signal: { error: outcome.error },
    detail: { message: outcome.message, stderr_tail: outcome.stderrTail, last_good_ts: good ?? null },
  };
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** True when the text begins with a whole JSON object and goes on with another value. */
function startsWithObjects(text: string): boolean {
  const end = endOfFirst(text);
  if (end === undefined || parseJson(text.slice(0, end)) === undefined) return false;
  const rest = text.slice(end).trim();
  return /^[[{"\d-]/.test(rest) || /^(?:true|false|null)\b/.test(rest);
}

/** Where the bracket that the text begins with is closed. */
function endOfFirst(text: string): number | undefined {
  let depth = 0;
  let end: number | undefined;
  walk(text, (step, at) => {
    depth += step;
    if (depth === 0) end ??= at + 1;
  });
  return end;
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  walk(text, (step) => {
    depth += step;
    deepest = Math.max(deepest, depth);
  });
  return deepest;
}

/** Calls `visit` for each bracket outside strings: 1 for one that opens, -1 for one that closes. */
function walk(text: string, visit: (step: 1 | -1, at: number) => void): void {
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text[at];
    if (quoted) {
      if (unit === "\\") at++;
      else if (unit === '"') quoted = false;
    } else if (unit === '"') quoted = true;
    else if (unit === "{" || unit === "[") visit(1, at);
    else if (unit === "}" || unit === "]") visit(-1, at);
  }
}

/**
 * 126 and 127 are also what a script's own last command may give; a start that failed is told from it by the complaint of the `sh`
 * around the script, which names the script itself.
 */
function couldNotStart(code: number, stderr: string, path: string): boolean {
  if (code !== 126 && code !== 127) return false;
  return stderr.split("\n").some((line) => /^sh: /.test(line) && line.includes(path));
}

function tailOf(stderr: Uint8Array): string {
  const text = redact(stripControls(new TextDecoder().decode(stderr.slice(-STDERR_SHOWN))));
  return clip(text.trim(), STDERR_SHOWN);
}
