import { idProblem } from "../base/id.ts";
import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import { appendEvent } from "../journal/store.ts";
import { textProblem } from "../mailbox/check_answer.ts";
import { raiseFlag } from "../mailbox/flag.ts";
import { requiredText, textOf } from "./input.ts";
import { asOwn } from "./own.ts";
import { type Call, type Input, verb } from "./verb.ts";

interface Output {
  readonly id: string;
  readonly worker: string;
  readonly fresh: boolean;
}

/** What a flag without a message says. */
const PLAIN = "needs a look";

/** `looop flag <id> [message]` */
export const module = verb<Output>({
  run,
  text: ({ id, worker, fresh }) => fresh ? `flagged ${worker} as ${id}` : `${worker} is flagged so already: ${id}`,
});

async function run(call: Call, input: Input): Promise<Result<Output>> {
  const worker = requiredText(input, "id");
  const message = textOf(input, "message") ?? PLAIN;
  const problem = flagProblem(call, worker) ?? messageProblem(worker, message);
  if (problem !== undefined) return problem;
  const raised = await asOwn(call, { [`ask:${worker}-*`]: undefined }, {
    run: () => raiseFlag(call.context, { worker, message, actor: call.actor.kind }),
    touched: ({ id, lowered }) => [id, ...lowered].map((one) => `ask:${one}`),
  });
  if (!raised.ok) return raised;
  const { id, fresh } = raised.value;
  const outcome = fresh ? "done" : "unchanged";
  await appendEvent(call.context, { actor: call.actor, verb: "flag", ids: [id], items: [`ask:${id}`], outcome });
  return ok({ id, worker, fresh });
}

/** A session raises and lowers its own flag only. */
export function flagProblem(call: Call, worker: string): Result<never> | undefined {
  if (idProblem(worker) !== undefined) {
    return fail("usage", `flag "${worker}"`, "that is not an id", { hint: 'looop flag fix-ci "look at the diff"' });
  }
  const { session } = call.actor;
  if (session === undefined || session === worker) return undefined;
  return fail("refused", `flag "${worker}"`, `this is session "${session}", and it flags itself alone`, {
    hint: `looop flag ${session}`,
  });
}

function messageProblem(worker: string, message: string): Result<never> | undefined {
  const problem = textProblem(message);
  return problem === undefined ? undefined : fail("usage", `flag "${worker}"`, problem);
}
