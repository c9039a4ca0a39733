import * as z from "zod/mini";

/** What the comment lines at a script's head say about how to run it. Spans are milliseconds. */
export interface SensorHeader {
  readonly intervalMs?: number | undefined;
  readonly timeoutMs?: number | undefined;
  /** Header lines that were not understood, as sentences. */
  readonly problems: readonly string[];
}

/** A sensor: a regular file in `sensors/` with the execute bit, a shebang, and a name whose stem is an id. */
export interface Sensor {
  /** The stem: what the snapshot and the world's item are called after. */
  readonly name: string;
  readonly file: string;
  readonly path: string;
  /** Changes when the file does. */
  readonly stamp: string;
  /** When it was last changed, by its own stamp. */
  readonly modifiedMs: number;
  readonly header: SensorHeader;
  /** All files of this stem when there are several: then none is run, and the reading is an error. */
  readonly rivals?: readonly string[];
}

/** A file in `sensors/` that is no sensor, and why. */
export interface IgnoredFile {
  readonly file: string;
  readonly why: string;
}

/** What is known of a sensor's runs. Times are milliseconds since 1970. */
export const sensorRecordSchema = z.looseObject({
  /** When the last run was started, and of which version of the script. */
  ran: z.number(),
  stamp: z.string(),
  /** How long it took. */
  ms: z.optional(z.number()),
  /** When it last gave a reading that was no error. */
  good: z.optional(z.number()),
  /** The kind of error of the last run, when it was one. */
  error: z.optional(z.string()),
  /** Digest of the last signal, and how many runs in a row changed it (a quiet one takes one off). */
  signal: z.optional(z.string()),
  streak: z._default(z.number(), 0),
});

export type SensorRecord = z.infer<typeof sensorRecordSchema>;

/** `sessions/.pulse/sensors.json`: the pulse's memory of runs, so that its own restart runs nothing before it is due. */
export const sensorRecordsSchema = z.looseObject({
  v: z.optional(z.number()),
  sensors: z.record(z.string(), sensorRecordSchema),
});

/** Why a run gave no reading. The kind alone makes the signal of an error reading, so that a failing sensor cannot flap. */
export type SensorError =
  | "empty"
  | "not-json"
  | "not-an-object"
  | "two-objects"
  | "too-deep"
  | "too-large"
  | "exit"
  | "killed"
  | "timeout"
  | "not-startable"
  | "two-files";

/** What a run gave. */
export type SensorOutcome =
  | { readonly kind: "reading"; readonly reading: SensorReading; readonly ms: number }
  | {
    readonly kind: "error";
    readonly error: SensorError;
    readonly message: string;
    readonly stderrTail: string;
    readonly ms: number;
  };

/** A JSON object. */
export interface SensorReading {
  readonly [key: string]: import("../base/canonical_json.ts").Json;
}
