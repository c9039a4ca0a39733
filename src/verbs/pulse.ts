import { ok } from "../base/result.ts";
import { runPulse } from "../pulse/loop.ts";
import { newRun, succeedPulse, takePulseLock } from "../pulse/start.ts";
import { upkeepSteps } from "../pulse/upkeep/steps.ts";
import { switchOf, textOf } from "./input.ts";
import { verb } from "./verb.ts";

/** `looop pulse`: the body of the pulse, as `up` starts it. Ends at once when another one runs, unless it is to succeed that one. */
export const module = verb<null>({
  run: async (call, input) => {
    const lock = await (switchOf(input, "succeed") ? succeedPulse : takePulseLock)(call.context);
    if (!lock.ok) return lock;
    await runPulse(call.context, { run: textOf(input, "run") ?? newRun(), steps: upkeepSteps() });
    // The lock is not given back here: it goes with the process.
    return ok(null);
  },
  text: () => "",
});
