import type { Json } from "../base/canonical_json.ts";
import type { Context } from "../profile/profile.ts";
import { isFlapping } from "./flapping.ts";
import { readSensorRecords } from "./store.ts";

/**
 * `sys-sensors`, derived when it is read: under `signal` which sensors fail (and how) and which flap, under `detail` how old each
 * reading is, when it was last good, and its streak of changes.
 */
export function sysSensors(ctx: Context, now: number): {
  readonly signal: { readonly [key: string]: Json };
  readonly detail: { readonly [key: string]: Json };
} {
  const failing: Record<string, Json> = {};
  const flapping: string[] = [];
  const detail: Record<string, Json> = {};
  for (const [name, record] of readSensorRecords(ctx)) {
    if (record.error !== undefined) failing[name] = record.error;
    if (isFlapping(record.streak)) flapping.push(name);
    detail[name] = {
      last_run_ts: record.ran,
      age_s: Math.max(0, Math.floor((now - record.ran) / 1000)),
      last_good_ts: record.good ?? null,
      changed_in_a_row: record.streak,
      ...(record.ms === undefined ? {} : { took_ms: record.ms }),
    };
  }
  return { signal: { failing, flapping: flapping.sort() }, detail };
}
