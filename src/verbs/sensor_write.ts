import { executeMove } from "../moves/execute.ts";
import type { MoveOutcome } from "../moves/schema.ts";
import { requiredText } from "./input.ts";
import { verb } from "./verb.ts";

/** `looop _ sensor write <name> [script|-]` */
export const module = verb<MoveOutcome>({
  run: async (call, input) => {
    const written = await executeMove(call.context, call.actor, {
      kind: "sensor.write",
      name: requiredText(input, "name"),
      script: requiredText(input, "script"),
    });
    // A header that is not understood does not keep the sensor from running, so it is a word of warning, not a refusal.
    const problems = written.ok ? written.value.data.problems : [];
    if (Array.isArray(problems)) problems.forEach((problem) => call.note(String(problem)));
    return written;
  },
  text: ({ summary }) => summary,
  json: ({ changed, data }) => ({ changed, ...data }),
});
