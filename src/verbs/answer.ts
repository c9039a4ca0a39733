import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import { resolveAskId } from "../mailbox/find.ts";
import { readAsk } from "../mailbox/read.ts";
import { isApprovalAnswer } from "../mailbox/approval.ts";
import { executeMove } from "../moves/execute.ts";
import type { MoveOutcome } from "../moves/schema.ts";
import { listOf, switchOf, textOf } from "./input.ts";
import { type Call, type Input, verb } from "./verb.ts";

/** `looop answer [<ask>] [text|-]`, `looop _ answer <ask> <text|->` */
export const module = verb<MoveOutcome>({
  run,
  text: ({ summary }) => summary,
  json: ({ changed, data }) => ({ changed, ...data }),
});

/** What is to be answered, once it is known. */
interface Chosen {
  readonly ask: string;
  readonly text: string;
  readonly other: boolean;
}

async function run(call: Call, input: Input): Promise<Result<MoveOutcome>> {
  const chosen = await choose(call, input);
  if (!chosen.ok) return chosen;
  const { ask, text, other } = chosen.value;
  const consent = await consentFor(call, ask, text);
  if (!consent.ok) return consent;
  return await executeMove(call.context, call.actor, {
    kind: "answer",
    ask,
    text,
    other,
    force: switchOf(input, "force"),
    ...consent.value,
  });
}

async function choose(call: Call, input: Input): Promise<Result<Chosen>> {
  const ask = textOf(input, "ask");
  const words = textOf(input, "text") ?? listOf(input, "text").join(" ");
  if (ask !== undefined && words !== "") return ok({ ask, text: words, other: switchOf(input, "other") });
  const { terminal } = call.os;
  if (!terminal.stdinIsTerminal || !terminal.stdoutIsTerminal || call.json || call.actor.kind !== "human") {
    return fail("usage", ask === undefined ? "answer" : `answer "${ask}"`, "the answer is missing", {
      hint: `looop answer ${ask ?? "ASK"} "take the second", or at a terminal: looop answer`,
    });
  }
  const { askThePerson } = await import("./answer_prompt.ts");
  return await askThePerson(call, ask);
}

/** An approval takes a person; whoever else calls is refused by the move itself, which names the line for a person to paste. */
async function consentFor(
  call: Call,
  idText: string,
  text: string,
): Promise<Result<{ readonly consent?: string; readonly tty?: string | undefined }>> {
  if (call.actor.kind !== "human") return ok({});
  const id = resolveAskId(call.context, idText, `answer "${idText}"`);
  if (!id.ok) return id;
  const ask = readAsk(call.context, id.value);
  if (ask.kind !== "present" || ask.value.kind !== "approval" || !isApprovalAnswer(text)) return ok({});
  const { personalConsent } = await import("./consent.ts");
  return await personalConsent(call, ask.value, text);
}
