import { no, ok } from "../base/result.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
import { withDirLock } from "../os/guarded_files.ts";
import type { Context } from "../profile/profile.ts";
import { clientFiles } from "./client_files.ts";
import { entryOf, itemsAfter, readCursor, withGiven, withOffer, withRepeat, writeCursor } from "./cursor.ts";
import type { Change } from "./diff.ts";
import type { Items } from "./items.ts";
import { isWaiting, type Presence } from "./presence.ts";
import type { Cursor, Entry } from "./schema.ts";

/** How long a waiter that is printing just now is given to finish, before its delivery is given again. */
const PRINTING_MS = 1_000;

/** How often it is looked whether it has. */
const PRINTING_LOOK_MS = 20;

/** Where a client stands: its cursor, and the world that the present one is compared with. */
export interface Standing {
  readonly cursor: Cursor;
  readonly base: string | null;
  readonly before: Items;
}

/** Who waits, and for what. */
export interface Waiter {
  readonly client: string;
  readonly shape: string;
  readonly presence: Presence;
}

/**
 * Reads where the client stands. `after` is the delivery that was really read: it is what the world is compared with from now on, and if
 * its printing was never recorded, that is made up for.
 */
export async function standingOf(ctx: Context, waiter: Waiter, after: string | undefined): Promise<Result<Standing>> {
  await letPrint(ctx, waiter);
  return await underLock(ctx, waiter.client, (): Result<Standing> => {
    const cursor = readCursor(ctx, waiter.client);
    if (!cursor.ok || after === undefined) return cursor.ok ? ok(standing(cursor.value)) : cursor;
    if (entryOf(cursor.value, after) === undefined) return unknown(cursor.value, waiter.client, after);
    const moved = withGiven(cursor.value, after, ctx.os.clock.now());
    if (moved === undefined) return ok(standing(cursor.value));
    const written = writeCursor(ctx, waiter.client, moved);
    return written.ok ? ok(standing(moved)) : written;
  });
}

function standing(cursor: Cursor): Standing {
  const before = itemsAfter(cursor, cursor.read);
  // Fallen out of what is kept: as if never seen.
  return before === undefined ? { cursor, base: null, before: new Map() } : { cursor, base: cursor.read, before };
}

function unknown(cursor: Cursor, client: string, after: string): Result<never> {
  const known = cursor.history.map((entry) => entry.id);
  const state = known.length === 0
    ? `client "${client}" was never given anything`
    : `client "${client}" was given no such delivery, or it is too long ago`;
  return fail("not_found", `wait for what came after delivery "${after}"`, state, {
    hint: known.length === 0
      ? "leave --after away: the first wait gives the whole world"
      : `leave --after away to go on behind what was printed last, or give one of: ${known.join(", ")}`,
    data: { known },
  });
}

/** A waiter that was superseded while it prints has said what it says: let it write that down. */
async function letPrint(ctx: Context, { client, presence }: Waiter): Promise<void> {
  const { clock } = ctx.os;
  const end = clock.ticks() + PRINTING_MS;
  while (clock.ticks() < end) {
    const cursor = readCursor(ctx, client);
    const last = cursor.ok ? cursor.value.history.at(-1) : undefined;
    if (last === undefined || last.given || last.waiter === undefined || last.waiter === presence.nonce) return;
    if (!isWaiting(ctx, client, last.waiter)) return;
    await clock.sleep(PRINTING_LOOK_MS);
  }
}

/** What a delivery is to say. */
export interface OfferedChanges {
  readonly changes: readonly Change[];
  /** The map once these changes have been given. */
  readonly items: Items;
}

/** An offer that is to be made again. */
export interface Unrecorded extends OfferedChanges {
  readonly entry: Entry;
}

/** Stands for a value of which nobody knows whether the client saw it: whatever the item is, it is told with the next delivery. */
const UNSURE = "?";

/**
 * The offer of a waiter that died behind or in front of its output, when it answers the same question. It is made again in the same words,
 * but with the world of today beside them. Its reader may have seen an item as it was then, or will see it as it is now: where the two
 * differ, nothing counts as given.
 */
export function unrecorded({ cursor, base }: Standing, shape: string, now: Items): Unrecorded | undefined {
  const entry = cursor.history.at(-1);
  if (entry === undefined || entry.given || entry.base !== base || entry.shape !== shape) return undefined;
  const changes = entry.changed ?? [];
  const items = new Map(itemsAfter(cursor, entry.id));
  for (const { item } of changes) {
    if (items.get(item) !== now.get(item)) items.set(item, UNSURE);
  }
  return { entry, changes, items };
}

/**
 * Writes the offer down, in front of the output. Ownership is looked at again under the client's lock; `moved`: the cursor is not what
 * the changes were compared with any more. `again`: the offer to repeat, in place of a new one.
 */
export async function offer(
  ctx: Context,
  waiter: Waiter,
  what: { readonly standing: Standing; readonly offered: OfferedChanges; readonly again?: Entry | undefined },
): Promise<Result<Entry | "moved" | "superseded" | "gone">> {
  const { client, shape, presence } = waiter;
  const { standing, offered, again } = what;
  return await underLock(ctx, client, (): Result<Entry | "moved" | "superseded" | "gone"> => {
    const held = presence.standing();
    if (held !== "owner") return ok(held);
    const cursor = readCursor(ctx, client);
    if (!cursor.ok) return cursor;
    if (cursor.value.next !== standing.cursor.next || cursor.value.read !== standing.cursor.read) return ok("moved");
    const next = again === undefined
      ? withOffer(cursor.value, {
        base: standing.base,
        shape,
        waiter: presence.nonce,
        ts: ctx.os.clock.now(),
        changes: offered.changes,
        items: offered.items,
      })
      : withRepeat(cursor.value, { entry: again, waiter: presence.nonce, items: offered.items });
    const written = writeCursor(ctx, client, next.cursor);
    return written.ok ? ok(next.entry) : written;
  });
}

/** Writes down that a delivery was printed. One that is known as given, or was overtaken by what its reader said, is left. */
export async function recordGiven(ctx: Context, client: string, id: string): Promise<Result<void>> {
  return await underLock(ctx, client, (): Result<void> => {
    const cursor = readCursor(ctx, client);
    if (!cursor.ok) return cursor;
    const entry = entryOf(cursor.value, id);
    const next = entry === undefined || entry.given ? undefined : withGiven(cursor.value, id, ctx.os.clock.now());
    return next === undefined ? ok(undefined) : writeCursor(ctx, client, next);
  });
}

async function underLock<T>(ctx: Context, client: string, action: () => Result<T>): Promise<Result<T>> {
  const done = await withDirLock(ctx.os, clientFiles(ctx.profile.paths, client).dir, action);
  return done.ok ? done.value : no(ioFailure(`wait as client "${client}"`, done.failure).failure);
}
