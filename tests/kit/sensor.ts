import { join } from "node:path";
import type { Context } from "../../src/profile/profile.ts";
import { runSensor } from "../../src/sensors/process.ts";
import type { Sensor, SensorOutcome } from "../../src/sensors/schema.ts";
import { scanSensors } from "../../src/sensors/store.ts";
import { assert, assertOk } from "./assert.ts";

/** Puts a script into `sensors/`, executable unless said otherwise. */
export function placeSensor(dir: string, file: string, script: string, mode = 0o700): void {
  const path = join(dir, "sensors", file);
  Deno.writeTextFileSync(path, script);
  Deno.chmodSync(path, mode);
}

/** The sensor of that name as a scan finds it. */
export function foundSensor(ctx: Context, name: string): Sensor {
  const sensor = assertOk(scanSensors(ctx)).sensors.find((one) => one.name === name);
  assert(sensor !== undefined, `no sensor ${name}`);
  return sensor;
}

/** Runs a shell script as the sensor `x` and answers what it gave. */
export async function runScript(ctx: Context, dir: string, script: string): Promise<SensorOutcome> {
  placeSensor(dir, "x.sh", `#!/bin/sh\n${script}\n`);
  return await runSensor(ctx, foundSensor(ctx, "x"), `test-${crypto.randomUUID()}`).end;
}

/** `error: kind`, or `reading`. */
export function outcomeWord(outcome: SensorOutcome): string {
  return outcome.kind === "error" ? outcome.error : "reading";
}
