import { fail, type Result } from "../failure.ts";
import { isApprovalAnswer } from "./approval.ts";
import type { Ask } from "./schema.ts";

/** The longest text of the mailbox, in UTF-8 bytes: a prompt, an answer, a message. */
export const TEXT_MAX_BYTES = 65_536;

/** What keeps a text from being an answer or a message. */
export function textProblem(text: string): string | undefined {
  if (text.trim() === "") return "the text is empty";
  const bytes = new TextEncoder().encode(text).length;
  return bytes > TEXT_MAX_BYTES ? `the text has ${bytes} bytes, and ${TEXT_MAX_BYTES} are the limit` : undefined;
}

/** An answer that somebody wants to give. */
export interface Candidate {
  readonly text: string;
  readonly other?: boolean | undefined;
  readonly consent?: string | undefined;
  /** The kind of the actor that gives it. */
  readonly actor: string;
}

/** Why this text is no answer to this ask; undefined when it is one. */
export function checkAnswer(ask: Ask, candidate: Candidate): Result<never> | undefined {
  const thing = `answer "${ask.id}"`;
  const problem = textProblem(candidate.text);
  if (problem !== undefined) return fail("usage", thing, problem, { hint: `looop answer ${ask.id} TEXT` });
  if (ask.kind === "approval") return checkApproval(ask, candidate, thing);
  if (ask.options === undefined || candidate.other === true || ask.options.includes(candidate.text)) return undefined;
  return fail("usage", thing, `it takes one of ${ask.options.map((option) => `"${option}"`).join(", ")}`, {
    hint: "--other sends free text",
    data: { options: ask.options },
  });
}

function checkApproval(ask: Ask, candidate: Candidate, thing: string): Result<never> | undefined {
  const paste = `a person runs this at a terminal: looop answer ${ask.id} ${
    isApprovalAnswer(candidate.text) ? candidate.text.split(/\s/)[0] : "yes"
  }`;
  if (!isApprovalAnswer(candidate.text)) {
    return fail("usage", thing, "an approval is answered with yes, or with no and maybe a reason", { hint: paste });
  }
  // Whoever calls has to hand in what the person at the terminal has seen: the action as it is asked for, nothing else.
  if (candidate.actor !== "human" || candidate.consent === undefined) {
    return fail("refused", thing, "an approval takes a person at a terminal", { hint: paste, data: { ask: ask.id } });
  }
  if (candidate.consent !== ask.digest) {
    return fail("conflict", thing, "the action is not the one that was shown", {
      hint: "look at it again: looop asks",
    });
  }
  return undefined;
}
