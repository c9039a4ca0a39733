import { join } from "node:path";
import type { Result } from "../failure.ts";
import type { Actor, Context } from "../profile/profile.ts";
import { readVersioned, writeRecord } from "../profile/records.ts";
import { clientFiles, newNonce } from "./client_files.ts";
import { type Items, worldItems } from "./items.ts";
import { type OwnMove, ownSchema } from "./schema.ts";

/**
 * What an item will be after a change: its value, null when it is gone, undefined when only looking afterwards can tell. A name that
 * ends in `*` stands for all items that begin so, of which only the outcome tells which they were.
 */
export type Expected = Readonly<Record<string, string | null | undefined>>;

/** A change, and how to tell from its outcome which items it touched. */
export interface OwnAction<T> {
  run(): Promise<Result<T>>;
  touched?(value: T): readonly string[];
  /** Whether what was found afterwards is what the change made, and not what became of it since. Without it: always. */
  made?(item: string, value: string | null): boolean;
}

/** Stands for a value that is not known before the change is done. */
const OPEN = "?";

/** What a name for many ends in. */
const ANY = "*";

/** A change that was announced is visible within this time, or never comes. */
const VISIBLE_MS = 60_000;

/** From so many on it is looked which are older than this. */
const CROWDED = 100;
const FORGET_MS = 86_400_000;

/**
 * Makes a change for a client without waking that client by it: what the items will be is written down first, so that a wait which sees
 * them change, even before the change returns, knows whose it is. A change by somebody else to the same item leaves another value,
 * and wakes. Where the value cannot be told beforehand, waits hold the item back while the change runs, and it is looked up
 * afterwards. A crash in between leaves either an expectation that never comes true or a lock that nobody holds: then the change wakes.
 * Without a client, or for one that never waited, this is just the action. Bookkeeping that fails costs a needless wake, no more.
 */
export async function asOwnMove<T>(
  ctx: Context,
  actor: Actor,
  expected: Expected,
  action: OwnAction<T>,
): Promise<Result<T>> {
  const { client } = actor;
  const names = Object.keys(expected);
  if (client === undefined || names.length === 0) return await action.run();
  const { own } = clientFiles(ctx.profile.paths, client);
  if (!ctx.os.files.stat(own).ok) return await action.run();
  const path = join(own, `${newNonce()}.json`);
  const write = (items: OwnMove["items"]) => writeRecord(ctx.os, path, { ts: ctx.os.clock.now(), items }, "none");
  const isOpen = names.some((item) => expected[item] === undefined);
  const lock = isOpen ? ctx.os.locks.tryAcquire(lockOf(path)) : undefined;
  sweep(ctx, own);
  try {
    write(Object.fromEntries(names.map((item) => [item, expected[item] === undefined ? OPEN : expected[item]])));
    const done = await action.run();
    if (!done.ok) ctx.os.files.remove(path);
    else if (isOpen) {
      const found = await lookedUp(ctx, expected, action.touched?.(done.value) ?? []);
      const mine = Object.entries(found).filter(([item, value]) => action.made?.(item, value) ?? true);
      write(Object.fromEntries(mine));
    }
    return done;
  } finally {
    lock?.release();
    if (isOpen) ctx.os.files.remove(lockOf(path), { durability: "none" });
  }
}

/** A client that makes moves and never waits leaves files that nobody reads: the old ones of too many go. */
function sweep(ctx: Context, own: string): void {
  const listed = ctx.os.files.list(own);
  if (!listed.ok || listed.value.length < CROWDED) return;
  for (const { name } of listed.value) {
    const path = join(own, name);
    const stamp = ctx.os.files.stat(path);
    if (stamp.ok && ctx.os.clock.now() - stamp.value.mtimeMs > FORGET_MS) ctx.os.files.remove(path);
  }
}

async function lookedUp(ctx: Context, expected: Expected, touched: readonly string[]): Promise<OwnMove["items"]> {
  // Loaded here alone: most changes know beforehand what they leave, and verbs should start fast.
  const { gatherWorld } = await import("./gather.ts");
  const now = ctx.os.clock.now();
  const items = await worldItems(await gatherWorld(ctx, now), now);
  const known = Object.entries(expected).filter(([item]) => !item.endsWith(ANY));
  return {
    ...Object.fromEntries(touched.map((item) => [item, items.get(item) ?? null])),
    ...Object.fromEntries(known.map(([item, value]) => [item, value === undefined ? items.get(item) ?? null : value])),
  };
}

function lockOf(path: string): string {
  return path.replace(/\.json$/, ".lock");
}

/** What a client has changed itself and was not told yet. */
export interface OwnMoves {
  /** Whether the item is now what the client made it. */
  made(item: string, value: string | undefined): boolean;
  /** Whether the client is changing it at this moment. */
  isBeingMade(item: string): boolean;
  /** Removes what explains nothing any more: the client was given the items as they are now, and they are what it made them. */
  forget(given: Items, now: Items): void;
}

/** Reads them. One list of an empty directory when there are none. */
export function readOwnMoves(ctx: Context, client: string): OwnMoves {
  const { own } = clientFiles(ctx.profile.paths, client);
  const listed = ctx.os.files.list(own);
  const moves: { readonly path: string; readonly move: OwnMove; readonly open: boolean }[] = [];
  for (const { name } of listed.ok ? listed.value : []) {
    const path = join(own, name);
    if (!name.endsWith(".json")) continue;
    // The lock first: one that is let go after this has its values in the file by then.
    const open = ctx.os.locks.isHeld(lockOf(path));
    const found = readVersioned(ctx.os, path, ownSchema);
    if (found.kind === "ok") moves.push({ path, move: found.value, open });
  }
  return {
    made: (item, value) => moves.some(({ move }) => move.items[item] === (value ?? null)),
    isBeingMade: (item) => moves.some(({ move, open }) => open && isAnnounced(move, item)),
    forget: (given, now) => {
      for (const { path, move, open } of moves) {
        const items = Object.keys(move.items);
        const known = items.every((item) => given.get(item) === now.get(item));
        const visible = items.every((item) => move.items[item] === (now.get(item) ?? null)) ||
          Math.abs(ctx.os.clock.now() - move.ts) > VISIBLE_MS;
        if (!open && known && visible) ctx.os.files.remove(path, { durability: "none" });
      }
    },
  };
}

function isAnnounced({ items }: OwnMove, item: string): boolean {
  if (items[item] === OPEN) return true;
  return Object.keys(items).some((name) => name.endsWith(ANY) && item.startsWith(name.slice(0, -1)));
}
