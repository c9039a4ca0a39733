import { ok } from "../base/result.ts";
import { executeMove } from "../moves/execute.ts";
import { durationOf, listOf, textOf } from "./input.ts";
import { verb } from "./verb.ts";

interface Ran {
  readonly exit_code: number | null;
  /** The end of stdout and stderr together, in the order they came. */
  readonly output: string;
  readonly ms?: number;
}

/** `looop _ run <cmd…>`: what the command printed is printed also when it failed, in front of the failure. */
export const module = verb<Ran>({
  async *follow(call, input) {
    const timeoutMs = durationOf(input, "timeout");
    if (!timeoutMs.ok) return yield timeoutMs;
    const done = await executeMove(call.context, call.actor, {
      kind: "run",
      argv: listOf(input, "cmd"),
      reason: textOf(input, "reason"),
      timeoutMs: timeoutMs.value,
    });
    const data = (done.ok ? done.value.data : done.failure.data) as Partial<Ran> | undefined;
    const ran: Ran = { exit_code: data?.exit_code ?? null, output: data?.output ?? "", ms: data?.ms ?? 0 };
    if (done.ok) yield ok(ran);
    else {
      if (!call.json && ran.output !== "") yield ok(ran);
      yield done;
    }
  },
  text: ({ output }) => output.replace(/\n$/, ""),
});
