import { executeMove } from "../moves/execute.ts";
import type { MoveOutcome } from "../moves/schema.ts";
import { listOf, requiredText } from "./input.ts";
import { verb } from "./verb.ts";

/** `looop key <id> KEY…` */
export const module = verb<MoveOutcome>({
  run: (call, input) =>
    executeMove(call.context, call.actor, {
      kind: "session.key",
      id: requiredText(input, "id"),
      keys: listOf(input, "keys"),
    }),
  text: () => "",
  json: ({ data }) => data,
});
