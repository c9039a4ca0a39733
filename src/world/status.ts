import { oneLine } from "../base/text.ts";
import { MICROS } from "../cost/format.ts";
import type { Context } from "../profile/profile.ts";
import { type ItemText, worldHash } from "./items.ts";
import { listWaits } from "./presence.ts";
import { budgetJson, needsSomeone } from "./state.ts";
import type { BudgetJson } from "./state_json.ts";
import type { World } from "./world.ts";

/** What `status --json` prints: the forerunner's names, then ours. Spans in seconds, instants in unix seconds but for `last_tick.at`. */
export interface StatusJson {
  readonly pulse: {
    readonly running: boolean;
    readonly pid: string;
    readonly interval_s: number;
    readonly stale: boolean;
  };
  readonly last_tick: { readonly at: string | null; readonly hash: string };
  readonly workers: readonly StatusWorker[];
  /** What a person should look at, one line each: open asks, then notices, then trouble. */
  readonly attention: readonly string[];
  readonly cost_today_usd: number;
  readonly data_dir: string;
  readonly schema: 1;
  readonly asks: number;
  readonly notices: number;
  readonly goals: number;
  readonly budget: BudgetJson;
  /** The waits that are blocked now. */
  readonly waits: readonly {
    readonly client: string;
    readonly pid: number;
    readonly since: number;
    readonly for_s: number;
  }[];
}

/** A worker at a glance. `flagged`: it has raised a flag, whose message is the note. */
export interface StatusWorker {
  readonly id: string;
  readonly state: string;
  readonly alive: boolean;
  readonly exit_code: number | null;
  readonly flagged: boolean;
  readonly note: string | null;
  readonly health: string | null;
}

/** A pulse that has not beaten for so many of its intervals is stale. */
const STALE_INTERVALS = 3;

/** Nor is one stale before this, however short its interval. */
const STALE_MIN_MS = 60_000;

/** The status of a profile, of a world that was read just now. */
export async function statusJson(ctx: Context, world: World, texts: readonly ItemText[]): Promise<StatusJson> {
  const { heartbeat, alive } = world.pulse;
  const beat = heartbeat?.last_beat;
  return {
    pulse: {
      running: alive,
      pid: alive && heartbeat !== undefined ? String(heartbeat.pid) : "",
      interval_s: (heartbeat?.interval_ms ?? world.config.intervalMs) / 1000,
      stale: isStale(world),
    },
    last_tick: {
      at: beat === undefined ? null : new Date(beat).toISOString(),
      hash: beat === undefined ? "" : await worldHash(texts),
    },
    workers: workersOf(world),
    attention: attentionOf(world),
    cost_today_usd: world.budget.spentMicros / MICROS,
    data_dir: world.dataDir,
    schema: 1,
    asks: needsSomeone(world).length,
    notices: world.notices.length,
    goals: world.goals.length,
    budget: budgetJson(world),
    waits: listWaits(ctx).map(({ client, pid, since }) => ({
      client,
      pid,
      since: Math.floor(since / 1000),
      for_s: Math.max(0, Math.floor((world.now - since) / 1000)),
    })),
  };
}

/** Whether the pulse holds its lock and yet has not beaten for a long while: stopped, or stuck. */
export function isStale({ pulse, now }: World): boolean {
  const { alive, heartbeat } = pulse;
  if (!alive || heartbeat === undefined) return false;
  return now - heartbeat.last_beat > Math.max(STALE_MIN_MS, STALE_INTERVALS * heartbeat.interval_ms);
}

function workersOf(world: World): readonly StatusWorker[] {
  const flags = new Map(
    needsSomeone(world).filter(({ ask }) => ask?.kind === "flag").map(({ ask }) => [ask?.worker, ask?.prompt]),
  );
  return world.workers.map((worker) => ({
    id: worker.id,
    state: worker.state,
    alive: worker.alive,
    exit_code: worker.exitCode,
    flagged: flags.has(worker.id),
    note: flags.get(worker.id) ?? null,
    health: worker.health,
  }));
}

function attentionOf(world: World): readonly string[] {
  return [
    ...needsSomeone(world).map(({ id, ask, problem }) => oneLine(`${id}: ${ask?.prompt ?? problem ?? "damaged"}`)),
    ...world.notices.map(({ n, message }) => oneLine(`notice ${n}: ${message}`)),
    ...(world.configProblem === undefined ? [] : [oneLine(`config.json: ${world.configProblem}`)]),
  ];
}
