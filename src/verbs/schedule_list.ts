import { ok } from "../base/result.ts";
import { oneLine } from "../base/text.ts";
import { hasFired, nextDue } from "../schedules/due.ts";
import { instantText, ruleText } from "../schedules/format.ts";
import type { ScheduleFile } from "../schedules/schema.ts";
import { listSchedules } from "../schedules/store.ts";
import { verb } from "./verb.ts";

interface Row {
  readonly name: string;
  /** `fired`: a one-shot that is over, listed until it is removed; `invalid`: the file holds no schedule. */
  readonly status: "pending" | "due" | "fired" | "invalid";
  readonly rule: string | null;
  readonly next_due: number | null;
  readonly count: number;
  readonly last: number | null;
  readonly note: string | null;
  readonly problem: string | null;
}

/** `looop _ schedule list` */
export const module = verb<readonly Row[]>({
  run: async (call) => {
    const now = call.os.clock.now();
    return ok(await Promise.all(listSchedules(call.context).map((file) => rowOf(file, now))));
  },
  text: (rows) => {
    if (rows.length === 0) return "no schedules: looop _ schedule write <name> --every 2h";
    const width = Math.max(...rows.map(({ name }) => name.length));
    return rows.map((row) => `${row.name.padEnd(width)}  ${saidOf(row)}`).join("\n");
  },
});

async function rowOf({ name, schedule, problem }: ScheduleFile, now: number): Promise<Row> {
  if (schedule === undefined) {
    const why = problem ?? "the file holds no schedule";
    return { name, status: "invalid", rule: null, next_due: null, count: 0, last: null, note: null, problem: why };
  }
  const due = await nextDue(schedule, now);
  return {
    name,
    status: hasFired(schedule) ? "fired" : due !== undefined && due <= now ? "due" : "pending",
    rule: ruleText(schedule.rule),
    next_due: due ?? null,
    count: schedule.count,
    last: schedule.last ?? null,
    note: schedule.note ?? null,
    problem: due === undefined && !hasFired(schedule) ? "its rule is not understood, or never comes true" : null,
  };
}

function saidOf(row: Row): string {
  const parts = [row.rule ?? "invalid"];
  if (row.status === "fired") parts.push("fired");
  else if (row.next_due !== null) parts.push(row.status === "due" ? "due now" : `next ${instantText(row.next_due)}`);
  if (row.count > 0 && row.status !== "fired") parts.push(`fired ${row.count} times`);
  if (row.problem !== null) parts.push(row.problem);
  if (row.note !== null) parts.push(oneLine(row.note));
  return parts.join(", ");
}
