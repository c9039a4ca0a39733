import { isPulseHeld } from "../heartbeat/store.ts";
import type { MoveOutcome } from "../moves/schema.ts";
import { executeMove } from "../moves/execute.ts";
import { handOverNotices } from "../moves/hand_over.ts";
import { requiredText } from "./input.ts";
import { verb } from "./verb.ts";

/** `looop _ notify <message…>` */
export const module = verb<MoveOutcome>({
  run: async (call, input) => {
    const raised = await executeMove(call.context, call.actor, {
      kind: "notify",
      message: requiredText(input, "message"),
    });
    // A pulse that lives hands it to notify.d/ itself, and nobody waits for that; without one we do it.
    if (raised.ok && !isPulseHeld(call.context)) {
      for (const { hook, message } of await handOverNotices(call.context)) call.note(`notify.d/${hook} ${message}`);
    }
    return raised;
  },
  text: ({ summary }) => summary,
  json: ({ data }) => data,
});
