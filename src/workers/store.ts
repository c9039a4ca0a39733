import { join } from "node:path";
import { isId } from "../base/id.ts";
import { parsedJson } from "../base/json.ts";
import { ok } from "../base/result.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
import { readEntry, stem } from "../os/guarded_files.ts";
import type { Context } from "../profile/profile.ts";
import { versionOf } from "../profile/records.ts";
import { type WorkerRecord, workerRecordSchema } from "./schema.ts";

/** The version that this program writes, and the newest that it reads. */
const VERSION = 1;

/** The file of a worker's record. The id has been validated. */
export function recordPath(ctx: Context, id: string): string {
  return join(ctx.profile.paths.workers, `${id}.json`);
}

/** A worker's record; undefined when there is none, a failure when it is there and cannot be used. */
export function readRecord(ctx: Context, id: string): Result<WorkerRecord | undefined> {
  const thing = `read worker "${id}"`;
  const found = ctx.os.files.read(recordPath(ctx, id));
  if (found.kind === "absent") return ok(undefined);
  if (found.kind === "unreadable") return ioFailure(thing, found.failure);
  const version = versionOf(parsedJson(found.text));
  if (version > VERSION) return fail("newer", thing, `its record was written by a newer looop (version ${version})`);
  const record = parseRecord(found.text);
  if (record?.id !== id) return fail("corrupt", thing, `workers/${id}.json is not a worker's record`);
  return ok(record);
}

/** Replaces a worker's record; keys that this version does not know are kept by passing on what was read. */
export function writeRecord(ctx: Context, record: WorkerRecord): Result<void> {
  const written = ctx.os.files.replace(
    recordPath(ctx, record.id),
    `${JSON.stringify({ v: VERSION, ...record }, null, 2)}\n`,
  );
  return written.ok ? ok(undefined) : ioFailure(`write the record of worker "${record.id}"`, written.failure);
}

/** What lies among the records, each part by id in code-unit order. */
export interface Records {
  readonly usable: readonly WorkerRecord[];
  /** The ids of those that could not be used when they were looked at. */
  readonly damaged: readonly string[];
}

/** All records. One list, one read a worker. */
export function allRecords(ctx: Context): Records {
  const dir = ctx.profile.paths.workers;
  const listed = ctx.os.files.list(dir);
  const usable: WorkerRecord[] = [];
  const damaged: string[] = [];
  for (const entry of listed.ok ? listed.value : []) {
    const id = stem(entry.name, ".json");
    if (entry.kind === "dir" || id === undefined || !isId(id)) continue;
    const record = parseRecord(readEntry(ctx.os, dir, entry));
    if (record?.id === id) usable.push(record);
    else damaged.push(id);
  }
  return { usable, damaged };
}

/** The records that can be used. */
export function listRecords(ctx: Context): readonly WorkerRecord[] {
  return allRecords(ctx).usable;
}

/** The record in a text; undefined when it holds none that is known here. */
function parseRecord(text: string | undefined): WorkerRecord | undefined {
  const data = parsedJson(text);
  const parsed = workerRecordSchema.safeParse(data);
  return parsed.success && versionOf(data) <= VERSION ? parsed.data : undefined;
}
