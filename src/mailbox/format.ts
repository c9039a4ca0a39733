import type { Archived, AskStatus, AskView } from "./schema.ts";

/** An ask as programs get it: the names and types that looop 0.16 printed, and ours behind them. Times are seconds. */
export interface AskRow {
  readonly id: string;
  readonly worker: string;
  readonly prompt: string;
  readonly reference?: string;
  readonly options?: readonly string[];
  readonly ts: number;
  readonly kind: string;
  readonly status: AskStatus;
  readonly age_s: number;
  readonly key?: string;
  readonly action?: string;
  readonly digest?: string;
  readonly expires?: number;
  readonly default?: string;
  readonly answer?: string;
  readonly by?: string;
  readonly answered_ts?: number;
  /** What is wrong with its files. */
  readonly problem?: string;
}

/** One ask for programs. A corrupt one has an empty prompt and says what is wrong. */
export function askRow(view: AskView, now: number): AskRow {
  const { ask, answer } = view;
  const ts = ask?.ts ?? now;
  return {
    id: view.id,
    worker: ask?.worker ?? view.id.replace(/-[0-9]+$/, ""),
    prompt: ask?.prompt ?? "",
    ...(ask?.reference === undefined ? {} : { reference: ask.reference }),
    ...(ask?.options === undefined ? {} : { options: ask.options }),
    ts: seconds(ts),
    kind: ask?.kind ?? "question",
    status: view.status,
    age_s: Math.max(0, seconds(now - ts)),
    ...(ask?.key === undefined ? {} : { key: ask.key }),
    ...(ask?.action === undefined ? {} : { action: ask.action }),
    ...(ask?.digest === undefined ? {} : { digest: ask.digest }),
    ...(ask?.expires === undefined ? {} : { expires: seconds(ask.expires) }),
    ...(ask?.default === undefined ? {} : { default: ask.default }),
    ...(answer === undefined ? {} : { answer: answer.answer, by: answer.by.kind, answered_ts: seconds(answer.ts) }),
    ...(view.problem === undefined ? {} : { problem: view.problem }),
  };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

/** An archived pair as a view. */
export function archivedView(pair: Archived): AskView {
  const withdrawn = pair.answer?.by.kind === "withdrawn";
  const { answer, consumed } = pair;
  const status = withdrawn
    ? "withdrawn"
    : consumed !== undefined
    ? "consumed"
    : answer === undefined
    ? "corrupt"
    : "answered";
  return { id: pair.id, ask: pair.ask, status, ...(answer === undefined ? {} : { answer }) };
}
