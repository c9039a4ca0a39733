import type { World } from "./world.ts";

/** The items that a later looop wrote in a form which this one does not know. */
export function newerItems({ asks, claims, schedules, workers, notices, configNewer }: World): ReadonlySet<string> {
  return new Set([
    ...asks.filter(({ newer }) => newer === true).map(({ id }) => `ask:${id}`),
    ...claims.filter(({ newer }) => newer === true).map(({ name }) => `claim:${name}`),
    ...schedules.filter(({ newer }) => newer === true).map(({ name }) => `schedule:${name}`),
    ...notices.filter(({ newer }) => newer === true).map(({ n }) => `notice:${n}`),
    ...workers.filter(({ newer }) => newer === true).map(({ id }) => `worker:${id}`),
    ...(configNewer === true ? ["config"] : []),
  ]);
}
