import { join } from "node:path";
import { ioFailure, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import { canonicalJson, type Json } from "../base/canonical_json.ts";
import { isGone, stem } from "../os/guarded_files.ts";
import type { Context } from "../profile/profile.ts";
import type { Snapshot } from "./schema.ts";

/** What the name of a sensor's snapshot starts with. System readings (`sys-*`) are derived when they are read and have no file. */
const PREFIX = "sensor-";

/** The name of a sensor's snapshot. */
export function snapshotName(sensor: string): string {
  return `${PREFIX}${sensor}`;
}

/** The sensor a snapshot belongs to. */
export function sensorOfSnapshot(name: string): string {
  return name.slice(PREFIX.length);
}

/**
 * The readings of all sensors in name order. One that cannot be read, or is no JSON, is there with a problem and no reading;
 * other files in the directory are nobody's and left out.
 */
export function listSnapshots(ctx: Context): readonly Snapshot[] {
  return snapshotNames(ctx).flatMap((name) => {
    const text = ctx.os.files.readListed(snapshotPath(ctx, name));
    return text === undefined && isGone(ctx.os, snapshotPath(ctx, name)) ? [] : [parseSnapshot(name, text)];
  });
}

/** One sensor's reading; undefined when there is none. */
export function readSnapshot(ctx: Context, sensor: string): Snapshot | undefined {
  const name = snapshotName(sensor);
  const found = ctx.os.files.read(snapshotPath(ctx, name));
  if (found.kind === "absent") return undefined;
  return parseSnapshot(name, found.kind === "text" ? found.text : undefined);
}

/**
 * Publishes a reading, all or nothing, in canonical form. `same`: it was exactly that already, and the file was not touched, so
 * that nobody is woken. The pulse is the one writer.
 */
export function writeSnapshot(ctx: Context, sensor: string, reading: Json): Result<"written" | "same"> {
  const path = snapshotPath(ctx, snapshotName(sensor));
  const text = `${canonicalJson(reading)}\n`;
  const before = ctx.os.files.read(path);
  if (before.kind === "text" && before.text === text) return ok("same");
  const written = ctx.os.files.replace(path, text);
  return written.ok ? ok("written") : ioFailure(`publish the reading of sensor "${sensor}"`, written.failure);
}

/** The sensors that have a reading, read or not. */
export function sensorsWithReading(ctx: Context): ReadonlySet<string> {
  return new Set(snapshotNames(ctx).map(sensorOfSnapshot));
}

/** Removes the readings of sensors that are not among `sensors`; answers whose. What they said can be measured again. */
export function pruneSnapshots(ctx: Context, sensors: ReadonlySet<string>): Result<readonly string[]> {
  const gone: string[] = [];
  for (const name of snapshotNames(ctx)) {
    const sensor = sensorOfSnapshot(name);
    if (sensors.has(sensor)) continue;
    const removed = ctx.os.files.remove(snapshotPath(ctx, name));
    if (!removed.ok) return ioFailure(`remove the reading of sensor "${sensor}"`, removed.failure);
    gone.push(sensor);
  }
  return ok(gone);
}

function snapshotNames(ctx: Context): readonly string[] {
  const entries = ctx.os.files.list(ctx.profile.paths.snapshots);
  if (!entries.ok) return [];
  const names: string[] = [];
  for (const entry of entries.value) {
    const name = stem(entry.name, ".json");
    if (entry.kind === "file" && name?.startsWith(PREFIX)) names.push(name);
  }
  return names;
}

function snapshotPath(ctx: Context, name: string): string {
  return join(ctx.profile.paths.snapshots, `${name}.json`);
}

function parseSnapshot(name: string, text: string | undefined): Snapshot {
  if (text === undefined) return { name, reading: undefined, problem: "the file cannot be read" };
  try {
    return { name, reading: JSON.parse(text) as Json };
  } catch {
    return { name, reading: undefined, problem: "the file holds no JSON" };
  }
}
