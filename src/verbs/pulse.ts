import { ok } from "../base/result.ts";
import { runPulse } from "../pulse/loop.ts";
import { newRun, takePulseLock } from "../pulse/start.ts";
import { takeOver } from "../pulse/takeover.ts";
import { upkeepSteps } from "../pulse/upkeep/steps.ts";
import { textOf } from "./input.ts";
import { verb } from "./verb.ts";

/** `looop pulse`: the body of the pulse, as `up` starts it. Ends at once when another one runs, unless it is to succeed that one. */
export const module = verb<null>({
  run: async (call, input) => {
    const { context } = call;
    const [run, after] = [textOf(input, "run") ?? newRun(), textOf(input, "after")];
    const lock = after === undefined ? await takePulseLock(context) : await takeOver(context, { run, after });
    if (!lock.ok) return lock;
    await runPulse(context, { run, after, steps: upkeepSteps() });
    // The lock is not given back here: it goes with the process.
    return ok(null);
  },
  text: () => "",
});
