import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import { executeMove } from "../moves/execute.ts";
import type { MoveOutcome } from "../moves/schema.ts";
import { newest } from "../sessions/read.ts";
import { requiredText, textOf } from "./input.ts";
import { type Call, type Input, verb } from "./verb.ts";

/** How long the one who asked is given to print its answer and leave. */
const LEAVE_MS = 2_000;

/**
 * The helper of a worker that ends itself: it stands outside of the tree, waits until the verb that called it has given its answer, and
 * ends that generation. Another generation that took the id meanwhile is left alone.
 */
export const module = verb<MoveOutcome>({ run, text: ({ summary }) => summary });

async function run(call: Call, input: Input): Promise<Result<MoveOutcome>> {
  const id = requiredText(input, "id");
  const generation = Number(requiredText(input, "generation"));
  const after = textOf(input, "after");
  if (after !== undefined && /^[1-9][0-9]*$/.test(after)) await gone(call, after);
  if (newest(call.context, id)?.generation !== generation) {
    return fail("conflict", `end "${id}"`, `generation ${generation} is not there any more`);
  }
  const ended = await executeMove(call.context, { kind: "worker", session: id }, {
    kind: "worker.kill",
    id,
    reason: "it ended itself",
  });
  return ended.ok ? ok(ended.value) : ended;
}

/** Until that process is gone, looked at through sh, which may signal it with 0. */
async function gone(call: Call, pid: string): Promise<void> {
  const script = 'n=0; while kill -s 0 "$1" 2>/dev/null && [ "$n" -lt 100 ]; do n=$((n + 1)); sleep 0.02; done';
  await call.os.processes.sh(script, [pid], { timeoutMs: LEAVE_MS });
}
