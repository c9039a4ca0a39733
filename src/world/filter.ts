import type { Change } from "./diff.ts";
import type { Items } from "./items.ts";

/** Which changes a client wants to be woken for and given. */
export type Filter = "all" | "asks" | "actionable";

/** Whether a change is among them. */
export function isWanted(
  filter: Filter,
  change: Change,
  items: { readonly before: Items; readonly after: Items },
): boolean {
  switch (filter) {
    case "all":
      return true;
    case "asks":
      return isAsk(change.item);
    case "actionable":
      return isActionable(change, items);
  }
}

/** True for the items that stand for an ask. */
export function isAsk(item: string): boolean {
  return item.startsWith("ask:");
}

/**
 * Changes that ask somebody to do something: asks, notices, what became of a worker, a schedule that fell due, the budget, the
 * pulse. Goals, the playbook, readings and leases tell, but do not ask.
 */
export function isActionable(
  change: Change,
  { before, after }: { readonly before: Items; readonly after: Items },
): boolean {
  const { item } = change;
  if (item === "budget" || item === "pulse") return true;
  if (isAsk(item) || item.startsWith("notice:") || item.startsWith("worker:")) return true;
  return item.startsWith("schedule:") && firingsOf(after.get(item)) > firingsOf(before.get(item));
}

/** The count behind the comma; see items.ts. */
function firingsOf(value: string | undefined): number {
  const count = Number(value?.split(",")[1] ?? 0);
  return Number.isFinite(count) ? count : 0;
}
