import { ok } from "../base/result.ts";
import { clip, oneLine } from "../base/text.ts";
import { archivedGoals, listGoals } from "../goals/store.ts";
import { switchOf } from "./input.ts";
import { verb } from "./verb.ts";

interface Row {
  readonly id: string;
  readonly title: string | null;
  readonly status: "active" | "archived" | "unreadable";
}

/** `looop _ goal list` */
export const module = verb<readonly Row[]>({
  run: (call, input) => {
    const goals = listGoals(call.context);
    if (!goals.ok) return Promise.resolve(goals);
    const rows: Row[] = goals.value.map((goal) => ({
      id: goal.id,
      title: goal.title ?? null,
      status: goal.text === undefined ? "unreadable" : "active",
    }));
    if (!switchOf(input, "archived")) return Promise.resolve(ok(rows));
    const archived = archivedGoals(call.context);
    if (!archived.ok) return Promise.resolve(archived);
    return Promise.resolve(ok([
      ...rows,
      ...archived.value.map((goal): Row => ({ id: goal.id, title: goal.title ?? null, status: "archived" })),
    ]));
  },
  text: (rows, call) => {
    if (rows.length === 0) return "no goals: looop _ goal write <id>";
    const width = Math.max(...rows.map((row) => row.id.length));
    return rows.map((row) => {
      const said = row.title === null ? "(no goal: line)" : oneLine(row.title);
      const mark = row.status === "active" ? "" : ` (${row.status})`;
      return clip(
        `${row.id.padEnd(width)}  ${row.status === "unreadable" ? "" : said}${mark}`,
        Math.max(40, call.columns),
      );
    }).join("\n");
  },
});
