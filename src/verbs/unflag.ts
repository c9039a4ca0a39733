import { ok } from "../base/result.ts";
import type { Result } from "../failure.ts";
import { appendEvent } from "../journal/store.ts";
import { lowerFlags } from "../mailbox/flag.ts";
import { flagProblem } from "./flag.ts";
import { requiredText } from "./input.ts";
import { asOwn } from "./own.ts";
import { type Call, type Input, verb } from "./verb.ts";

interface Output {
  readonly worker: string;
  readonly lowered: readonly string[];
}

/** `looop unflag <id>` */
export const module = verb<Output>({
  run,
  text: ({ worker, lowered }) => lowered.length === 0 ? `${worker} is not flagged` : `unflagged ${worker}`,
});

async function run(call: Call, input: Input): Promise<Result<Output>> {
  const worker = requiredText(input, "id");
  const problem = flagProblem(call, worker);
  if (problem !== undefined) return problem;
  const lowered = await asOwn(call, { [`ask:${worker}-*`]: undefined }, {
    run: () => lowerFlags(call.context, { worker, actor: call.actor.kind, reason: "unflagged" }),
    touched: (ids) => ids.map((id) => `ask:${id}`),
  });
  if (!lowered.ok) return lowered;
  const items = lowered.value.map((id) => `ask:${id}`);
  const outcome = items.length === 0 ? "unchanged" : "done";
  await appendEvent(call.context, { actor: call.actor, verb: "unflag", ids: [worker], items, outcome });
  return ok({ worker, lowered: lowered.value });
}
