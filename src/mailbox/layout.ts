import { join } from "node:path";
import { byCodeUnit, parseAskId } from "../base/id.ts";
import { sha256Hex } from "../base/sha256.ts";
import type { Paths } from "../profile/paths.ts";

/** `asks/<ask>.json`. */
export function askPath(paths: Paths, id: string): string {
  return join(paths.asks, `${id}.json`);
}

/** `answers/<ask>.json`. */
export function answerPath(paths: Paths, id: string): string {
  return join(paths.answers, `${id}.json`);
}

/** How far an answer's delivery has come, each a file beside the answer, so that one listing tells it of all. */
export type MarkKind = "delivering" | "consumed";

/** `answers/<ask>.delivering`, `answers/<ask>.consumed`. */
export function markPath(paths: Paths, id: string, kind: MarkKind): string {
  return join(paths.answers, markName(id, kind));
}

/** The name of a mark in `answers/`. No ask's id ends in a word, so it can be no other ask's file. */
export function markName(id: string, kind: MarkKind): string {
  return `${id}.${kind}`;
}

/** What belongs to one worker id for good: its counters, its lock, what may be repeated to it, its keys. */
export function deskDir(paths: Paths, worker: string): string {
  return join(paths.mailbox, "workers", worker);
}

/** The file that says an ask's answer may be repeated. */
export function repeatPath(paths: Paths, id: string): string {
  const parsed = parseAskId(id);
  return join(deskDir(paths, parsed?.worker ?? id), `${REPEAT_PREFIX}${parsed?.n ?? 0}`);
}

/** How those files start. */
export const REPEAT_PREFIX = "repeat-";

/** The file that says which ask a `--key` stands for. Keys are any text, so the name is their hash. */
export function keyPath(paths: Paths, worker: string, key: string): string {
  return join(deskDir(paths, worker), `${KEY_PREFIX}${sha256Hex(key).slice(0, 32)}.json`);
}

/** How those files start. */
export const KEY_PREFIX = "key-";

/** `tells/<worker>-<n>.json`. */
export function tellPath(paths: Paths, id: string): string {
  return join(paths.tells, `${id}.json`);
}

/** Where a tell lies once it has been read, or once its reader's life is over. */
export function toldDir(paths: Paths): string {
  return join(paths.tells, "told");
}

/** The archive of a month, by the time of an answer (UTC): a pair has one place, whenever it is moved. */
export function archivePath(paths: Paths, ts: number): string {
  return join(paths.mailbox, `${new Date(ts).toISOString().slice(0, 7)}.ndjson`);
}

/** The archives' names. */
export const ARCHIVE_NAME = /^[0-9]{4}-[0-9]{2}\.ndjson$/;

/** Orders ids of the mailbox by worker, then by number: `a-2` before `a-10`. */
export function byAskId(a: string, b: string): number {
  const left = parseAskId(a);
  const right = parseAskId(b);
  if (left === undefined || right === undefined || left.worker !== right.worker) return byCodeUnit(a, b);
  return left.n - right.n;
}
