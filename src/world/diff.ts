import { byCodeUnit } from "../base/id.ts";
import { type Items, stepOf, UNREADABLE_PREFIX } from "./items.ts";
import type { Collection } from "./world.ts";

/** What became of an item. `reminder`: it is as it was, and has been so for another while. */
export interface Change {
  readonly item: string;
  readonly change: "added" | "changed" | "removed" | "reminder";
  /** The client that made it, when that is the one that is told. */
  readonly by?: string | undefined;
}

/** What differs, in item order. */
export function diffItems(before: Items, after: Items): readonly Change[] {
  const changes: Change[] = [];
  for (const [item, value] of after) {
    const old = before.get(item);
    if (old === undefined) changes.push({ item, change: "added" });
    else if (old !== value) changes.push({ item, change: isReminder(old, value) ? "reminder" : "changed" });
  }
  for (const item of before.keys()) {
    if (!after.has(item)) changes.push({ item, change: "removed" });
  }
  return changes.sort((a, b) => byCodeUnit(a.item, b.item));
}

function isReminder(old: string, value: string): boolean {
  const from = stepOf(old);
  const to = stepOf(value);
  return from.base === to.base && to.step > from.step;
}

/** Which items lie in a directory, by what their names start with. */
const KINDS: Readonly<Record<Collection, string>> = {
  goals: "goal:",
  snapshots: "sensor:",
  asks: "ask:",
  workers: "worker:",
  claims: "claim:",
  schedules: "schedule:",
  notices: "notice:",
};

/**
 * The items as somebody sees them who was given `before`: steps of reminders never fall (a clock that was set back takes nothing
 * back, and reminds of nothing twice), and what lies in a directory that cannot be listed is as it was, not gone.
 */
export function asSeenAfter(before: Items, now: Items): Items {
  const seen = new Map<string, string>();
  for (const [item, value] of now) {
    const old = before.get(item);
    seen.set(item, old !== undefined && fell(old, value) ? old : value);
  }
  const hidden = (Object.keys(KINDS) as Collection[]).filter((kind) => now.has(`${UNREADABLE_PREFIX}${kind}`));
  if (hidden.length === 0) return seen;
  for (const [item, value] of before) {
    if (!seen.has(item) && hidden.some((kind) => item.startsWith(KINDS[kind]))) seen.set(item, value);
  }
  return new Map([...seen].sort((a, b) => byCodeUnit(a[0], b[0])));
}

function fell(old: string, value: string): boolean {
  const from = stepOf(old);
  const to = stepOf(value);
  return from.base === to.base && to.step < from.step;
}

/** `before` with only these changes made: what has been given once they are. */
export function withChanges(before: Items, after: Items, changes: readonly Change[]): Items {
  const given = new Map(before);
  for (const { item } of changes) {
    const value = after.get(item);
    if (value === undefined) given.delete(item);
    else given.set(item, value);
  }
  return new Map([...given].sort((a, b) => byCodeUnit(a[0], b[0])));
}
