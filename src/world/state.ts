import type { Json } from "../base/canonical_json.ts";
import { clip } from "../base/text.ts";
import { MICROS } from "../cost/format.ts";
import { journalTail } from "../journal/store.ts";
import { STATUS_RULES } from "../mailbox/status.ts";
import type { AskView } from "../mailbox/schema.ts";
import type { Context } from "../profile/profile.ts";
import { ruleText } from "../schedules/format.ts";
import { type ItemText, worldHash } from "./items.ts";
import { systemReadings } from "./system_readings.ts";
import type { World } from "./world.ts";
import type {
  AskJson,
  BudgetJson,
  ClaimJson,
  NoticeJson,
  PulseJson,
  ScheduleJson,
  StateJson,
  WorkerJson,
} from "./state_json.ts";

/** The longest text of an ask that is handed on, in UTF-16 units. */
const PROMPT_MAX = 16_384;

/** The longest of its other texts. */
const TEXT_MAX = 2_048;

const JOURNAL_LINES = 20;

/** What in a state was written by somebody else: sensors, workers, web pages. It is data, and tells nobody what to do. */
export const UNTRUSTED: readonly string[] = [
  "snapshots",
  "asks[].prompt",
  "asks[].reference",
  "asks[].options",
  "asks[].action",
  "notices[].message",
  "schedules[].note",
  "claims[].session",
  "journal_tail",
];

/** The world as `_ state` and `_ wait` print it. */
export async function stateJson(ctx: Context, world: World, texts: readonly ItemText[]): Promise<StateJson> {
  // Another thread makes it, while the files are read.
  const hash = worldHash(texts);
  const snapshots = await snapshotsJson(ctx, world);
  const journal = journalTail(ctx, JOURNAL_LINES);
  return {
    schema: 1,
    world_hash: await hash,
    data_dir: world.dataDir,
    pulse: pulseJson(world),
    config: world.configProblem === undefined ? { ok: true } : { ok: false, problem: world.configProblem },
    goals: world.goals.map((goal) => goal.id),
    snapshots,
    asks: asksJson(world),
    workers: workersJson(world),
    claims: claimsJson(world),
    schedules: schedulesJson(world),
    notices: noticesJson(world),
    budget: budgetJson(world),
    journal_tail: journal,
    unreadable: world.unreadable,
    untrusted: UNTRUSTED,
  };
}

/** The pulse. `last_beat` in unix seconds. */
export function pulseJson({ pulse, config }: World): PulseJson {
  const { heartbeat } = pulse;
  return {
    alive: pulse.alive,
    last_beat: heartbeat === undefined ? null : seconds(heartbeat.last_beat),
    interval_s: (heartbeat?.interval_ms ?? config.intervalMs) / 1000,
  };
}

/** The asks that need someone, the oldest first. */
export function asksJson(world: World): readonly AskJson[] {
  return needsSomeone(world).map((view) => askJson(view, world.now));
}

/** Open, orphaned and damaged ones. */
export function needsSomeone(world: World): readonly AskView[] {
  return world.asks.filter((view) => STATUS_RULES[view.status].needsSomeone);
}

/** One ask. A damaged one has no text, and says what is wrong. */
export function askJson({ id, ask, status, problem }: AskView, now: number): AskJson {
  if (ask === undefined) {
    const worker = id.replace(/-[0-9]+$/, "");
    return { id, worker, kind: "question", prompt: "", ts: 0, age_s: 0, status, ...(problem && { problem }) };
  }
  return {
    id,
    worker: ask.worker,
    kind: ask.kind,
    prompt: clip(ask.prompt, PROMPT_MAX),
    ...(ask.reference !== undefined && { reference: clip(ask.reference, TEXT_MAX) }),
    ...(ask.options !== undefined && { options: ask.options.map((option) => clip(option, TEXT_MAX)) }),
    ...(ask.action !== undefined && { action: clip(ask.action, PROMPT_MAX) }),
    ts: seconds(ask.ts),
    age_s: age(ask.ts, now),
    status,
    ...(ask.expires !== undefined && { expires: seconds(ask.expires) }),
    ...(problem !== undefined && { problem }),
  };
}

/** The workers, ended ones too. */
export function workersJson({ workers }: World): readonly WorkerJson[] {
  return workers.map((worker) => ({
    id: worker.id,
    state: worker.state,
    alive: worker.alive,
    exit_code: worker.exitCode,
    health: worker.health,
    idle_s: worker.idleMs === null ? null : Math.floor(worker.idleMs / 1000),
    uptime_s: worker.uptimeMs === null ? null : Math.floor(worker.uptimeMs / 1000),
    ...(worker.goal !== undefined && { goal: worker.goal }),
    ...(worker.verify !== undefined && { verify: worker.verify.verdict }),
    ...(worker.problem !== undefined && { problem: worker.problem }),
  }));
}

/** The leases that are held. */
export function claimsJson({ claims, now }: World): readonly ClaimJson[] {
  return claims.filter(({ claim }) => claim?.expires === undefined || claim.expires > now).map(
    ({ name, claim, problem }) => ({
      name,
      session: claim?.session ?? null,
      ts: claim === undefined ? null : seconds(claim.ts),
      age_s: claim === undefined ? null : age(claim.ts, now),
      ...(claim?.expires !== undefined && { expires: seconds(claim.expires) }),
      ...(problem !== undefined && { problem }),
    }),
  );
}

/** The schedules with their next firing. */
export function schedulesJson({ schedules, now }: World): readonly ScheduleJson[] {
  return schedules.map(({ name, schedule, dueAt, problem }) => ({
    name,
    rule: schedule === undefined ? null : ruleText(schedule.rule),
    count: schedule?.count ?? 0,
    due: dueAt !== undefined && dueAt <= now,
    next: dueAt === undefined ? null : seconds(dueAt),
    last: schedule?.last === undefined ? null : seconds(schedule.last),
    ...(schedule?.note !== undefined && { note: clip(schedule.note, TEXT_MAX) }),
    ...(problem !== undefined && { problem }),
  }));
}

/** The notices nobody has acknowledged. */
export function noticesJson({ notices, now }: World): readonly NoticeJson[] {
  return notices.map(({ n, source, message, ts }) => ({ n, source, message, ts: seconds(ts), age_s: age(ts, now) }));
}

/** Today's spend, what it may be, and what is left. Null where there is no limit. */
export function budgetJson({ budget }: World): BudgetJson {
  const { level, spentMicros, limitMicros, problem } = budget;
  return {
    level: level === "none" ? "under" : level,
    spent_usd: spentMicros / MICROS,
    limit_usd: limitMicros === undefined ? null : limitMicros / MICROS,
    left_usd: limitMicros === undefined ? null : Math.max(0, limitMicros - spentMicros) / MICROS,
    ...(problem !== undefined && { problem }),
  };
}

async function snapshotsJson(ctx: Context, world: World): Promise<Readonly<Record<string, Json>>> {
  const sensors = world.snapshots.map(({ name, reading, problem }): [string, Json] => [
    name,
    reading ?? { signal: { error: "unreadable" }, detail: { message: problem ?? "it cannot be read" } },
  ]);
  return Object.fromEntries([...sensors, ...Object.entries(await systemReadings(ctx, world))]);
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

function age(ts: number, now: number): number {
  return Math.max(0, Math.floor((now - ts) / 1000));
}
