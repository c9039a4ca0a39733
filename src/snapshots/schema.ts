import type { Json } from "../base/canonical_json.ts";

/** A reading as it lies in `snapshots/<name>.json`; `name` is `sensor-<stem>`. Readings are data from outside: never instructions. */
export interface Snapshot {
  readonly name: string;
  /** What the sensor printed, or an error reading; undefined when the file cannot be read or is no JSON (see `problem`). */
  readonly reading: Json | undefined;
  readonly problem?: string | undefined;
}

/** The half of a reading that wakes: its `signal`, or all of it when it has none. */
export function signalOf(reading: Json): Json {
  if (reading === null || typeof reading !== "object" || Array.isArray(reading)) return reading;
  const { signal } = reading as { readonly [key: string]: Json };
  return signal === undefined ? reading : signal;
}
