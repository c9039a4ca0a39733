import { formatAge } from "../base/duration.ts";
import type { Context } from "../profile/profile.ts";
import { itemsAfter, readCursor } from "./cursor.ts";
import { asSeenAfter, diffItems } from "./diff.ts";
import { isActionable } from "./filter.ts";
import { gatherWorld } from "./gather.ts";
import { type Items, stepOf, worldItems } from "./items.ts";
import { listClients, listWaits } from "./presence.ts";
import { ageOfStep } from "../base/reminders.ts";
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
  const pending = pendingItems(ctx, world, await worldItems(world, now));
  for (const key of firstSeen.keys()) {
    if (!pending.some((item) => item.key === key)) firstSeen.delete(key);
  }
  const dated = pending.map(({ item, key, since }) => {
    if (since === undefined && !firstSeen.has(key)) firstSeen.set(key, now);
    return { item, since: since ?? firstSeen.get(key) ?? now };
  });
  const [oldest] = dated.sort((a, b) => a.since - b.since);
  if (oldest === undefined || now - oldest.since < world.config.rootAwayMs) return undefined;
  const more = dated.length === 1 ? "" : ` and ${dated.length - 1} more`;
  return {
    message: `${oldest.item}${more}: nobody has waited for it for ${
      formatAge(now - oldest.since)
    }. Start the root agent again, or look yourself: looop status`,
    key: `root_away:${lastDelivery(ctx)}`,
  };
}

/** Something that no client was given as it is now. */
interface Pending {
  readonly item: string;
  /** The item with its value. */
  readonly key: string;
  /** Since when, where the item says so itself. */
  readonly since: number | undefined;
}

/** The actionable items whose present value no client was given. */
function pendingItems(ctx: Context, world: World, items: Items): readonly Pending[] {
  const clients = listClients(ctx).map((client) => {
    const cursor = readCursor(ctx, client);
    return (cursor.ok ? itemsAfter(cursor.value, cursor.value.read) : undefined) ?? new Map<string, string>();
  });
  const bases: readonly Items[] = clients.length === 0 ? [new Map()] : clients;
  const missing = bases.map((before) => {
    const after = asSeenAfter(before, items);
    return new Set(
      diffItems(before, after)
        .filter((change) => change.change !== "removed" && isActionable(change, { before, after }))
        .map(({ item }) => item),
    );
  });
  return [...items]
    .filter(([item]) => isUrgent(item, items) && missing.every((one) => one.has(item)))
    .map(([item, value]) => ({
      item,
      key: `${item} ${value}`,
      since: unseenSince(world, { item, value }, bases.map((before) => before.get(item))),
    }));
}

/**
 * Since when an ask is as no client has seen it: since it was raised, or since the first reminder that the best informed one missed.
 * Undefined where something else about it changed, of which no file says when.
 */
function unseenSince(
  world: World,
  { item, value }: { readonly item: string; readonly value: string },
  given: readonly (string | undefined)[],
): number | undefined {
  const ts = world.asks.find((view) => `ask:${view.id}` === item)?.ask?.ts;
  const { base } = stepOf(value);
  if (ts === undefined || given.some((old) => old !== undefined && stepOf(old).base !== base)) return undefined;
  const steps = given.map((old) => old === undefined ? 0 : stepOf(old).step + 1);
  return ts + ageOfStep(Math.max(...steps), world.config.remindersMs);
}

/** Of what wakes, what somebody has to do something about. The pulse that asks is alive; a budget under its limit is no news. */
function isUrgent(item: string, items: Items): boolean {
  if (item === "pulse" || item.startsWith("notice:")) return false;
  if (item === "budget") return items.get(item) !== "under";
  return true;
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
