import { executeMove } from "../moves/execute.ts";
import type { MoveOutcome } from "../moves/schema.ts";
import { fail } from "../failure.ts";
import { textOf } from "./input.ts";
import { verb } from "./verb.ts";

/** `looop kill <id>` and, inside a session, `looop _ kill`: the end of a worker and all that it started. */
export const module = verb<MoveOutcome>({
  run: async (call, input) => {
    const { session } = call.actor;
    const id = textOf(input, "id") ?? session;
    if (id === undefined) {
      return fail("usage", "kill a worker", "outside a session its id is needed", { hint: "looop kill <id>" });
    }
    if (session !== undefined && session !== id) {
      return fail("refused", `kill "${id}"`, `this is session "${session}", and it ends itself alone`, {
        hint: "leave the id out",
      });
    }
    return await executeMove(call.context, call.actor, { kind: "worker.kill", id });
  },
  text: ({ summary }) => summary,
  json: ({ changed, data }) => ({ changed, ...data }),
});
