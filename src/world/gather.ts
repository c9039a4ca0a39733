import { join } from "node:path";
import { localDayBounds } from "../base/local_time.ts";
import { loadConfig } from "../config/store.ts";
import { listClaims } from "../claims/store.ts";
import { budgetNow } from "../cost/store.ts";
import { goalPath, listGoals } from "../goals/store.ts";
import { viewPulse } from "../heartbeat/store.ts";
import type { AskView, Liveness } from "../mailbox/schema.ts";
import { type LivenessOf, openAsks, withLiveness } from "../mailbox/store.ts";
import { openNotices } from "../notices/store.ts";
import { readPlaybook } from "../playbook/store.ts";
import type { Context } from "../profile/profile.ts";
import { readVersioned } from "../profile/records.ts";
import { markerSchema } from "../profile/schema.ts";
import { nextDue } from "../schedules/due.ts";
import { listSchedules } from "../schedules/store.ts";
import { counterFile } from "../sessions/layout.ts";
import { listSnapshots } from "../snapshots/store.ts";
import type { WorkerView } from "../workers/schema.ts";
import { remembered, unremembered } from "./memo.ts";
import type { Collection, ScheduleView, World } from "./world.ts";

/** How long what was seen of live sessions holds: their ends have files that are watched, a terminal that was killed has none. */
const LIVE_HOLDS_MS = 2_000;

/** The same where looking means asking the system for its processes. */
const PROBED_HOLDS_MS = 15_000;

/** Reads the world again and again, each part only when it may have changed. */
export interface Gatherer {
  gather(now: number): Promise<World>;
}

/**
 * Reads the world once, with the config that the context was opened with. Nothing is written, nothing is disturbed; what cannot be
 * read is told as such.
 */
export function gatherWorld(ctx: Context, now: number): Promise<World> {
  return makeGatherer(ctx, unremembered).gather(now);
}

/** A reader for one process's life. It reads a part again when it may have changed, the config among them. */
export function gatherer(ctx: Context): Gatherer {
  return makeGatherer(ctx, remembered);
}

function makeGatherer(start: Context, part: typeof remembered): Gatherer {
  const { os, profile } = start;
  const { paths } = profile;
  let ctx = start;
  let asking: ReadonlySet<string> = new Set();
  let created: number | undefined;

  const config = part(os, {
    paths: () => [paths.config],
    read: () =>
      part === unremembered ? { config: profile.config, problem: profile.configProblem } : loadConfig(os, paths),
  });
  const playbook = part(os, { paths: () => [paths.playbook], read: () => readPlaybook(ctx) });
  const goals = part(os, {
    // Goals are edited in place, which the directory does not show.
    paths: (last) => [paths.goals, ...(last?.ok ? last.value.map((goal) => goalPath(ctx, goal.id)) : [])],
    read: () => listGoals(ctx),
  });
  const snapshots = part(os, { paths: () => [paths.snapshots], read: () => listSnapshots(ctx) });
  const asks = part(os, {
    paths: () => [paths.asks, paths.answers],
    read: (now) => openAsks(ctx, now),
    until: (views, now) => firstExpiry(views, now),
  });
  const workers = part(os, {
    paths: () => [paths.workers, paths.sessions, paths.ends],
    key: () => `${[...asking].join(" ")} ${ctx.profile.config.stuckAfterMs}`,
    read: (now) => workersIn(ctx, now, asking),
    until: (views, now) => now + holds(views),
  });
  const claims = part(os, { paths: () => [paths.claims], read: () => listClaims(ctx) });
  const schedules = part(os, {
    paths: (
      last: readonly ScheduleView[] | undefined,
    ) => [paths.schedules, ...(last ?? []).map(({ name }) => join(paths.schedules, `${name}.json`))],
    read: (now) => schedulesWithDue(ctx, now),
  });
  const notices = part(os, { paths: () => [paths.notices], read: () => openNotices(ctx) });
  const budget = part(os, {
    paths: () => [paths.cost],
    key: () => String(ctx.profile.config.maxDailyMicros),
    read: (now) => budgetNow(ctx, now),
    until: (_, now) => localDayBounds(now).end,
  });

  async function gather(now: number): Promise<World> {
    const state = await config.read(now);
    ctx = { os, profile: { ...profile, config: state.config } };
    const pulse = viewPulse(ctx);
    // Wanted only of a pulse that is down and never said anything.
    if (!pulse.alive && pulse.heartbeat === undefined) created ??= createdAt(ctx);
    const goalsNow = await goals.read(now);
    const views = await asks.read(now);
    asking = new Set(views.filter(isAsking).map((view) => view.ask?.worker ?? ""));
    const workersNow = await workers.read(now);
    const found = {
      snapshots: await snapshots.read(now),
      asks: withLiveness(views, livenessOf(ctx, workersNow)),
      workers: workersNow,
      claims: await claims.read(now),
      schedules: await schedules.read(now),
      notices: await notices.read(now),
    };
    return {
      now,
      dataDir: paths.root,
      config: state.config,
      configProblem: state.problem?.message,
      configNewer: state.problem?.kind === "newer",
      pulse,
      created,
      playbook: await playbook.read(now),
      goals: goalsNow.ok ? goalsNow.value : [],
      ...found,
      budget: await budget.read(now),
      unreadable: unreadableOf(ctx, { goals: goalsNow.ok ? goalsNow.value : [], ...found }),
    };
  }

  return { gather };
}

/** All of what deals with sessions is loaded only where there is one. */
async function workersIn(ctx: Context, now: number, asking: ReadonlySet<string>): Promise<readonly WorkerView[]> {
  const { workers, sessions } = ctx.profile.paths;
  const records = ctx.os.files.list(workers);
  const live = ctx.os.files.list(sessions);
  if (records.ok && records.value.length === 0 && live.ok && live.value.every(({ name }) => name.startsWith("."))) {
    return [];
  }
  const { listWorkers } = await import("../workers/views.ts");
  return await listWorkers(ctx, now, asking);
}

function createdAt(ctx: Context): number | undefined {
  const marker = readVersioned(ctx.os, ctx.profile.paths.marker, markerSchema);
  return marker.kind === "ok" ? marker.value.created : undefined;
}

/** Somebody blocks on it: the strongest sign that a silent worker is not stuck. */
function isAsking({ status, ask }: AskView): boolean {
  return status === "open" && ask !== undefined && ask.kind !== "flag";
}

/** From when on an ask that is open now is expired. */
function firstExpiry(views: readonly AskView[], now: number): number {
  return views.reduce((first, { ask }) => {
    const at = ask?.expires ?? Infinity;
    return at > now ? Math.min(first, at) : first;
  }, Infinity);
}

function holds(views: readonly WorkerView[]): number {
  if (views.some(({ state }) => state === "paused" || state === "orphaned")) return PROBED_HOLDS_MS;
  return views.some(({ alive, state }) => alive || state === "unstarted") ? LIVE_HOLDS_MS : Infinity;
}

/** What is known of the workers that ask. An id that never had a session has nothing that could end. */
function livenessOf(ctx: Context, workers: readonly WorkerView[]): LivenessOf {
  const known = new Map(workers.map((worker) => [worker.id, workerLife(worker)]));
  return (id) => {
    const life = known.get(id) ?? (hadSession(ctx, id) ? "dead" : "never");
    known.set(id, life);
    return life;
  };
}

/** What was never started yet, or has processes left, may still come for its answer. */
function workerLife({ alive, state }: WorkerView): Liveness {
  if (alive) return "alive";
  return state === "unstarted" || state === "orphaned" ? "unknown" : "dead";
}

/** The counter of generations outlives the record that retention took away. */
function hadSession(ctx: Context, id: string): boolean {
  return ctx.os.files.stat(counterFile(ctx.profile.paths, id)).ok;
}

async function schedulesWithDue(ctx: Context, now: number): Promise<readonly ScheduleView[]> {
  const views: ScheduleView[] = [];
  for (const file of listSchedules(ctx)) {
    views.push({ ...file, dueAt: file.schedule === undefined ? undefined : await nextDue(file.schedule, now) });
  }
  return views;
}

/** The directories that say nothing because they cannot be listed: asked only of those in which nothing was found. */
function unreadableOf(
  ctx: Context,
  found: Readonly<Record<Collection, readonly unknown[]>>,
): readonly Collection[] {
  const kinds: readonly Collection[] = ["goals", "snapshots", "asks", "workers", "claims", "schedules", "notices"];
  return kinds.filter((kind) => {
    if (found[kind].length > 0) return false;
    const listed = ctx.os.files.list(ctx.profile.paths[kind]);
    return !listed.ok && listed.failure.code !== "absent";
  });
}
