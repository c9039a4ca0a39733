import { executeMove } from "../moves/execute.ts";
import type { MoveOutcome } from "../moves/schema.ts";
import { requiredText } from "./input.ts";
import { verb } from "./verb.ts";

/** `looop asks withdraw <ask>` */
export const module = verb<MoveOutcome>({
  run: (call, input) => executeMove(call.context, call.actor, { kind: "withdraw", ask: requiredText(input, "ask") }),
  text: ({ summary }) => summary,
  json: ({ changed, data }) => ({ changed, ...data }),
});
