import { join } from "node:path";
import { byCodeUnit } from "../base/id.ts";
import { fail, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import type { Context } from "../profile/profile.ts";
import { readVersioned, writeRecord } from "../profile/records.ts";
import { clientFiles, newNonce } from "./client_files.ts";
import type { Change } from "./diff.ts";
import type { Items } from "./items.ts";
import { type Cursor, cursorSchema, type Entry } from "./schema.ts";

/** So many deliveries back can `--after` reach. */
const KEPT = 16;

/** Reads what a client has been given; a client that was never seen has an empty cursor. A file that cannot be read is a failure. */
export function readCursor(ctx: Context, client: string): Result<Cursor> {
  const { cursor } = clientFiles(ctx.profile.paths, client);
  const found = readVersioned(ctx.os, cursor, cursorSchema);
  switch (found.kind) {
    case "ok":
      return ok(found.value);
    case "absent":
      return ok({ epoch: newNonce().slice(0, 6), next: 1, read: null, items: {}, history: [] });
    case "corrupt":
      return fail("corrupt", `wait as client "${client}"`, `${cursor} is damaged`, {
        hint: `move it away; the next wait is then given the whole world: mv ${JSON.stringify(cursor)} ${
          JSON.stringify(join(ctx.profile.paths.root, `cursor-${client}.damaged`))
        }`,
      });
    default:
      return { ok: false, failure: found.failure };
  }
}

/**
 * Writes it, all or nothing. The caller holds the client's lock. After an outage of the machine it may be the one before, and what it
 * did not count as given is given again.
 */
export function writeCursor(ctx: Context, client: string, cursor: Cursor): Result<void> {
  return writeRecord(ctx.os, clientFiles(ctx.profile.paths, client).cursor, cursor, "whole");
}

/** The delivery of this id, while it is kept. */
export function entryOf(cursor: Cursor, id: string): Entry | undefined {
  return cursor.history.find((entry) => entry.id === id);
}

/** The world as a delivery gave it; null: nothing yet. Undefined when it is not kept any more. */
export function itemsAfter(cursor: Cursor, id: string | null): Items | undefined {
  if (id === null) return new Map();
  const at = cursor.history.findIndex((entry) => entry.id === id);
  if (at < 0) return undefined;
  const items = new Map(Object.entries(cursor.items));
  for (const entry of cursor.history.slice(at + 1).reverse()) {
    for (const [item, value] of Object.entries(entry.undo)) {
      if (value === null) items.delete(item);
      else items.set(item, value);
    }
  }
  return new Map([...items].sort((a, b) => byCodeUnit(a[0], b[0])));
}

/** What an offer is made of. */
export interface OfferSpec {
  readonly base: string | null;
  readonly shape: string;
  readonly waiter: string;
  readonly ts: number;
  readonly changes: readonly Change[];
  /** The map once these changes have been given. */
  readonly items: Items;
}

/**
 * The cursor with one more delivery, offered and not given yet. It is written before the output, so that a waiter which dies behind
 * its output leaves the id under which the next one says the same again.
 */
export function withOffer(cursor: Cursor, spec: OfferSpec): { readonly cursor: Cursor; readonly entry: Entry } {
  const entry: Entry = {
    id: `${cursor.epoch}-${cursor.next}`,
    base: spec.base,
    ts: spec.ts,
    given: false,
    shape: spec.shape,
    changed: spec.changes.map((change) => ({ ...change })),
    waiter: spec.waiter,
    undo: undoOf(cursor.items, spec.items),
  };
  const items = Object.fromEntries(spec.items);
  const history = [...cursor.history, entry].slice(-KEPT);
  return { cursor: { ...cursor, next: cursor.next + 1, items, history }, entry };
}

/**
 * The cursor with its newest offer made again, by another waiter, its map as it is now known. What lay before it stays as it was.
 */
export function withRepeat(
  cursor: Cursor,
  again: { readonly entry: Entry; readonly waiter: string; readonly items: Items },
): { readonly cursor: Cursor; readonly entry: Entry } {
  const before = new Map(Object.entries(cursor.items));
  for (const [item, value] of Object.entries(again.entry.undo)) {
    if (value === null) before.delete(item);
    else before.set(item, value);
  }
  const entry: Entry = { ...again.entry, waiter: again.waiter, undo: undoOf(Object.fromEntries(before), again.items) };
  const history = cursor.history.map((old) => old.id === entry.id ? entry : old);
  return { entry, cursor: { ...cursor, items: Object.fromEntries(again.items), history } };
}

/** The cursor once the delivery was printed, or its reader has named it; undefined when that is known already. */
export function withGiven(cursor: Cursor, id: string, ts: number): Cursor | undefined {
  const entry = entryOf(cursor, id);
  if (entry === undefined || (entry.given && cursor.read === id)) return undefined;
  const { changed: _said, waiter: _who, ...kept } = entry;
  const given: Entry = { ...kept, ts: entry.given ? entry.ts : ts, given: true };
  return { ...cursor, read: id, history: cursor.history.map((other) => other === entry ? given : other) };
}

function undoOf(before: Readonly<Record<string, string>>, after: Items): Record<string, string | null> {
  const undo: Record<string, string | null> = {};
  for (const [item, value] of after) {
    if (before[item] !== value) undo[item] = before[item] ?? null;
  }
  for (const [item, value] of Object.entries(before)) {
    if (!after.has(item)) undo[item] = value;
  }
  return undo;
}
