import { ok } from "../base/result.ts";
import type { Result } from "../failure.ts";
import { sessionOf } from "../moves/worker_kill.ts";
import { detachViewers } from "../sessions/viewers.ts";
import { requiredText } from "./input.ts";
import { type Call, type Input, verb } from "./verb.ts";

interface Detached {
  readonly id: string;
  /** With the forerunner's name: there is no viewer any more. */
  readonly detached: true;
  /** How many have left. */
  readonly viewers: number;
}

/** `looop detach <id>` */
export const module = verb<Detached>({ run, text });

async function run(call: Call, input: Input): Promise<Result<Detached>> {
  const found = sessionOf(call.context, requiredText(input, "id"), "detach from");
  if (!found.ok) return found;
  const left = await detachViewers(call.context, found.value);
  return left.ok ? ok({ id: found.value.id, detached: true, viewers: left.value }) : left;
}

function text({ id, viewers }: Detached): string {
  if (viewers === 0) return `nobody was attached to ${id}`;
  return `${viewers === 1 ? "one viewer has" : `${viewers} viewers have`} left ${id}`;
}
