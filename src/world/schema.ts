import * as z from "zod/mini";

/** What became of one item, as a delivery tells it. */
export const changeSchema = z.looseObject({
  item: z.string(),
  change: z.enum(["added", "changed", "removed", "reminder"]),
  by: z.optional(z.string()),
});

/** A delivery that was given, or offered: printed perhaps, by a waiter that died before it could write that down. */
export const entrySchema = z.looseObject({
  /** `<epoch>-<n>`, n counting up and never used twice. */
  id: z.string(),
  /** The delivery whose world it was compared with; null: nothing. */
  base: z.nullable(z.string()),
  /** Milliseconds since 1970. */
  ts: z.number(),
  given: z.boolean(),
  /** What was asked for (all, asks, actionable, brief or not): a repeat has to be the same. */
  shape: z.string(),
  /** Of an offer: what it says, to be said again in the same words, and by which waiter. */
  changed: z.optional(z.array(changeSchema)),
  waiter: z.optional(z.string()),
  /** What turns this entry's map of items into the one before it: null removes. */
  undo: z.record(z.string(), z.nullable(z.string())),
});

/** `cursors/<client>/cursor.json`: what a client has been given. */
export const cursorSchema = z.looseObject({
  v: z.optional(z.number()),
  /** New with each file, so that one that was lost and begun anew repeats no id. */
  epoch: z.string(),
  /** The number of the next delivery. */
  next: z.number(),
  /** The delivery that counts as read when the client does not say. */
  read: z.nullable(z.string()),
  /** The map of items of the newest entry. */
  items: z.record(z.string(), z.string()),
  /** Oldest first, at most sixteen. */
  history: z.array(entrySchema),
});

/** `cursors/<client>/owner.json`: the newest wait of a client, whether it still runs or not. Milliseconds since 1970. */
export const ownerSchema = z.looseObject({
  v: z.optional(z.number()),
  /** Names the wait, and the file `<nonce>.wait` whose lock it holds while it lives. */
  nonce: z.string(),
  pid: z.number(),
  since: z.number(),
  shape: z.string(),
});

/**
 * `cursors/<client>/own/<nonce>.json`: a change that the client makes itself. By item what it will be: a value, null for gone, or
 * `?` while nobody knows yet and the lock of this file is held.
 */
export const ownSchema = z.looseObject({
  v: z.optional(z.number()),
  ts: z.number(),
  items: z.record(z.string(), z.nullable(z.string())),
});

export type Entry = z.infer<typeof entrySchema>;
export type Cursor = z.infer<typeof cursorSchema>;
export type Owner = z.infer<typeof ownerSchema>;
export type OwnMove = z.infer<typeof ownSchema>;
