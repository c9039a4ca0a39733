import type { Context } from "../profile/profile.ts";
import type { Os } from "../os/os.ts";
import { judgeRun } from "./reading.ts";
import type { Sensor, SensorOutcome } from "./schema.ts";

/** How much of stderr is kept while a sensor runs. */
const STDERR_KEPT = 4096;

/** Room for the newline and blanks around the largest reading. */
const SLACK = 256;

/** A sensor's run under way. */
export interface SensorRun {
  /** What it gave; never rejects. */
  readonly end: Promise<SensorOutcome>;
  /** Kills its group now; `end` then says it was killed. */
  kill(): void;
}

/**
 * Runs a sensor once: in the data dir, stdin null, a group of its own, killed as a whole at its deadline and when it has ended, also
 * when we are killed ourselves. Memory is bounded whatever it prints. `mark` is in the environment of all it starts (`LOOOP_SENSOR_RUN`).
 */
export function runSensor(ctx: Context, sensor: Sensor, mark: string): SensorRun {
  const { config, paths } = ctx.profile;
  if (sensor.rivals !== undefined) return { end: Promise.resolve(rivalry(sensor.rivals)), kill: () => {} };
  const limits = {
    path: sensor.path,
    maxBytes: config.sensorMaxBytes,
    timeoutMs: sensor.header.timeoutMs ?? config.sensorTimeoutMs,
  };
  const child = ctx.os.processes.run({
    argv: [sensor.path],
    cwd: paths.root,
    env: {
      LOOOP_BIN: ctx.os.environment.selfPath(),
      LOOOP_DATA_DIR: paths.root,
      LOOOP_CONFIG: paths.config,
      LOOOP_CLIENT: "", // a sensor does not speak for the client that called `up`
      LOOOP_SENSOR_RUN: mark,
    },
    timeoutMs: limits.timeoutMs,
    stdoutMax: limits.maxBytes + SLACK,
    overflow: "kill",
    stderrMax: STDERR_KEPT,
  });
  return { end: finish(), kill: child.kill };

  async function finish(): Promise<SensorOutcome> {
    const end = await child.end;
    // The group is gone. What left it for a session of its own shows as a pipe still held, or as an end that was forced.
    if (end.kind !== "not_started" && (end.kind !== "exited" || end.held)) await killMarked(ctx.os, mark);
    return judgeRun(end, limits);
  }
}

/**
 * Kills every process that carries `mark`, or one that begins with it, in its environment. Linux only: elsewhere the environment of
 * others cannot be read without more tools. What also changed its environment gets away.
 */
export async function killMarked(os: Os, mark: string): Promise<void> {
  if (os.environment.platform !== "linux") return;
  await os.processes.sh(KILL_MARKED, [mark], { timeoutMs: 5_000 });
}

const KILL_MARKED = `for f in $(grep -lF -e "LOOOP_SENSOR_RUN=$1" /proc/[0-9]*/environ 2>/dev/null); do
  p=\${f#/proc/}
  kill -s KILL "\${p%/environ}" 2>/dev/null
done
exit 0
`;

function rivalry(files: readonly string[]): SensorOutcome {
  return {
    kind: "error",
    error: "two-files",
    message: `these are the same sensor, and none is run: ${files.join(", ")}`,
    stderrTail: "",
    ms: 0,
  };
}
