import { ok } from "../base/result.ts";
import type { Result } from "../failure.ts";
import { sessionOf } from "../moves/worker_kill.ts";
import { waitIdle } from "../sessions/wait.ts";
import { durationOf, requiredText } from "./input.ts";
import { type Call, type Input, verb } from "./verb.ts";

interface Idle {
  readonly id: string;
  readonly idle: "quiet" | "ended";
}

const SETTLE_MS = 500;
const TIMEOUT_MS = 30_000;

/** `looop wait-idle <id> [--settle D] [--timeout D]` */
export const module = verb<Idle>({ run, text: () => "" });

async function run(call: Call, input: Input): Promise<Result<Idle>> {
  const found = sessionOf(call.context, requiredText(input, "id"), "wait until");
  if (!found.ok) return found;
  const settle = durationOf(input, "settle");
  const timeout = durationOf(input, "timeout");
  if (!settle.ok) return settle;
  if (!timeout.ok) return timeout;
  const seen = await waitIdle(call.context, found.value, {
    settleMs: settle.value ?? SETTLE_MS,
    timeoutMs: timeout.value === 0 ? undefined : timeout.value ?? TIMEOUT_MS,
    signal: call.signal,
  });
  return seen.ok ? ok({ id: found.value.id, idle: seen.value }) : seen;
}
