import { parseAskId } from "../../base/id.ts";
import { sentence } from "../../failure.ts";
import { openAsks } from "../../mailbox/store.ts";
import { executeMove } from "../../moves/execute.ts";
import { raise } from "../../notices/store.ts";
import type { Context } from "../../profile/profile.ts";
import { answerQueries } from "../../sessions/answers.ts";
import { capLog } from "../../sessions/cap.ts";
import { publishEnd } from "../../sessions/ends.ts";
import { logPath, noteTime, openLog } from "../../sessions/log.ts";
import { noteEvent } from "../../sessions/events.ts";
import { wakeTerminals } from "../../sessions/pause.ts";
import { readSessions } from "../../sessions/read.ts";
import type { SessionRef } from "../../sessions/schema.ts";
import { freeSpace, SPACE_MIN } from "../../sessions/space.ts";
import { retainWorkers } from "../../workers/retention.ts";
import type { UpkeepJob, UpkeepSaid } from "../upkeep.ts";
import { ahead } from "./said.ts";

/**
 * Gives every end its marker: a terminal that was killed, or a machine that was restarted, leaves none by itself, and those who wait
 * watch the one directory of markers.
 */
export async function markEnds({ ctx, workers, log }: UpkeepJob): Promise<void> {
  const ended = workers.filter((worker) =>
    !worker.alive && worker.state !== "unstarted" && worker.state !== "orphaned"
  );
  if (ended.length === 0) return;
  for (const view of await readSessions(ctx, ended)) {
    if (!publishEnd(ctx, view)) continue;
    log.write({
      level: "info",
      event: "worker.ended",
      msg: `worker ${view.id} is ${view.state.kind}`,
      more: { worker: view.id },
    });
  }
}

/**
 * Ends workers that are stuck, when the config says so; nothing is ever ended for being silent otherwise, and nobody who waits for an
 * answer. Comes back when the first of those that are silent now would be stuck.
 */
export async function endStuck({ ctx, now, workers, log }: UpkeepJob): Promise<UpkeepSaid> {
  const { stuckAction, stuckAfterMs } = ctx.profile.config;
  if (stuckAction !== "kill") return {};
  const stuck = workers.filter(({ health }) => health === "stuck");
  const asking = stuck.length === 0 ? new Set() : askers(ctx, now);
  for (const { id, healthWhy } of stuck) {
    if (asking.has(id)) continue;
    const reason = `it was stuck: ${healthWhy ?? "no sign of life"}`;
    const ended = await executeMove(ctx, { kind: "pulse" }, { kind: "worker.kill", id, reason });
    if (!ended.ok) throw new Error(sentence(ended.failure));
    log.write({ level: "warn", event: "worker.stuck", msg: `worker ${id} was ended: ${reason}`, more: { worker: id } });
  }
  return ahead(now, workers.map(({ idleMs }) => idleMs === null ? undefined : now + stuckAfterMs - idleMs));
}

/** The workers with an open ask, or with one that cannot be read. Throws where that cannot be told of anybody. */
function askers(ctx: Context, now: number): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { id, ask, status, problem } of openAsks(ctx, now)) {
    const worker = ask?.worker ?? parseAskId(id)?.worker;
    if (worker === undefined) throw new Error(`no stuck worker is ended: ${problem ?? `${id} cannot be read`}`);
    // Nobody waits on a flag.
    if (status === "corrupt" || (status === "open" && ask?.kind !== "flag")) found.add(worker);
  }
  return found;
}

/** Lets what is kept of ended workers go after `session_ttl`. */
export async function retainEnded({ ctx, now, log }: UpkeepJob): Promise<void> {
  const ttlMs = ctx.profile.config.sessionTtlMs;
  const asking = new Set<string>();
  for (const { ask } of openAsks(ctx, now)) {
    if (ask !== undefined && now - ask.ts < ttlMs) asking.add(ask.worker);
  }
  for (const id of await retainWorkers(ctx, { now, ttlMs, asking })) {
    log.write({
      level: "info",
      event: "worker.forgotten",
      msg: `what was kept of worker ${id} is gone`,
      more: { worker: id },
    });
  }
}

/** Wakes terminals that somebody stopped from outside: their programs would stand still for ever, and look busy. */
export async function wakeStopped({ ctx, workers, log }: UpkeepJob): Promise<void> {
  for (const { id } of await wakeTerminals(ctx, workers.filter(({ alive }) => alive))) {
    log.write({
      level: "warn",
      event: "worker.woken",
      msg: `the terminal of worker ${id} had been stopped and goes on`,
      more: { worker: id },
    });
  }
}

/** With less than this free a terminal's output may already be going nowhere. */
const SPACE_GONE = 64 * 1024;

/**
 * Makes the step that tells of a full disk: one notice, and a gap in each live session, at the end its log had when the disk was first
 * seen full. Nothing else would tell: programs run on, and only what they show is lost. The gaps are noted when there is room again.
 */
export function makeDiskWatch(): (job: UpkeepJob) => Promise<void> {
  const gaps = new Map<string, { readonly ref: SessionRef; readonly offset: number }>();
  return async ({ ctx, workers, log }) => {
    const free = await freeSpace(ctx.os, ctx.profile.paths.root);
    if (free === undefined) return;
    if (free >= SPACE_GONE) {
      for (const { ref, offset } of gaps.values()) noteEvent(ctx, ref, { event: "gap", offset });
      gaps.clear();
    } else {
      for (const worker of workers) {
        const name = nameOf(worker);
        const seen = openLog(ctx, worker);
        if (worker.alive && seen.ok && !gaps.has(name)) gaps.set(name, { ref: worker, offset: seen.value.end });
      }
    }
    if (free >= SPACE_MIN) return;
    const message =
      `the disk of ${ctx.profile.paths.root} is full: no worker is started, and what workers show may be lost`;
    const raised = await raise(ctx, { source: "disk", message, key: "disk-full" });
    if (!raised.ok || raised.value.fresh) {
      log.write({ level: "warn", event: "disk.full", msg: message, more: { free } });
    }
  };
}

/** How often the logs of live sessions are looked at. */
const LOOK_MS = 1_000;

/**
 * Makes the step that keeps the logs of sessions within `log_max_bytes`. Live ones are looked at again in a second (a stat each when
 * there is nothing to do), ended ones once more after their end: the last words of a flood would stay for days.
 */
export function makeLogCap(): (job: UpkeepJob) => Promise<UpkeepSaid> {
  const settled = new Set<string>();
  const looked = new Map<string, string>();
  return async ({ ctx, now, workers, log, signal }) => {
    const failures: string[] = [];
    const names = new Set(workers.map(nameOf));
    for (const name of settled) if (!names.has(name)) settled.delete(name);
    for (const name of looked.keys()) if (!names.has(name)) looked.delete(name);
    for (const worker of workers) {
      const name = nameOf(worker);
      if (settled.has(name) || worker.state === "unstarted") continue;
      if (signal.aborted) break;
      const seen = `${worker.alive} ${ctx.profile.config.logMaxBytes} ${logStamp(ctx, worker)}`;
      if (looked.get(name) === seen) continue;
      looked.set(name, seen);
      const capped = await capLog(ctx, worker, ctx.profile.config.logMaxBytes);
      if (capped.ok && !worker.alive) settled.add(name);
      if (!capped.ok) looked.delete(name);
      if (!capped.ok && worker.alive) failures.push(sentence(capped.failure));
      if (!capped.ok || capped.value === 0) continue;
      const msg = `the log of worker ${worker.id} was cut: its first ${capped.value} bytes went`;
      log.write({ level: "info", event: "worker.log_cut", msg, more: { worker: worker.id, bytes: capped.value } });
    }
    if (failures.length > 0) throw new Error(failures.join("; "));
    return workers.some(({ alive }) => alive) ? { nextAt: now + LOOK_MS } : {};
  };
}

/** What tells whether a log has changed: one call a look is all that a silent fleet costs. Undefined: it cannot be told. */
function logStamp(ctx: Context, ref: SessionRef): string | undefined {
  const stamp = ctx.os.files.stat(logPath(ctx, ref));
  return stamp.ok ? `${stamp.value.size} ${stamp.value.mtimeMs}` : undefined;
}

/** A generation by one word, for what is remembered of each. */
export function nameOf({ id, generation }: SessionRef): string {
  return `${id}/${generation}`;
}

/** How often the growth of a busy log is noted: what `--since` is exact to, and what a year of output costs. */
const NOTE_MS = 5_000;

/** How far a session's output was looked at, and when, by the monotonic clock. */
interface Looked {
  readonly offset: number;
  readonly ticks: number;
  readonly notedTicks: number;
  readonly stamp: string | undefined;
}

/**
 * Makes the step that answers what programs ask their terminal while nobody is attached. Remembers how far each log was looked at; a
 * new pulse begins at the end of each, because what was asked before it came is too old.
 */
export function makeTerminalAnswers(): (job: UpkeepJob) => Promise<UpkeepSaid> {
  const looked = new Map<string, Looked>();
  return async ({ ctx, now, workers, log, signal }) => {
    const live = workers.filter(({ alive }) => alive);
    const names = new Set(live.map(nameOf));
    for (const name of looked.keys()) if (!names.has(name)) looked.delete(name);
    for (const worker of live) {
      if (signal.aborted) break;
      const name = nameOf(worker);
      const ticks = ctx.os.clock.ticks();
      const stamp = logStamp(ctx, worker);
      const known = looked.get(name);
      if (known !== undefined && stamp !== undefined && known.stamp === stamp) {
        looked.set(name, { ...known, ticks });
        continue;
      }
      const last = known ?? { offset: 0, ticks: ticks - (worker.uptimeMs ?? Infinity), notedTicks: -Infinity };
      const seen = await answerQueries(ctx, worker, { from: last.offset, ageMs: ticks - last.ticks });
      if (!seen.ok) {
        // A session that ends under our hands cannot be answered, and needs no answer.
        const more = { worker: worker.id };
        log.write({ level: "info", event: "worker.answer", msg: sentence(seen.failure), more });
        continue;
      }
      const notes = seen.value > last.offset && ticks - last.notedTicks >= NOTE_MS;
      if (notes) noteTime(ctx, worker, { now, offset: seen.value });
      looked.set(name, { offset: seen.value, ticks, notedTicks: notes ? ticks : last.notedTicks, stamp });
    }
    return live.length > 0 ? { nextAt: now + LOOK_MS } : {};
  };
}
