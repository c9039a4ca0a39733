import type { Result } from "../failure.ts";
import { executeMove } from "../moves/execute.ts";
import type { MoveOutcome } from "../moves/schema.ts";
import { requiredText, switchOf } from "./input.ts";
import { type Call, type Input, verb } from "./verb.ts";

/** `looop send <id> TEXT… [-n] [--confirm] [--raw]` */
export const module = verb<MoveOutcome>({ run, text: () => "", json: ({ data }) => data });

async function run(call: Call, input: Input): Promise<Result<MoveOutcome>> {
  const sent = await executeMove(call.context, call.actor, {
    kind: "session.send",
    id: requiredText(input, "id"),
    text: requiredText(input, "text"),
    enter: !switchOf(input, "no-newline"),
    confirm: switchOf(input, "confirm"),
    raw: switchOf(input, "raw"),
  });
  const cut = sent.ok ? sent.value.data.line_cut_at : undefined;
  if (cut !== undefined) {
    call.note(`the program reads lines, and its terminal keeps ${cut} bytes of each: the rest of a longer one is lost`);
  }
  return sent;
}
