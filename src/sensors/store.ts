import { join } from "node:path";
import { ioFailure, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import type { Context } from "../profile/profile.ts";
import { kindWords, type Stamp } from "../os/files.ts";
import { hasShebang, HEAD_BYTES, parseHeader } from "./header.ts";
import { sensorOfFile } from "./names.ts";
import { type IgnoredFile, type Sensor, type SensorHeader, type SensorRecord, sensorRecordsSchema } from "./schema.ts";

const VERSION = 1;

/** What `sensors/` holds. */
export interface SensorScan {
  /** In name order; several files of one stem are one sensor with `rivals`. */
  readonly sensors: readonly Sensor[];
  readonly ignored: readonly IgnoredFile[];
}

/** Heads of scripts by path, so that a look at unchanged ones reads nothing. Kept by whoever looks often. */
export type HeadCache = Map<
  string,
  { readonly stamp: string; readonly shebang: boolean; readonly header: SensorHeader }
>;

/** Looks at `sensors/`. A directory that is not there holds nothing; one that cannot be read is a failure: not the same as empty. */
export function scanSensors(ctx: Context, cache: HeadCache = new Map()): Result<SensorScan> {
  const dir = ctx.profile.paths.sensors;
  const entries = ctx.os.files.list(dir);
  if (!entries.ok) {
    return entries.failure.code === "absent"
      ? ok({ sensors: [], ignored: [] })
      : ioFailure("look at the sensors", entries.failure);
  }
  const byName = new Map<string, Sensor[]>();
  const ignored: IgnoredFile[] = [];
  const seen = new Set<string>();
  for (const entry of entries.value) {
    if (entry.kind === "dir" || entry.name.startsWith(".")) continue;
    const looked = lookAt(ctx, entry.name, cache);
    seen.add(join(dir, entry.name));
    if (looked === undefined) continue;
    if ("why" in looked) ignored.push(looked);
    else byName.set(looked.name, [...byName.get(looked.name) ?? [], looked]);
  }
  for (const path of cache.keys()) if (!seen.has(path)) cache.delete(path);
  return ok({ sensors: [...byName.values()].map(oneOf), ignored });
}

/** The files in `sensors/` that look like sensors and are none, for `doctor`. */
export function ignoredSensorFiles(ctx: Context): readonly IgnoredFile[] {
  const scan = scanSensors(ctx);
  return scan.ok ? scan.value.ignored : [];
}

function lookAt(ctx: Context, file: string, cache: HeadCache): Sensor | IgnoredFile | undefined {
  const path = join(ctx.profile.paths.sensors, file);
  const stamp = ctx.os.files.stat(path);
  if (!stamp.ok) return stamp.failure.code === "absent" ? undefined : { file, why: "it cannot be looked at" };
  if (stamp.value.kind !== "file") return { file, why: `it is ${kindWords(stamp.value.kind)}, not a regular file` };
  if ((stamp.value.mode & 0o111) === 0) return { file, why: "it has no execute bit" };
  const named = sensorOfFile(file);
  if ("why" in named) return { file, why: named.why };
  const key = stampKey(stamp.value);
  const head = headOf(ctx, path, { key, cache });
  if (head === undefined) return { file, why: "it cannot be read" };
  if (!head.shebang) return { file, why: "its first line does not say what runs it (#!)" };
  return { name: named.name, file, path, stamp: key, modifiedMs: stamp.value.mtimeMs, header: head.header };
}

function headOf(ctx: Context, path: string, look: { readonly key: string; readonly cache: HeadCache }) {
  const known = look.cache.get(path);
  if (known?.stamp === look.key) return known;
  const bytes = ctx.os.files.readFrom(path, 0, HEAD_BYTES);
  if (!bytes.ok) return undefined;
  const text = new TextDecoder().decode(bytes.value);
  const head = { stamp: look.key, shebang: hasShebang(text), header: parseHeader(text) };
  look.cache.set(path, head);
  return head;
}

function stampKey(stamp: Stamp): string {
  return `${stamp.size}:${stamp.mtimeMs}:${stamp.ino}:${stamp.mode.toString(8)}`;
}

function oneOf(sensors: readonly Sensor[]): Sensor {
  const [first] = sensors;
  if (first === undefined) throw new Error("A group of sensors is never empty");
  if (sensors.length === 1) return first;
  return {
    ...first,
    modifiedMs: Math.max(...sensors.map((sensor) => sensor.modifiedMs)),
    stamp: sensors.map((sensor) => `${sensor.file}=${sensor.stamp}`).join("|"),
    rivals: sensors.map((sensor) => sensor.file),
  };
}

/** What the pulse remembers of runs; empty when there is nothing, or nothing that can be understood: then all is due. */
export function readSensorRecords(ctx: Context): ReadonlyMap<string, SensorRecord> {
  const found = ctx.os.files.read(recordsPath(ctx));
  if (found.kind !== "text") return new Map();
  try {
    const parsed = sensorRecordsSchema.safeParse(JSON.parse(found.text));
    if (!parsed.success || (parsed.data.v ?? 1) > VERSION) return new Map();
    return new Map(Object.entries(parsed.data.sensors));
  } catch {
    return new Map();
  }
}

/** Writes that memory, all or nothing, in a directory that wakes nobody. */
export function writeSensorRecords(ctx: Context, records: ReadonlyMap<string, SensorRecord>): Result<void> {
  const text = `${JSON.stringify({ v: VERSION, sensors: Object.fromEntries(records) })}\n`;
  const written = ctx.os.files.replace(recordsPath(ctx), text);
  return written.ok ? ok(undefined) : ioFailure("remember the runs of the sensors", written.failure);
}

function recordsPath(ctx: Context): string {
  return join(ctx.profile.paths.pulse, "sensors.json");
}
