import { executeMove } from "../moves/execute.ts";
import type { MoveOutcome } from "../moves/schema.ts";
import { requiredText } from "./input.ts";
import { verb } from "./verb.ts";

/** `looop _ schedule rm <name>` */
export const module = verb<MoveOutcome>({
  run: (call, input) =>
    executeMove(call.context, call.actor, { kind: "schedule.rm", name: requiredText(input, "name") }),
  text: ({ summary }) => summary,
  json: ({ changed, data }) => ({ changed, ...data }),
});
