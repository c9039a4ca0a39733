import { ok } from "../base/result.ts";
import { stripControls } from "../base/text.ts";
import { readJournal } from "../journal/store.ts";
import { countOf } from "./input.ts";
import { verb } from "./verb.ts";

/** How many lines are shown when nobody says. */
const DEFAULT_LINES = 20;

/** `looop journal [-n N]` */
export const module = verb<readonly string[]>({
  run: async (call, input) => {
    const n = countOf(input, "lines", 1);
    if (!n.ok) return n;
    const lines = readJournal(call.context, n.value ?? DEFAULT_LINES);
    return lines.ok ? ok(lines.value) : lines;
  },
  text: (lines) => lines.length === 0 ? "the journal is empty" : stripControls(lines.join("\n")),
});
