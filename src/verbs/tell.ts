import { executeMove } from "../moves/execute.ts";
import type { MoveOutcome } from "../moves/schema.ts";
import { requiredText } from "./input.ts";
import { verb } from "./verb.ts";

/** `looop _ tell <worker> <text|->` */
export const module = verb<MoveOutcome>({
  run: (call, input) =>
    executeMove(call.context, call.actor, {
      kind: "tell",
      worker: requiredText(input, "worker"),
      text: requiredText(input, "text"),
    }),
  text: ({ summary }) => summary,
  json: ({ changed, data }) => ({ changed, ...data }),
});
