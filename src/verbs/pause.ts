import { ok } from "../base/result.ts";
import type { Result } from "../failure.ts";
import { sessionOf } from "../moves/worker_kill.ts";
import { pause, resume } from "../sessions/pause.ts";
import { requiredText } from "./input.ts";
import { type Call, type Input, verb } from "./verb.ts";

interface Paused {
  readonly id: string;
  readonly state: "paused" | "running";
  readonly changed: boolean;
}

/** `looop pause <id>` */
export const pauseModule = verb<Paused>({ run: (call, input) => turn(call, input, "paused"), text });

/** `looop resume <id>` */
export const resumeModule = verb<Paused>({ run: (call, input) => turn(call, input, "running"), text });

async function turn(call: Call, input: Input, state: Paused["state"]): Promise<Result<Paused>> {
  const found = sessionOf(call.context, requiredText(input, "id"), state === "paused" ? "pause" : "resume");
  if (!found.ok) return found;
  const done = await (state === "paused" ? pause : resume)(call.context, found.value);
  return done.ok ? ok({ id: found.value.id, state, changed: done.value }) : done;
}

function text({ id, state, changed }: Paused): string {
  const is = state === "paused" ? "is paused" : "goes on";
  return changed ? `${id} ${is}` : `${id} ${state === "paused" ? "is paused already" : "was not paused"}`;
}
