import { executeMove } from "../moves/execute.ts";
import type { MoveOutcome } from "../moves/schema.ts";
import { requiredText, switchOf } from "./input.ts";
import { verb } from "./verb.ts";

/** `looop send <id> TEXT… [-n] [--confirm]` */
export const module = verb<MoveOutcome>({
  run: (call, input) =>
    executeMove(call.context, call.actor, {
      kind: "session.send",
      id: requiredText(input, "id"),
      text: requiredText(input, "text"),
      enter: !switchOf(input, "no-newline"),
      confirm: switchOf(input, "confirm"),
      raw: switchOf(input, "raw"),
    }),
  text: () => "",
  json: ({ data }) => data,
});
