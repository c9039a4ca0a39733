import type { Json } from "../base/canonical_json.ts";
import { clip } from "../base/text.ts";
import { STATUS_RULES } from "../mailbox/status.ts";
import type { Context } from "../profile/profile.ts";
import { sysSchedules } from "../schedules/system_reading.ts";
import { sysSensors } from "../sensors/system_reading.ts";
import { reminderStep } from "../base/reminders.ts";
import type { World } from "./world.ts";

/** A reading that looop makes itself: what would wake under `signal`, what moves by itself under `detail`. */
interface SystemReading {
  readonly signal: Json;
  readonly detail: Json;
}

const TITLE_MAX = 300;
const TAIL_MAX = 1_000;

/** The system readings, derived when they are read and stored nowhere. */
export async function systemReadings(ctx: Context, world: World): Promise<Readonly<Record<string, Json>>> {
  const readings: Readonly<Record<string, SystemReading>> = {
    "sys-asks": sysAsks(world),
    "sys-claims": sysClaims(world),
    "sys-goals": sysGoals(world),
    "sys-schedules": await sysSchedules(ctx, world.now, world.schedules),
    "sys-sensors": sysSensors(ctx, world.now),
    "sys-sessions": sysSessions(world),
  };
  return readings as unknown as Readonly<Record<string, Json>>;
}

function sysGoals({ goals }: World): SystemReading {
  const unreadable = goals.filter((goal) => goal.text === undefined).map((goal) => goal.id);
  const titles: [string, Json][] = goals.map((
    { id, title },
  ) => [id, title === undefined ? null : clip(title, TITLE_MAX)]);
  return {
    signal: { goals: goals.map((goal) => goal.id), ...(unreadable.length > 0 && { unreadable }) },
    detail: { count: goals.length, titles: Object.fromEntries(titles) },
  };
}

function sysClaims({ claims, now }: World): SystemReading {
  const held = claims.filter(({ claim }) => claim?.expires === undefined || claim.expires > now);
  return {
    signal: Object.fromEntries(held.map(({ name, claim }) => [name, claim?.session ?? null])),
    detail: Object.fromEntries(held.map(({ name, claim, problem }): [string, Json] => [
      name,
      claim === undefined ? { problem: problem ?? "it cannot be read" } : { age_s: age(claim.ts, now) },
    ])),
  };
}

function sysSessions({ workers, asks, now }: World): SystemReading {
  const waitsSince = new Map(asks.filter((view) => view.status === "open").map(({ ask }) => [ask?.worker, ask?.ts]));
  return {
    signal: workers.map((worker) => ({
      id: worker.id,
      state: worker.state,
      alive: worker.alive,
      exit_code: worker.exitCode,
      ...(worker.health === "stuck" && { stuck: true }),
      ...(worker.goal !== undefined && { goal: worker.goal }),
      ...(worker.verify !== undefined && { verify: worker.verify.verdict }),
    })),
    detail: {
      count: workers.length,
      // Of ended ones the signal says all there is to say, unless something was found about their end.
      workers: Object.fromEntries(
        workers.filter((worker) => worker.alive || worker.reason !== undefined || worker.verify?.tail !== undefined)
          .map((worker): [string, Json] => {
            const asked = waitsSince.get(worker.id);
            return [worker.id, {
              health: worker.health,
              ...(worker.healthWhy !== undefined && { health_why: worker.healthWhy }),
              ...(worker.idleMs !== null && { idle_s: Math.floor(worker.idleMs / 1000) }),
              ...(worker.uptimeMs !== null && { uptime_s: Math.floor(worker.uptimeMs / 1000) }),
              ...(asked !== undefined && { ask_age_s: age(asked, now) }),
              ...(worker.reason !== undefined && { reason: worker.reason }),
              ...(worker.verify?.tail !== undefined && { verify_output: clip(worker.verify.tail, TAIL_MAX) }),
            }];
          }),
      ),
    },
  };
}

function sysAsks({ asks, config, now }: World): SystemReading {
  const pending = asks.filter((view) => STATUS_RULES[view.status].needsSomeone);
  return {
    signal: { pending: pending.map((view) => view.id) },
    detail: Object.fromEntries(pending.map(({ id, ask, status }): [string, Json] => [
      id,
      {
        status,
        ...(ask !== undefined && {
          worker: ask.worker,
          age_s: age(ask.ts, now),
          reminders: reminderStep(now - ask.ts, config.remindersMs),
        }),
      },
    ])),
  };
}

function age(ts: number, now: number): number {
  return Math.max(0, Math.floor((now - ts) / 1000));
}
