import { join } from "node:path";
import { isId } from "../base/id.ts";
import { ok } from "../base/result.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
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

/** All records that can be read, by id in code-unit order. One list, one read a worker. */
export function listRecords(ctx: Context): readonly WorkerRecord[] {
  const listed = ctx.os.files.list(ctx.profile.paths.workers);
  if (!listed.ok) return [];
  const records: WorkerRecord[] = [];
  for (const { name, kind } of listed.value) {
    const id = name.endsWith(".json") ? name.slice(0, -".json".length) : "";
    if (kind !== "file" || !isId(id)) continue;
    const record = parseRecord(ctx.os.files.readListed(join(ctx.profile.paths.workers, name)) ?? "");
    if (record !== undefined && record.id === id) records.push(record);
  }
  return records;
}

/** The record in a text; undefined when it holds none that is known here. */
function parseRecord(text: string): WorkerRecord | undefined {
  const data = parsedJson(text);
  const parsed = workerRecordSchema.safeParse(data);
  return parsed.success && versionOf(data) <= VERSION ? parsed.data : undefined;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
