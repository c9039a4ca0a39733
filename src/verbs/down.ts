import { never, ok } from "../base/result.ts";
import { type PulseStop, stopPulse } from "../pulse/stop.ts";
import { verb } from "./verb.ts";

interface Down {
  readonly pulse: PulseStop;
}

/** `looop down`: stops the pulse first, for it could start what is being stopped; then every worker. Says what it saw stop. */
export const module = verb<Down>({
  run: async (call) => {
    const pulse = await stopPulse(call.context);
    if (!pulse.ok) return pulse;
    return ok({ pulse: pulse.value });
  },
  text: ({ pulse }) => pulseText(pulse),
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
