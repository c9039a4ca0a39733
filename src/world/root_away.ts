import { formatAge } from "../base/duration.ts";
import type { Context } from "../profile/profile.ts";
import { itemsAfter, readCursor } from "./cursor.ts";
import { asSeenAfter, diffItems } from "./diff.ts";
import { isActionable } from "./filter.ts";
import { gatherWorld } from "./gather.ts";
import { type Items, stepOf, worldItems } from "./items.ts";
import { listClients, listWaits } from "./presence.ts";
import { ageOfStep } from "./reminders.ts";
import type { World } from "./world.ts";

/** What to raise when nobody has come for what there is to do. `key` is the same for one absence: raise it once. */
export interface RootAway {
  readonly message: string;
  readonly key: string;
}

/** When the caller first saw each pending item: for those that say nothing of it themselves. Kept by the caller, changed here. */
export type FirstSeen = Map<string, number>;

/**
 * Whether something that asks for somebody has waited for longer than `root_away` without any client waiting for it: an ask, a
 * worker that ended, a schedule that fell due. Undefined: no. While any wait is blocked the answer is no, and costs a list of directories.
 */
export async function rootAwayDue(ctx: Context, now: number, firstSeen: FirstSeen): Promise<RootAway | undefined> {
  if (listWaits(ctx).length > 0) {
    firstSeen.clear();
    return undefined;
  }
  const world = await gatherWorld(ctx, now);
  const pending = pendingItems(ctx, worldItems(world, now));
  for (const key of firstSeen.keys()) {
    if (!pending.has(key)) firstSeen.delete(key);
  }
  let oldest: { readonly item: string; readonly since: number } | undefined;
  for (const [key, item] of pending) {
    if (!firstSeen.has(key)) firstSeen.set(key, Math.min(now, sinceOf(world, item, key) ?? now));
    const since = firstSeen.get(key) ?? now;
    if (oldest === undefined || since < oldest.since) oldest = { item, since };
  }
  if (oldest === undefined || now - oldest.since < world.config.rootAwayMs) return undefined;
  const more = pending.size === 1 ? "" : ` and ${pending.size - 1} more`;
  return {
    message: `${oldest.item}${more}: nobody has waited for it for ${
      formatAge(now - oldest.since)
    }. Start the root agent again, or look yourself: looop status`,
    key: `root_away:${lastDelivery(ctx)}`,
  };
}

/** The actionable items whose present value no client was given, by item and value. Notices of ours would ring for themselves. */
function pendingItems(ctx: Context, items: Items): ReadonlyMap<string, string> {
  const known = listClients(ctx).map((client) => {
    const cursor = readCursor(ctx, client);
    return cursor.ok
      ? itemsAfter(cursor.value, cursor.value.read) ?? new Map<string, string>()
      : new Map<string, string>();
  });
  const bases = known.length === 0 ? [new Map<string, string>()] : known;
  const missing = bases.map((before) => {
    const after = asSeenAfter(before, items);
    return new Map(
      diffItems(before, after)
        .filter((change) => change.change !== "removed" && isActionable(change, { before, after }))
        .filter(({ item }) => isUrgent(item, items))
        .map(({ item }) => [`${item} ${items.get(item) ?? ""}`, item] as [string, string]),
    );
  });
  const [first = new Map<string, string>(), ...others] = missing;
  return new Map([...first].filter(([key]) => others.every((other) => other.has(key))));
}

/** Of what wakes, what somebody has to do something about. The pulse that asks is alive; a budget under its limit is no news. */
function isUrgent(item: string, items: Items): boolean {
  if (item === "pulse" || item.startsWith("notice:")) return false;
  if (item === "budget") return items.get(item) !== "under";
  return true;
}

/** Since when an item is as it is, where it says so. */
function sinceOf(world: World, item: string, key: string): number | undefined {
  if (!item.startsWith("ask:")) return undefined;
  const ts = world.asks.find((view) => `ask:${view.id}` === item)?.ask?.ts;
  return ts === undefined ? undefined : ts + ageOfStep(stepOf(key).step, world.config.remindersMs);
}

/** Names the absence: the newest delivery that any client was given. */
function lastDelivery(ctx: Context): string {
  const given = listClients(ctx).flatMap((client) => {
    const cursor = readCursor(ctx, client);
    return cursor.ok ? cursor.value.history.filter((entry) => entry.given) : [];
  });
  const newest = given.reduce((a, b) => a === undefined || b.ts >= a.ts ? b : a, given[0]);
  return newest?.id ?? "never";
}
