import { join } from "node:path";
import { ioFailure, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import { isId } from "../base/id.ts";
import { isGone, stem, withDirLock } from "../os/guarded_files.ts";
import type { Context } from "../profile/profile.ts";
import { versionOf } from "../profile/records.ts";
import { type Schedule, type ScheduleFile, scheduleSchema } from "./schema.ts";

/** The version that this program writes, and the newest that it reads. */
const VERSION = 1;

/**
 * All schedules in name order. One that cannot be read or understood is there with its problem: a stable sentence, never the
 * file's text, so that it neither disappears nor churns. Names that are no ids are debris and left out.
 */
export function listSchedules(ctx: Context): readonly ScheduleFile[] {
  const entries = ctx.os.files.list(ctx.profile.paths.schedules);
  if (!entries.ok) return [];
  const schedules: ScheduleFile[] = [];
  for (const entry of entries.value) {
    const name = stem(entry.name, ".json");
    if (name === undefined || !isId(name)) continue;
    if (entry.kind !== "file") {
      schedules.push({ name, schedule: undefined, problem: "it is not a regular file" });
      continue;
    }
    const text = ctx.os.files.readListed(schedulePath(ctx, name));
    if (text === undefined && isGone(ctx.os, schedulePath(ctx, name))) continue;
    schedules.push(parseSchedule(name, text));
  }
  return schedules;
}

/** One schedule, or undefined when there is none. */
export function readSchedule(ctx: Context, name: string): ScheduleFile | undefined {
  const found = ctx.os.files.read(schedulePath(ctx, name));
  if (found.kind === "absent") return undefined;
  return parseSchedule(name, found.kind === "text" ? found.text : undefined);
}

/**
 * Changes a schedule under the directory's lock: `change` is given what is there now (undefined: none) and answers what shall be
 * there, or undefined to leave it. Answers what is there afterwards. Unknown keys are the caller's to carry over.
 */
export async function changeSchedule(
  ctx: Context,
  name: string,
  change: (now: ScheduleFile | undefined) => Schedule | undefined,
): Promise<Result<Schedule | undefined>> {
  const thing = `write schedule "${name}"`;
  const done = await withDirLock(ctx.os, ctx.profile.paths.schedules, (): Result<Schedule | undefined> => {
    const before = readSchedule(ctx, name);
    const next = change(before);
    if (next === undefined) return ok(before?.schedule);
    const written = ctx.os.files.replace(schedulePath(ctx, name), formatSchedule(next));
    return written.ok ? ok(next) : ioFailure(thing, written.failure);
  });
  return done.ok ? done.value : ioFailure(thing, done.failure);
}

/** Removes a schedule; `absent` when there was none. */
export async function removeSchedule(ctx: Context, name: string): Promise<Result<"removed" | "absent">> {
  const thing = `remove schedule "${name}"`;
  const path = schedulePath(ctx, name);
  const done = await withDirLock(ctx.os, ctx.profile.paths.schedules, (): Result<"removed" | "absent"> => {
    const stamp = ctx.os.files.stat(path);
    if (!stamp.ok) return stamp.failure.code === "absent" ? ok("absent") : ioFailure(thing, stamp.failure);
    const removed = ctx.os.files.remove(path);
    return removed.ok ? ok("removed") : ioFailure(thing, removed.failure);
  });
  return done.ok ? done.value : ioFailure(thing, done.failure);
}

/** The text of a schedule's file. */
export function formatSchedule(schedule: Schedule): string {
  return `${JSON.stringify({ ...schedule, v: VERSION }, undefined, 2)}\n`;
}

/** Reads the text of a schedule's file; undefined text: it could not be read. */
export function parseSchedule(name: string, text: string | undefined): ScheduleFile {
  if (text === undefined) return { name, schedule: undefined, problem: "the file cannot be read" };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { name, schedule: undefined, problem: "the file holds no JSON" };
  }
  if (versionOf(value) > VERSION) {
    return { name, schedule: undefined, problem: "it was written by a newer version of looop", newer: true };
  }
  const parsed = scheduleSchema.safeParse(value);
  if (!parsed.success) return { name, schedule: undefined, problem: "the file holds no schedule" };
  return { name, schedule: parsed.data };
}

function schedulePath(ctx: Context, name: string): string {
  return join(ctx.profile.paths.schedules, `${name}.json`);
}
