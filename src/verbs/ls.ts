import { formatAge } from "../base/duration.ts";
import { oneLine } from "../base/text.ts";
import { cutLine, displayWidth, padLine } from "../base/width.ts";
import { ok } from "../base/result.ts";
import type { Result } from "../failure.ts";
import { openAsks } from "../mailbox/store.ts";
import { endedAt } from "../sessions/prune.ts";
import type { WorkerView } from "../workers/schema.ts";
import { listWorkers } from "../workers/views.ts";
import { switchOf } from "./input.ts";
import { type Call, type Input, verb } from "./verb.ts";

/** A row of `ls`, with the forerunner's names; spans in seconds. */
export interface WorkerRow {
  readonly id: string;
  readonly generation: number;
  readonly state: string;
  readonly alive: boolean;
  readonly exit_code: number | null;
  readonly health: string | null;
  readonly why: string | null;
  readonly idle_s: number | null;
  readonly uptime_s: number | null;
  readonly ended_s: number | null;
  readonly ask_age_s: number | null;
  readonly goal: string | null;
  readonly verify: string | null;
  readonly runner: string | null;
  readonly cwd: string | null;
  readonly meta: boolean;
  /** What runs, `{{prompt_file}}` still in it. */
  readonly cmd: readonly string[] | null;
  /** When the generation was started, and when it ended or, while it lives, was started: RFC 3339. */
  readonly started_at: string | null;
  readonly last_change: string | null;
  /** The text of its open flag. */
  readonly note: string | null;
}

/** `looop ls [-a] [-w]` */
export const module = verb<readonly WorkerRow[]>({ follow, text });

/** How long a row stays as it is when nothing happens: spans grow. */
const REDRAW_MS = 2_000;

async function* follow(call: Call, input: Input): AsyncIterable<Result<readonly WorkerRow[]>> {
  const all = switchOf(input, "all");
  yield ok(await rowsNow(call, all));
  if (!switchOf(input, "watch")) return;
  while (!call.signal.aborted) {
    await call.os.clock.sleep(REDRAW_MS, call.signal);
    if (!call.signal.aborted) yield ok(await rowsNow(call, all));
  }
}

/** The workers of this profile as rows, by id: those that live, or all of them. */
export async function rowsNow(call: Call, all: boolean): Promise<readonly WorkerRow[]> {
  const { context, os } = call;
  const now = os.clock.now();
  const since = new Map<string, number>();
  const notes = new Map<string, string>();
  for (const { ask, status } of openAsks(context, now)) {
    if (ask === undefined || status !== "open") continue;
    if (ask.kind === "flag") notes.set(ask.worker, ask.prompt);
    since.set(ask.worker, Math.min(ask.ts, since.get(ask.worker) ?? Infinity));
  }
  const workers = await listWorkers(context, now, new Set(since.keys()));
  const shown = all ? workers : workers.filter((worker) => worker.alive || worker.state === "orphaned");
  return shown.map((worker) => {
    const ended = worker.alive ? undefined : endedAt(context, worker);
    return rowOf(worker, { now, askedAt: since.get(worker.id), ended, note: notes.get(worker.id) });
  });
}

function rowOf(
  worker: WorkerView,
  at: {
    readonly now: number;
    readonly askedAt: number | undefined;
    readonly ended: number | undefined;
    readonly note: string | undefined;
  },
): WorkerRow {
  const span = (ms: number | null | undefined) =>
    ms === null || ms === undefined ? null : Math.max(0, Math.floor(ms / 1000));
  return {
    id: worker.id,
    generation: worker.generation,
    state: worker.state,
    alive: worker.alive,
    exit_code: worker.exitCode,
    health: worker.health,
    why: worker.problem ?? worker.reason ?? worker.healthWhy ?? null,
    idle_s: span(worker.idleMs),
    uptime_s: span(worker.uptimeMs),
    ended_s: span(at.ended === undefined ? undefined : at.now - at.ended),
    ask_age_s: span(at.askedAt === undefined ? undefined : at.now - at.askedAt),
    goal: worker.goal ?? null,
    verify: worker.verify?.verdict ?? null,
    runner: worker.runner ?? null,
    cwd: worker.cwd ?? null,
    meta: worker.meta,
    cmd: worker.command === undefined ? null : ["sh", "-c", worker.command],
    started_at: dateText(worker.started),
    last_change: dateText(at.ended ?? worker.started),
    note: at.note ?? null,
  };
}

function dateText(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

/** The rows as a table, cut to the terminal. */
export function text(rows: readonly WorkerRow[], call: Call): string {
  if (rows.length === 0) return "no workers (ended ones: looop ls -a)";
  const head = ["ID", "STATE", "HEALTH", "IDLE", "UP", "ASK", "VERIFY", "GOAL"];
  const cells = rows.map((row) => [
    row.id,
    stateText(row),
    row.health ?? "-",
    ageText(row.idle_s),
    row.alive ? ageText(row.uptime_s) : row.ended_s === null ? "-" : `ended ${ageText(row.ended_s)} ago`,
    ageText(row.ask_age_s),
    row.verify ?? "-",
    row.goal ?? "-",
  ]);
  const widths = head.map((title, column) =>
    Math.max(...[title, ...cells.map((row) => row[column] ?? "")].map(displayWidth))
  );
  return [head, ...cells]
    .map((row) =>
      cutLine(row.map((cell, column) => padLine(oneLine(cell), widths[column] ?? 0)).join("  ").trimEnd(), call.columns)
    )
    .join("\n");
}

function stateText(row: WorkerRow): string {
  if (row.state === "lost" && row.why !== null) return `lost (${row.why})`;
  return row.exit_code === null || row.alive ? row.state : `${row.state}:${row.exit_code}`;
}

function ageText(seconds: number | null): string {
  return seconds === null ? "-" : formatAge(seconds * 1000);
}
