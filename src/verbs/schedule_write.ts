import { executeMove } from "../moves/execute.ts";
import type { MoveOutcome } from "../moves/schema.ts";
import { instantText } from "../schedules/format.ts";
import { durationOf, requiredText, textOf } from "./input.ts";
import { verb } from "./verb.ts";

/** `looop _ schedule write <name> (--in D|--every D|--cron E) [--note T]` */
export const module = verb<MoveOutcome>({
  run: async (call, input) => {
    const within = durationOf(input, "in");
    if (!within.ok) return within;
    const every = durationOf(input, "every");
    if (!every.ok) return every;
    const cron = textOf(input, "cron");
    const note = textOf(input, "note");
    return await executeMove(call.context, call.actor, {
      kind: "schedule.write",
      name: requiredText(input, "name"),
      ...(within.value === undefined ? {} : { in: within.value }),
      ...(every.value === undefined ? {} : { every: every.value }),
      ...(cron === undefined ? {} : { cron }),
      ...(note === undefined ? {} : { note }),
    });
  },
  text: ({ summary, data }) =>
    typeof data.next_due === "number" ? `${summary}\nnext: ${instantText(data.next_due)}` : summary,
  json: ({ changed, data }) => ({ changed, ...data }),
});
