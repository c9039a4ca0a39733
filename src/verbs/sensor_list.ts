import { ok } from "../base/result.ts";
import { formatAge, formatDuration } from "../base/duration.ts";
import { oneLine } from "../base/text.ts";
import type { Context } from "../profile/profile.ts";
import { isFlapping } from "../sensors/flapping.ts";
import type { IgnoredFile, Sensor, SensorRecord } from "../sensors/schema.ts";
import { readSensorRecords, scanSensors } from "../sensors/store.ts";
import { verb } from "./verb.ts";

interface Row {
  readonly name: string;
  readonly file: string;
  /** What its last run gave: a reading, an error of some kind; `new`: the pulse has not run it. */
  readonly status: "ok" | "error" | "new";
  readonly error: string | null;
  readonly flapping: boolean;
  readonly interval_s: number;
  readonly timeout_s: number;
  readonly last_run_ts: number | null;
  readonly age_s: number | null;
  readonly last_good_ts: number | null;
  readonly problems: readonly string[];
}

interface Listing {
  readonly sensors: readonly Row[];
  readonly ignored: readonly IgnoredFile[];
}

/** `looop _ sensor list` */
export const module = verb<Listing>({
  run: (call) => {
    const scan = scanSensors(call.context);
    if (!scan.ok) return Promise.resolve(scan);
    const records = readSensorRecords(call.context);
    const now = call.os.clock.now();
    const sensors = scan.value.sensors.map((sensor) =>
      rowOf(call.context, sensor, { record: records.get(sensor.name), now })
    );
    return Promise.resolve(ok({ sensors, ignored: scan.value.ignored }));
  },
  text: ({ sensors, ignored }) => {
    if (sensors.length + ignored.length === 0) return "no sensors: looop _ sensor write <name>";
    const width = Math.max(0, ...sensors.map(({ name }) => name.length));
    return [
      ...sensors.map((row) => `${row.name.padEnd(width)}  ${saidOf(row)}`),
      ...sensors.flatMap(({ name, problems }) => problems.map((problem) => `! ${name}: ${oneLine(problem)}`)),
      ...ignored.map(({ file, why }) => `- ${oneLine(file)} is not a sensor: ${why}`),
    ].join("\n");
  },
});

function rowOf(
  ctx: Context,
  sensor: Sensor,
  seen: { readonly record: SensorRecord | undefined; readonly now: number },
): Row {
  const { record, now } = seen;
  const { config } = ctx.profile;
  return {
    name: sensor.name,
    file: sensor.file,
    status: record === undefined ? "new" : record.error === undefined ? "ok" : "error",
    error: record?.error ?? null,
    flapping: isFlapping(record?.streak ?? 0),
    interval_s: (sensor.header.intervalMs ?? config.intervalMs) / 1000,
    timeout_s: (sensor.header.timeoutMs ?? config.sensorTimeoutMs) / 1000,
    last_run_ts: record?.ran ?? null,
    age_s: record === undefined ? null : Math.max(0, Math.floor((now - record.ran) / 1000)),
    last_good_ts: record?.good ?? null,
    problems: [
      ...sensor.header.problems,
      ...(sensor.rivals === undefined
        ? []
        : [`several files have this name, and none is run: ${sensor.rivals.join(", ")}`]),
    ],
  };
}

function saidOf(row: Row): string {
  const ran = row.age_s === null ? "has not run" : `${row.error ?? "ok"}, ${formatAge(row.age_s * 1000)} ago`;
  const flapping = row.flapping ? ", flapping" : "";
  return `${ran}${flapping}, every ${formatDuration(row.interval_s * 1000)} (${row.file})`;
}
