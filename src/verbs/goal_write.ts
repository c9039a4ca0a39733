import { executeMove } from "../moves/execute.ts";
import type { MoveOutcome } from "../moves/schema.ts";
import { requiredText } from "./input.ts";
import { verb } from "./verb.ts";

/** `looop _ goal write <id> [body|-]` */
export const module = verb<MoveOutcome>({
  run: (call, input) =>
    executeMove(call.context, call.actor, {
      kind: "goal.write",
      id: requiredText(input, "id"),
      body: requiredText(input, "body"),
    }),
  text: ({ summary }) => summary,
  json: ({ changed, data }) => ({ changed, ...data }),
});
