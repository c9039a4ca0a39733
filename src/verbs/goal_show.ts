import { ok } from "../base/result.ts";
import { idProblem } from "../base/id.ts";
import { stripControls } from "../base/text.ts";
import { fail } from "../failure.ts";
import { noSuchGoal, readArchivedGoal, readGoal } from "../goals/store.ts";
import { requiredText } from "./input.ts";
import { verb } from "./verb.ts";

interface Shown {
  readonly id: string;
  readonly title: string | null;
  readonly archived: boolean;
  readonly text: string;
}

/** `looop _ goal show <id>`: the goal in force, or an archived one under its archived name. */
export const module = verb<Shown>({
  run: async (call, input) => {
    const id = requiredText(input, "id");
    if (idProblem(id) !== undefined) return fail("usage", `show goal "${id}"`, "this is not an id");
    const active = readGoal(call.context, id);
    if (!active.ok) return active;
    const found = active.value === undefined ? readArchivedGoal(call.context, id) : active;
    if (!found.ok) return found;
    const goal = found.value;
    if (goal?.text === undefined) return noSuchGoal(call.context, "show", id);
    const archived = active.value === undefined;
    if (archived) call.note(`goal "${id}" is archived; to take it up again: looop _ goal write ${id}`);
    return ok({ id, title: goal.title ?? null, archived, text: goal.text });
  },
  text: ({ text }) => stripControls(text).replace(/\n$/, ""),
});
