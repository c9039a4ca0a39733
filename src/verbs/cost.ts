import { localDay, localDayBounds } from "../base/local_time.ts";
import { ok } from "../base/result.ts";
import { oneLine } from "../base/text.ts";
import { fail } from "../failure.ts";
import { decimalUsd, formatUsd } from "../cost/format.ts";
import { type CostReport, reportOf, type Total } from "../cost/report.ts";
import { tallyLedger } from "../cost/store.ts";
import { textOf } from "./input.ts";
import { verb } from "./verb.ts";

interface Output {
  readonly scope: "today" | "all";
  readonly day: string;
  readonly limitMicros: number | undefined;
  readonly report: CostReport;
}

/** `looop cost [today|all]` */
export const module = verb<Output>({
  run: async (call, input) => {
    const scope = textOf(input, "scope") ?? "all";
    if (scope !== "today" && scope !== "all") {
      return fail("usage", `show the cost of "${scope}"`, "it is today or all", { hint: "looop cost today" });
    }
    const now = call.os.clock.now();
    const sum = tallyLedger(call.context, scope === "today" ? localDayBounds(now) : undefined);
    if (!sum.ok) return sum;
    const report = reportOf(sum.value);
    if (report.skipped > 0) call.note(`${report.skipped} lines of cost.jsonl are no cost and were left out`);
    return ok({ scope, day: localDay(now), limitMicros: call.context.profile.config.maxDailyMicros, report });
  },
  text: ({ scope, day, limitMicros, report }) => {
    const head = scope === "today" ? `cost today (${day})` : "cost, all time";
    if (report.calls === 0) return `${head}: nothing recorded`;
    const limit = scope === "today" && limitMicros !== undefined ? ` of ${formatUsd(limitMicros)}` : "";
    const sections = [`${head}: ${formatUsd(report.micros)}${limit} in ${calls(report.calls)}`];
    if (scope === "all") sections.push(section("by day", report.byDay));
    sections.push(
      section("by kind", report.byKind),
      section("by worker", report.byWorker),
      section("by runner", report.byRunner),
    );
    return sections.filter((text) => text !== "").join("\n\n");
  },
  json: ({ scope, day, limitMicros, report }) => ({
    schema: 1,
    scope,
    day,
    usd: Number(decimalUsd(report.micros)),
    calls: report.calls,
    tokens: report.tokens,
    max_daily_usd: limitMicros === undefined ? null : Number(decimalUsd(limitMicros)),
    by_day: rows(report.byDay),
    by_kind: rows(report.byKind),
    by_worker: rows(report.byWorker),
    by_runner: rows(report.byRunner),
    skipped: report.skipped,
  }),
});

function rows(totals: readonly Total[]): unknown {
  return totals.map(({ name, micros, calls, tokens }) => ({ name, usd: Number(decimalUsd(micros)), calls, tokens }));
}

function section(title: string, totals: readonly Total[]): string {
  if (totals.length === 0) return "";
  const names = totals.map((total) => oneLine(total.name));
  const width = Math.max(...names.map((name) => name.length));
  const sums = totals.map((total) => formatUsd(total.micros));
  const sumWidth = Math.max(...sums.map((sum) => sum.length));
  const lines = totals.map((total, i) =>
    `  ${(names[i] ?? "").padEnd(width)}  ${(sums[i] ?? "").padStart(sumWidth)}  ${calls(total.calls)}`
  );
  return [title, ...lines].join("\n");
}

function calls(n: number): string {
  return n === 1 ? "1 call" : `${n} calls`;
}
