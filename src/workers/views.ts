import { byCodeUnit, isId } from "../base/id.ts";
import { ok } from "../base/result.ts";
import { ioFailure, type Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { logPath } from "../sessions/log.ts";
import { newest, readSession, readSessions } from "../sessions/read.ts";
import { exitCodeOf, type SessionRef, type SessionView } from "../sessions/schema.ts";
import { healthOf } from "./health.ts";
import { shownRunner } from "./runners.ts";
import type { WorkerRecord, WorkerView } from "./schema.ts";
import { allRecords, readRecord } from "./store.ts";
import { unrecorded } from "./unrecorded.ts";

/**
 * All workers as they are at `now`, ended ones too, by id. `asking` are the workers with an open ask: the strongest evidence that
 * one is waiting and not stuck. One whose record cannot be used is there with its `problem`. Two directory lists when there are none.
 */
export async function listWorkers(
  ctx: Context,
  now: number,
  asking: ReadonlySet<string> = new Set(),
): Promise<readonly WorkerView[]> {
  const all = allRecords(ctx);
  const records = all.usable;
  const others = unrecorded(ctx, all);
  if (records.length + others.length === 0) return [];
  const sessions = await readSessions(ctx, [...records, ...others]);
  const views = records.map((record, index) =>
    viewOf(ctx, now, { ref: record, record, session: sessions[index], asking: asking.has(record.id) })
  );
  if (others.length === 0) return views;
  for (const [index, worker] of others.entries()) {
    const session = sessions[records.length + index];
    // Without a record one counts while it lives: a start claims its session first, and what has ended is nobody's any more.
    if (!worker.hasRecord && session?.alive !== true && session?.state.kind !== "orphaned") continue;
    const { problem, newer } = worker;
    const view = viewOf(ctx, now, { ref: worker, record: undefined, session, asking: asking.has(worker.id) });
    views.push({ ...view, problem, ...(newer && { newer }) });
  }
  return views.sort((a, b) => byCodeUnit(a.id, b.id));
}

function viewOf(
  ctx: Context,
  now: number,
  seen: {
    readonly ref: SessionRef;
    /** Undefined: what it was started for is not known. */
    readonly record: WorkerRecord | undefined;
    readonly session: SessionView | undefined;
    readonly asking: boolean;
  },
): WorkerView {
  const { ref: { id, generation }, record, asking } = seen;
  const session = seen.session ?? { id, generation, state: { kind: "unstarted" }, alive: false };
  const idleMs = session.alive ? silence(ctx, session, now) : null;
  const { health, why } = healthOf({ state: session.state, asking, idleMs }, ctx.profile.config);
  const verdict = record?.verdict?.generation === generation ? record.verdict : undefined;
  return {
    id,
    generation,
    state: session.state.kind,
    alive: session.alive,
    exitCode: exitCodeOf(session.state),
    health,
    healthWhy: why,
    idleMs,
    uptimeMs: session.alive && record !== undefined ? Math.max(0, now - record.started) : null,
    goal: record?.goal,
    runner: record === undefined ? undefined : shownRunner(record),
    command: record?.command,
    started: record?.started,
    cwd: record?.cwd,
    meta: record?.meta === true,
    verify: record?.verify === undefined
      ? undefined
      : verdict === undefined
      ? { verdict: "pending" }
      : { verdict: verdict.verdict, tail: verdict.tail },
    reason: reasonOf(session),
  };
}

function reasonOf({ state }: SessionView): string | undefined {
  if (state.kind === "lost" || state.kind === "orphaned") return state.reason;
  return state.kind === "failed_to_start" ? state.message : undefined;
}

/** Milliseconds since the terminal last showed something: the log's own stamp, clamped where the clock jumped back. */
function silence(ctx: Context, ref: SessionRef, now: number): number | null {
  const stamp = ctx.os.files.stat(logPath(ctx, ref));
  return stamp.ok ? Math.max(0, now - stamp.value.mtimeMs) : null;
}

/**
 * Whether a worker lives: `never` for an id that has no record and no session, `unknown` when that cannot be told. Asked by those
 * who would take something away from a dead one, so what is doubtful is never `dead`.
 */
export async function workerLiveness(ctx: Context, id: string): Promise<"alive" | "dead" | "unknown" | "never"> {
  if (!isId(id)) return "never";
  const record = readRecord(ctx, id);
  if (!record.ok) return "unknown";
  const ref = record.value ?? newest(ctx, id);
  if (ref === undefined) {
    const listed = ctx.os.files.list(ctx.profile.paths.sessions);
    return listed.ok || listed.failure.code === "absent" ? "never" : "unknown";
  }
  const { state } = await readSession(ctx, ref);
  // What was just claimed and has no process yet is about to live; an orphan's processes still do what they did.
  if (state.kind === "unstarted" || state.kind === "orphaned") return "unknown";
  return state.kind === "starting" || state.kind === "running" || state.kind === "paused" ? "alive" : "dead";
}

/** How many workers live. A failure when that cannot be told: gates take it for "full", never for "none". */
export async function liveCount(ctx: Context): Promise<Result<number>> {
  const listed = ctx.os.files.list(ctx.profile.paths.workers);
  if (!listed.ok && listed.failure.code !== "absent") return ioFailure("list the workers", listed.failure);
  const views = await listWorkers(ctx, ctx.os.clock.now());
  // An orphan's processes go on doing what they did.
  return ok(views.filter(({ alive, state }) => alive || state === "orphaned").length);
}
