import { formatAge } from "../base/duration.ts";
import { ok } from "../base/result.ts";
import { fitLine } from "../base/width.ts";
import type { Result } from "../failure.ts";
import { archivedView, askRow } from "../mailbox/format.ts";
import { history } from "../mailbox/archive.ts";
import { byWords } from "../mailbox/resolve.ts";
import type { AskView, Liveness } from "../mailbox/schema.ts";
import { STATUS_RULES } from "../mailbox/status.ts";
import { allAsks, byTime, openAsks, withLiveness } from "../mailbox/store.ts";
import type { Context } from "../profile/profile.ts";
import { workerLiveness } from "../workers/views.ts";
import { switchOf } from "./input.ts";
import { type Call, type Input, verb } from "./verb.ts";

interface Output {
  readonly views: readonly AskView[];
  readonly now: number;
  readonly all: boolean;
}

/** `looop asks [--all]` */
export const module = verb<Output>({ run, text, json: ({ views, now }) => views.map((view) => askRow(view, now)) });

async function run(call: Call, input: Input): Promise<Result<Output>> {
  const { context, os } = call;
  const now = os.clock.now();
  const all = switchOf(input, "all");
  const every = all ? everyAsk(context, now) : ok(waitingAsks(context, now));
  if (!every.ok) return every;
  const views = every.value;
  return ok({ views: await seenWithWorkers(context, views), now, all });
}

/** What is in the archive and what is still in place, each ask once: a crash may have left one in both. A failure without the archive. */
export function everyAsk(ctx: Context, now: number): Result<readonly AskView[]> {
  const archived = history(ctx, "look through the archived asks");
  if (!archived.ok) return archived;
  const views = new Map(archived.value.map((pair) => [pair.id, archivedView(pair)]));
  for (const view of allAsks(ctx, now)) views.set(view.id, view);
  return ok([...views.values()].sort(byTime));
}

/** The asks that somebody has to do something about; whose workers live is not looked at yet. */
export function waitingAsks(ctx: Context, now: number): readonly AskView[] {
  return openAsks(ctx, now).filter(({ status }) => STATUS_RULES[status].needsSomeone);
}

/** Tells the open asks of workers that are gone from the others. Looks at those workers only. */
export async function seenWithWorkers(ctx: Context, views: readonly AskView[]): Promise<readonly AskView[]> {
  const workers = new Set(
    views.flatMap(({ ask, status }) => ask !== undefined && status === "open" ? [ask.worker] : []),
  );
  const known = new Map<string, Liveness>();
  await Promise.all([...workers].map(async (worker) => known.set(worker, await workerLiveness(ctx, worker))));
  return withLiveness(views, (worker) => known.get(worker) ?? "unknown");
}

function text(output: Output, call: Call): string {
  const { views, now, all } = output;
  if (views.length === 0) return all ? "no asks yet" : "no open asks";
  const width = Math.max(...views.map(({ id }) => id.length));
  const lines = views.flatMap((view) => linesOf(view, { now, width, columns: Math.max(40, call.columns) }));
  const waiting = views.filter(({ status }) => STATUS_RULES[status].needsSomeone).length;
  if (waiting > 0) lines.push("", "looop answer <ask> [text]");
  return lines.join("\n");
}

function linesOf(
  view: AskView,
  how: { readonly now: number; readonly width: number; readonly columns: number },
): string[] {
  const { ask, status, problem } = view;
  const age = ask === undefined ? "?" : formatAge(how.now - ask.ts);
  const mark = [ask?.kind === "question" ? undefined : ask?.kind, status === "open" ? undefined : status]
    .filter((word) => word !== undefined).join(", ");
  const left = `${view.id.padEnd(how.width)}  ${age.padStart(4)}  `;
  const room = how.columns - left.length;
  const said = `${mark === "" ? "" : `(${mark}) `}${problem ?? ask?.prompt ?? ""}`;
  const indent = " ".repeat(left.length);
  return [left + fitLine(said, room), ...detailsOf(view, how.now).map((line) => indent + fitLine(line, room))];
}

function detailsOf({ ask, answer }: AskView, now: number): readonly string[] {
  const lines: string[] = [];
  if (ask?.action !== undefined) lines.push(`action: ${ask.action}`);
  if (ask?.options !== undefined) lines.push(`options: ${ask.options.join(" | ")}`);
  if (ask?.reference !== undefined) lines.push(`ref: ${ask.reference}`);
  if (ask?.expires !== undefined && answer === undefined) {
    lines.push(`in ${formatAge(ask.expires - now)} it is "${ask.default ?? "no"}"`);
  }
  if (answer !== undefined) lines.push(`${byWords(answer.by)}: ${answer.answer}`);
  return lines;
}
