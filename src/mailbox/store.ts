import { join } from "node:path";
import { parseAskId } from "../base/id.ts";
import type { Entry, Read } from "../os/files.ts";
import type { Context } from "../profile/profile.ts";
import { answerPath, askPath, byAskId, markName, markPath } from "./layout.ts";
import { answerFrom, askFrom, idOfName, readAnswer, readAsk, readNamed } from "./read.ts";
import type { AskView, Liveness } from "./schema.ts";
import { askStatus, type Found } from "./status.ts";

/** Tells whether a worker lives, out of what the caller knows already. Left out, nobody is taken for dead. */
export type LivenessOf = (worker: string) => Liveness;

/** The names in the mailbox's two directories: enough to know of every ask whether it is over, without reading it. */
export interface MailboxNames {
  readonly asks: readonly string[];
  /** Names in `answers/`: `<ask>.json` and the marks. */
  readonly answers: ReadonlySet<string>;
  /** Names in `asks/` that are no ask's. */
  readonly debris: readonly string[];
  /** Files of either directory that are not regular: reading a pipe would never end, and a link is not followed. */
  readonly irregular: ReadonlySet<string>;
}

/** The names, or which directory cannot be read and why. A directory that is not there is empty. */
export function mailboxNames(ctx: Context): MailboxNames | { readonly problem: string; readonly where: string } {
  const { paths } = ctx.profile;
  const asks = listed(ctx, paths.asks);
  if (!Array.isArray(asks)) return { problem: asks as string, where: "asks" };
  const answers = listed(ctx, paths.answers);
  if (!Array.isArray(answers)) return { problem: answers as string, where: "answers" };
  const ids: string[] = [];
  const debris: string[] = [];
  for (const { name } of asks) {
    const id = idOfName(name);
    if (id !== undefined && parseAskId(id) !== undefined) ids.push(id);
    else if (!name.startsWith(".")) debris.push(name);
  }
  const irregular = new Set([
    ...asks.filter(({ kind }) => kind !== "file").map(({ name }) => join(paths.asks, name)),
    ...answers.filter(({ kind }) => kind !== "file").map(({ name }) => join(paths.answers, name)),
  ]);
  return { asks: ids, answers: new Set(answers.map((entry) => entry.name)), debris, irregular };
}

function listed(ctx: Context, dir: string): readonly Entry[] | string {
  const found = ctx.os.files.list(dir);
  if (found.ok) return found.value;
  return found.failure.code === "absent" ? [] : `${dir} cannot be read: ${found.failure.message}`;
}

/**
 * The asks that are not over: open, orphaned, answered or expired but not yet taken by the asker, and corrupt ones; by time, then id.
 * Asks that are consumed cost a name in a listing and nothing more. A directory that cannot be read is one corrupt entry:
 * without the answers, nobody may say that an ask is open. Reads only.
 */
export function openAsks(ctx: Context, now: number, liveness: LivenessOf = aliveAll): readonly AskView[] {
  const names = mailboxNames(ctx);
  if ("problem" in names) return [{ id: names.where, ask: undefined, status: "corrupt", problem: names.problem }];
  const views: AskView[] = [];
  for (const id of names.asks) {
    if (names.answers.has(markName(id, "consumed"))) continue;
    const view = listedView(ctx, id, { names, now, liveness });
    if (view !== undefined && view.status !== "withdrawn") views.push(view);
  }
  return views.sort(byTime);
}

/** The same views with what is known of the workers now: an open ask of a dead one is orphaned. */
export function withLiveness(views: readonly AskView[], liveness: LivenessOf): readonly AskView[] {
  return views.map((view) => {
    const { ask, status } = view;
    if (ask === undefined || (status !== "open" && status !== "orphaned")) return view;
    return { ...view, status: liveness(ask.worker) === "dead" ? "orphaned" : "open" };
  });
}

/** The order in which asks are shown: the oldest first, those without a readable time before all. */
export function byTime(a: AskView, b: AskView): number {
  return (a.ask?.ts ?? 0) - (b.ask?.ts ?? 0) || byAskId(a.id, b.id);
}

function listedView(
  ctx: Context,
  id: string,
  known: { readonly names: MailboxNames; readonly now: number; readonly liveness: LivenessOf },
): AskView | undefined {
  const { paths } = ctx.profile;
  const read = (path: string): Read =>
    known.names.irregular.has(path) ? ctx.os.files.read(path) : readNamed(ctx.os, path);
  const ask = askFrom(id, read(askPath(paths, id)));
  if (ask.kind === "absent") return undefined; // archived since the listing
  const answer = known.names.answers.has(`${id}.json`) ? answerFrom(read(answerPath(paths, id))) : ABSENT;
  // Whether its worker lives matters, and is asked, only while nobody has answered.
  const worker = ask.kind === "present" && answer.kind === "absent" ? ask.value.worker : undefined;
  const liveness = worker === undefined ? "unknown" : known.liveness(worker);
  const status = askStatus({ ask, answer, consumed: false, now: known.now, liveness });
  return { id, status, ...contents(ask, answer) };
}

const ABSENT = { kind: "absent" } as const;

function contents(ask: Found<AskView["ask"]>, answer: Found<AskView["answer"]>): Omit<AskView, "id" | "status"> {
  const corrupt = ask.kind === "corrupt" ? ask : answer.kind === "corrupt" ? answer : undefined;
  return {
    ask: ask.kind === "present" ? ask.value : undefined,
    ...(answer.kind === "present" ? { answer: answer.value } : {}),
    ...(corrupt === undefined ? {} : { problem: corrupt.problem }),
    ...(corrupt?.newer === true ? { newer: true } : {}),
  };
}

/** One ask with its status, consumed and withdrawn ones too; undefined when it is not there (or archived). */
export function viewAsk(ctx: Context, id: string, now: number, liveness: LivenessOf = aliveAll): AskView | undefined {
  const ask = readAsk(ctx, id);
  if (ask.kind === "absent") return undefined;
  const answer = readAnswer(ctx, id);
  const consumed = ctx.os.files.stat(markPath(ctx.profile.paths, id, "consumed")).ok;
  const worker = ask.kind === "present" ? ask.value.worker : undefined;
  const status = askStatus({
    ask,
    answer,
    consumed,
    now,
    liveness: worker === undefined ? "unknown" : liveness(worker),
  });
  return { id, status, ...contents(ask, answer) };
}

/** Every ask that has not been archived yet, by time. */
export function allAsks(ctx: Context, now: number, liveness: LivenessOf = aliveAll): readonly AskView[] {
  const names = mailboxNames(ctx);
  if ("problem" in names) return [{ id: names.where, ask: undefined, status: "corrupt", problem: names.problem }];
  const views = names.asks.map((id) => viewAsk(ctx, id, now, liveness));
  return views.filter((view) => view !== undefined).sort(byTime);
}

function aliveAll(): Liveness {
  return "unknown";
}
