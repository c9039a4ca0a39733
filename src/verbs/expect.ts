import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import { sessionOf } from "../moves/worker_kill.ts";
import { expectOutput, expectScreen, type Match } from "../sessions/expect.ts";
import { openLog } from "../sessions/log.ts";
import { countOf, durationOf, requiredText, switchOf } from "./input.ts";
import { type Call, type Input, verb } from "./verb.ts";

const TIMEOUT_MS = 30_000;

/** `looop expect <id> RE [--timeout D] [--from-now|--since BYTE] [--screen]` */
export const module = verb<Match>({ run, text: ({ matched }) => matched, json });

async function run(call: Call, input: Input): Promise<Result<Match>> {
  const found = sessionOf(call.context, requiredText(input, "id"), "watch");
  if (!found.ok) return found;
  const source = requiredText(input, "pattern");
  const timeout = durationOf(input, "timeout");
  const since = countOf(input, "since");
  if (!timeout.ok) return timeout;
  if (!since.ok) return since;
  try {
    new RegExp(source, "m");
  } catch (error) {
    return fail("usage", `expect "${source}"`, error instanceof Error ? error.message : String(error));
  }
  const log = openLog(call.context, found.value);
  if (!log.ok) return log;
  const options = {
    source,
    timeoutMs: timeout.value === 0 ? undefined : timeout.value ?? TIMEOUT_MS,
    signal: call.signal,
  };
  if (switchOf(input, "screen")) return await expectScreen(call.context, found.value, options);
  const from = since.value ?? (switchOf(input, "from-now") ? log.value.end : log.value.head);
  const match = await expectOutput(call.context, found.value, { ...options, from });
  return match.ok ? ok(match.value) : match;
}

function json({ matched, groups, start, end }: Match): unknown {
  return { matched, groups, ...(start !== undefined && { start }), ...(end !== undefined && { offset: end, end }) };
}
