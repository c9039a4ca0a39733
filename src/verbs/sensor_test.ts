import { fail, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import { stripControls } from "../base/text.ts";
import { sensorOfFile } from "../sensors/names.ts";
import { runSensor } from "../sensors/process.ts";
import { errorReading } from "../sensors/reading.ts";
import type { SensorReading } from "../sensors/schema.ts";
import { readSensorRecords, scanSensors } from "../sensors/store.ts";
import { requiredText } from "./input.ts";
import { type Call, verb } from "./verb.ts";

interface Tested {
  readonly name: string;
  readonly ok: boolean;
  readonly error: string | null;
  readonly took_ms: number;
  /** What would be published. */
  readonly reading: SensorReading;
  readonly problems: readonly string[];
}

/** `looop _ sensor test <name>`: runs it once, here and now, publishes nothing, shows what the pulse would make of it. */
export const module = verb<Tested>({
  run: (call, input) => test(call, requiredText(input, "name")),
  text: ({ name, reading, problems, took_ms, error }) =>
    [
      `${name}: ${error === null ? "ok" : `error (${error})`}, ${took_ms} ms`,
      stripControls(JSON.stringify(reading, undefined, 2)),
      ...problems.map((problem) => `! ${stripControls(problem)}`),
    ].join("\n"),
  exit: (tested) => tested.ok ? 0 : 1,
});

async function test(call: Call, asked: string): Promise<Result<Tested>> {
  const ctx = call.context;
  const scan = scanSensors(ctx);
  if (!scan.ok) return scan;
  const named = sensorOfFile(asked);
  const name = "name" in named ? named.name : asked;
  const sensor = scan.value.sensors.find((one) => one.name === asked) ??
    scan.value.sensors.find((one) => one.name === name);
  if (sensor === undefined) {
    const ignored = scan.value.ignored.find(({ file }) => file === asked || file.startsWith(`${asked}.`));
    const state = ignored === undefined
      ? "there is no such sensor"
      : `sensors/${ignored.file} is not one: ${ignored.why}`;
    return fail("not_found", `test sensor "${asked}"`, state, { hint: "looop _ sensor list" });
  }
  const run = runSensor(ctx, sensor, `test-${crypto.randomUUID()}`);
  const stop = (): void => run.kill();
  call.signal.addEventListener("abort", stop, { once: true });
  const outcome = await run.end;
  call.signal.removeEventListener("abort", stop);
  const good = readSensorRecords(ctx).get(sensor.name)?.good;
  const failed = outcome.kind === "error" ? outcome : undefined;
  return ok({
    name: sensor.name,
    ok: failed === undefined,
    error: failed?.error ?? null,
    took_ms: Math.round(outcome.ms),
    reading: outcome.kind === "reading" ? outcome.reading : errorReading(outcome, good),
    problems: [...sensor.header.problems, ...(failed === undefined ? [] : [failed.message])],
  });
}
