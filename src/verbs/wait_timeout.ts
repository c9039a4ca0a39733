import { parseDuration } from "../base/duration.ts";
import { ok } from "../base/result.ts";
import type { Result } from "../failure.ts";
import { durationOf } from "./input.ts";
import type { Call, Input } from "./verb.ts";

/**
 * How long a verb waits, in milliseconds: `--timeout`, or what the runner says of how long its agent's shell lets a command run
 * (`LOOOP_WAIT_TIMEOUT`). Undefined: for ever. A limit that nobody can read is said to be none.
 */
export function waitTimeout(call: Call, input: Input): Result<number | undefined> {
  const given = durationOf(input, "timeout");
  if (!given.ok || given.value !== undefined) return given;
  const limit = call.os.environment.get("LOOOP_WAIT_TIMEOUT");
  const ms = limit === undefined ? undefined : parseDuration(limit);
  if (limit !== undefined && ms === undefined) {
    call.note(`LOOOP_WAIT_TIMEOUT is "${limit}", which is no duration: not used`);
  }
  return ok(ms);
}
