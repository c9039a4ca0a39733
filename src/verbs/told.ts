import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import { finishTells, readTells, type TellBatch } from "../mailbox/tells.ts";
import { textOf } from "./input.ts";
import { tellLines } from "./told_text.ts";
import { type Call, type Input, verb } from "./verb.ts";

export const module = verb<TellBatch>({ run, text: ({ tells }) => tellLines(tells), json, delivered });

async function run(call: Call, input: Input): Promise<Result<TellBatch>> {
  const own = call.actor.session;
  const worker = textOf(input, "id") ?? own;
  if (worker === undefined) {
    return fail("usage", "read messages", "outside a session the worker's id is needed", {
      hint: "looop _ told fix-ci",
    });
  }
  if (own !== undefined && own !== worker) {
    return fail("refused", `read the messages to "${worker}"`, `this is session "${own}"`, {
      hint: "leave the id out",
    });
  }
  const batch = await readTells(call.context, worker, { wait: true });
  if (!batch.ok) return batch;
  for (const problem of batch.value.problems) call.note(problem);
  if (batch.value.tells.length === 0) call.note(`no messages for ${worker}`);
  return ok(batch.value);
}

function json({ tells }: TellBatch): unknown {
  return tells.map(({ id, text, by, ts }) => ({ id, text, by, ts }));
}

/** Marked only now: a reader that was killed while it printed is given the same messages, with the same ids. */
function delivered(call: Call, batch: TellBatch): Promise<Result<void>> {
  return finishTells(call.context, batch);
}
