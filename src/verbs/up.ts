import { ok } from "../base/result.ts";
import { formatDuration } from "../base/duration.ts";
import type { Result } from "../failure.ts";
import { runPulse } from "../pulse/loop.ts";
import { readableLine } from "../pulse/log_format.ts";
import { newRun, startPulse, takePulseLock } from "../pulse/start.ts";
import { upkeepSteps } from "../pulse/upkeep/steps.ts";
import { switchOf } from "./input.ts";
import { type Call, verb } from "./verb.ts";
import { warm } from "./warm.ts";

interface Up {
  readonly started: boolean;
  readonly pid: number;
  readonly interval_s: number;
  readonly data_dir: string;
}

/** `looop up`: makes sure that the pulse runs, or is it (`--foreground`) until Ctrl-C. */
export const module = verb<Up | null>({
  run: async (call, input): Promise<Result<Up | null>> => {
    if (switchOf(input, "foreground")) return await inForeground(call);
    const start = await startPulse(call.context);
    if (!start.ok) return start;
    await warm(call.os.environment);
    const { started, heartbeat } = start.value;
    return ok({
      started,
      pid: heartbeat.pid,
      interval_s: heartbeat.interval_ms / 1000,
      data_dir: call.context.profile.paths.root,
    });
  },
  text: (up) => {
    if (up === null) return "";
    const how = `pid ${up.pid}, a beat every ${formatDuration(up.interval_s * 1000)}`;
    return up.started ? `the pulse is up (${how})` : `the pulse is already running (${how})`;
  },
});

/** The pulse in this process, its log on stdout: NDJSON with `--json`. A reader that goes away does not end it. */
async function inForeground(call: Call): Promise<Result<null>> {
  const lock = await takePulseLock(call.context);
  if (!lock.ok) return lock;
  const plain = call.json || call.context.profile.config.logFormat === "json";
  await runPulse(call.context, {
    run: newRun(),
    steps: upkeepSteps(),
    echo: (line) => void call.os.terminal.writeOut(`${plain ? line : readableLine(line)}\n`),
  });
  return ok(null);
}
