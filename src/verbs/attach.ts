import { ok } from "../base/result.ts";
import { EXIT_CODES, fail, type Result } from "../failure.ts";
import { sessionOf } from "../moves/worker_kill.ts";
import { attach } from "../sessions/attach.ts";
import { exitCodeOf } from "../sessions/schema.ts";
import { requiredText, switchOf } from "./input.ts";
import { type Call, type Input, verb } from "./verb.ts";

/** How an attached viewer left, and how the session ended if it did. */
interface Attached {
  readonly id: string;
  readonly generation: number;
  readonly detached: boolean;
  readonly state?: string;
  readonly exit_code?: number | null;
}

/** `looop attach <id> [--read-only]`: ends as the session does, with 0 when the viewer left. */
export const module = verb<Attached>({ run, text, exit });

async function run(call: Call, input: Input): Promise<Result<Attached>> {
  const found = sessionOf(call.context, requiredText(input, "id"), "attach to");
  if (!found.ok) return found;
  const { id, generation } = found.value;
  const readOnly = switchOf(input, "read-only");
  const { stdinIsTerminal, stdoutIsTerminal } = call.os.terminal;
  if (!readOnly && !(stdinIsTerminal && stdoutIsTerminal)) {
    return fail("usage", `attach to "${id}"`, `std${stdinIsTerminal ? "out" : "in"} is no terminal`, {
      hint: `looop attach ${id} --read-only, looop log ${id} -f, looop send ${id} …`,
    });
  }
  const left = await attach(call.context, found.value, { readOnly, signal: call.signal });
  if (!left.ok) return left;
  if (left.value.why === "detached") return ok({ id, generation, detached: true });
  const { state } = left.value;
  return ok({ id, generation, detached: false, state: state.kind, exit_code: exitCodeOf(state) });
}

function text({ id, detached, state, exit_code }: Attached): string {
  if (detached) return `detached from ${id}`;
  return `${id} ${state}${typeof exit_code === "number" ? ` ${exit_code}` : ""}`;
}

/** The command's own code; a session that was lost is 125. */
function exit({ detached, state, exit_code }: Attached): number {
  if (detached) return 0;
  if (state === "lost" || state === "orphaned") return EXIT_CODES.lost;
  return exit_code ?? 128 + 9; // killed, and nobody was left to record how
}
