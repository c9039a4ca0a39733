import { executeMove } from "../moves/execute.ts";
import type { MoveOutcome } from "../moves/schema.ts";
import { requiredText, switchOf, textOf } from "./input.ts";
import { verb } from "./verb.ts";

/** `looop _ worker start <id> <prompt…|->` */
export const module = verb<MoveOutcome>({
  run: (call, input) =>
    executeMove(call.context, call.actor, {
      kind: "worker.start",
      id: requiredText(input, "id"),
      prompt: requiredText(input, "prompt"),
      runner: textOf(input, "runner"),
      command: textOf(input, "command"),
      cwd: textOf(input, "cwd"),
      goal: textOf(input, "goal"),
      verify: textOf(input, "verify"),
      ...(switchOf(input, "meta") ? { meta: true } : {}),
    }),
  text: ({ summary, data }) =>
    `${summary}\nlook at it: looop shot ${data["id"]}   follow it: looop log -f ${data["id"]}`,
  json: ({ changed, data }) => ({ changed, ...data }),
});
