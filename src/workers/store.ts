import { join } from "node:path";
import { isId } from "../base/id.ts";
import { ok } from "../base/result.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { FILES, generationDir } from "../sessions/layout.ts";
import { newest, readSession, readSessions } from "../sessions/read.ts";
import { exitCodeOf, type SessionRef, type SessionView } from "../sessions/schema.ts";
import { healthOf } from "./health.ts";
import { type WorkerRecord, workerRecordSchema, type WorkerView } from "./schema.ts";

/** The file of a worker's record. The id has been validated. */
export function recordPath(ctx: Context, id: string): string {
  return join(ctx.profile.paths.workers, `${id}.json`);
}

/** A worker's record; undefined when there is none, a failure when it is there and cannot be used. */
export function readRecord(ctx: Context, id: string): Result<WorkerRecord | undefined> {
  const thing = `read worker "${id}"`;
  const found = ctx.os.files.read(recordPath(ctx, id));
  if (found.kind === "absent") return ok(undefined);
  if (found.kind === "unreadable") return ioFailure(thing, found.failure);
  const record = parseRecord(found.text);
  if (record === undefined) return fail("corrupt", thing, `workers/${id}.json is not a worker's record`);
  if ((record.v ?? 1) > 1) return fail("newer", thing, `its record was written by a newer looop (version ${record.v})`);
  return ok(record);
}

/** Replaces a worker's record; keys that this version does not know are kept by passing on what was read. */
export function writeRecord(ctx: Context, record: WorkerRecord): Result<void> {
  const written = ctx.os.files.replace(recordPath(ctx, record.id), `${JSON.stringify({ v: 1, ...record }, null, 2)}\n`);
  return written.ok ? ok(undefined) : ioFailure(`write the record of worker "${record.id}"`, written.failure);
}

/** All records that can be read, by id in code-unit order. One list, one read a worker. */
export function listRecords(ctx: Context): readonly WorkerRecord[] {
  const listed = ctx.os.files.list(ctx.profile.paths.workers);
  if (!listed.ok) return [];
  const records: WorkerRecord[] = [];
  for (const { name, kind } of listed.value) {
    const id = name.endsWith(".json") ? name.slice(0, -".json".length) : "";
    if (kind !== "file" || !isId(id)) continue;
    const record = parseRecord(ctx.os.files.readListed(join(ctx.profile.paths.workers, name)) ?? "");
    if (record !== undefined && record.id === id) records.push(record);
  }
  return records;
}

function parseRecord(text: string): WorkerRecord | undefined {
  try {
    const parsed = workerRecordSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/**
 * All workers as they are at `now`, ended ones too, by id. `asking` are the workers with an open ask: the strongest evidence that
 * one is waiting and not stuck. One directory list when there are none.
 */
export async function listWorkers(
  ctx: Context,
  now: number,
  asking: ReadonlySet<string> = new Set(),
): Promise<readonly WorkerView[]> {
  const records = listRecords(ctx);
  if (records.length === 0) return [];
  const views = await readSessions(ctx, records);
  return records.map((record, index) =>
    viewOf(ctx, now, { record, session: views[index], asking: asking.has(record.id) })
  );
}

function viewOf(
  ctx: Context,
  now: number,
  seen: { readonly record: WorkerRecord; readonly session: SessionView | undefined; readonly asking: boolean },
): WorkerView {
  const { record, asking } = seen;
  const session = seen.session ??
    { id: record.id, generation: record.generation, state: { kind: "unstarted" }, alive: false };
  const idleMs = session.alive ? silence(ctx, session, now) : null;
  const { health, why } = healthOf({ state: session.state, asking, idleMs }, ctx.profile.config);
  const verdict = record.verdict?.generation === record.generation ? record.verdict : undefined;
  return {
    id: record.id,
    generation: record.generation,
    state: session.state.kind,
    alive: session.alive,
    exitCode: exitCodeOf(session.state),
    health,
    healthWhy: why,
    idleMs,
    uptimeMs: session.alive ? Math.max(0, now - record.started) : null,
    goal: record.goal,
    runner: record.runner,
    cwd: record.cwd,
    meta: record.meta === true,
    verify: record.verify === undefined
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
  const stamp = ctx.os.files.stat(join(generationDir(ctx.profile.paths, ref), FILES.log));
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
  const views = await readSessions(ctx, listRecords(ctx));
  // An orphan's processes go on doing what they did.
  return ok(views.filter(({ alive, state }) => alive || state.kind === "orphaned").length);
}
