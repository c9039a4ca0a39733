import { never, ok } from "../base/result.ts";
import { type FleetStop, stopAllWorkers } from "../moves/stop_workers.ts";
import { type PulseStop, stopPulse } from "../pulse/stop.ts";
import { switchOf } from "./input.ts";
import { verb } from "./verb.ts";

interface Down {
  readonly pulse: PulseStop;
  /** Null: they were left alone. */
  readonly workers: FleetStop | null;
}

/**
 * `looop down`: stops the pulse first, for it could start what is being stopped; then every worker. Says what it saw stop, and ends with
 * 1 when processes are left.
 */
export const module = verb<Down>({
  run: async (call, input) => {
    const pulse = await stopPulse(call.context);
    if (!pulse.ok) return pulse;
    if (switchOf(input, "keep-workers")) return ok({ pulse: pulse.value, workers: null });
    const workers = await stopAllWorkers(call.context, call.actor);
    if (!workers.ok) {
      call.note(pulseText(pulse.value));
      return workers;
    }
    return ok({ pulse: pulse.value, workers: workers.value });
  },
  text: ({ pulse, workers }) => [pulseText(pulse), ...workersText(workers)].join("\n"),
  exit: ({ workers }) => workers !== null && workers.left.length > 0 ? 1 : 0,
});

function pulseText(pulse: PulseStop): string {
  switch (pulse.kind) {
    case "not_running":
      return "the pulse was not running";
    case "stopped":
      return `the pulse stopped (pid ${pulse.pid})`;
    case "killed":
      return `the pulse did not end by itself and was killed (pid ${pulse.pid})`;
    default:
      return never(pulse);
  }
}

function workersText(workers: FleetStop | null): readonly string[] {
  if (workers === null) return [];
  return [
    ...workers.stopped.map((id) => `worker ${id} stopped`),
    ...workers.left.map(({ id, pids }) =>
      pids.length === 0
        ? `worker ${id} still runs, and no process can be told to be its own`
        : `worker ${id} has processes that did not end: ${pids.join(", ")}`
    ),
  ];
}
