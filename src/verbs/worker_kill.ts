import { executeMove } from "../moves/execute.ts";
import type { MoveOutcome } from "../moves/schema.ts";
import { requiredText, textOf } from "./input.ts";
import { verb } from "./verb.ts";

/** `looop _ worker kill <id>` */
export const module = verb<MoveOutcome>({
  run: (call, input) =>
    executeMove(call.context, call.actor, {
      kind: "worker.kill",
      id: requiredText(input, "id"),
      reason: textOf(input, "reason"),
    }),
  text: ({ summary }) => summary,
  json: ({ changed, data }) => ({ changed, ...data }),
});
