import { confirm, isCancel, select, text } from "@clack/prompts";
import { isAbsolute, join } from "node:path";
import { formatAge } from "../base/duration.ts";
import { ok } from "../base/result.ts";
import { stripControls } from "../base/text.ts";
import { fitLine } from "../base/width.ts";
import { fail, type Result } from "../failure.ts";
import { resolveAskId } from "../mailbox/find.ts";
import { actionDigest, isApprovalAnswer } from "../mailbox/approval.ts";
import type { Ask, AskView } from "../mailbox/schema.ts";
import { viewAsk } from "../mailbox/store.ts";
import { seenWithWorkers, waitingAsks } from "./asks.ts";
import { actionText } from "./consent.ts";
import type { Call } from "./verb.ts";

/** How much of what an ask refers to is shown. */
const HEAD_LINES = 12;
const HEAD_BYTES = 4096;

/** What a person chose to answer. */
export interface PersonsAnswer {
  readonly ask: string;
  readonly text: string;
  readonly other: boolean;
}

/** Lets a person at the terminal pick an ask (unless it was named), shows it with the head of its reference, and takes the answer. */
export async function askThePerson(call: Call, named: string | undefined): Promise<Result<PersonsAnswer>> {
  const picked = named === undefined ? await pick(call) : resolveAskId(call.context, named, `answer "${named}"`);
  if (!picked.ok) return picked;
  const view = viewAsk(call.context, picked.value, call.os.clock.now());
  if (view?.ask === undefined) {
    return fail("corrupt", `answer "${picked.value}"`, view?.problem ?? "it is gone", {
      hint: `looop asks withdraw ${picked.value}`,
    });
  }
  call.os.terminal.writeErr(`${shown(call, view.ask)}\n`);
  return await take(view.ask);
}

async function pick(call: Call): Promise<Result<string>> {
  const now = call.os.clock.now();
  const views = await seenWithWorkers(call.context, waitingAsks(call.context, now));
  const [only] = views;
  if (only === undefined) return fail("not_found", "answer", "there are no open asks");
  if (views.length === 1) return ok(only.id);
  const answer = await select({
    message: "Which ask?",
    options: views.map((view) => ({ value: view.id, label: labelOf(view, call.columns - 12), hint: ageOf(view, now) })),
  });
  return isCancel(answer) ? stopped() : ok(answer);
}

function labelOf({ id, ask, status, problem }: AskView, cells: number): string {
  const mark = status === "open" ? "" : ` (${status})`;
  return fitLine(`${id}${mark}  ${problem ?? ask?.prompt ?? ""}`, Math.max(20, cells));
}

function ageOf({ ask }: AskView, now: number): string {
  return ask === undefined ? "" : `${formatAge(now - ask.ts)} ago`;
}

function shown(call: Call, ask: Ask): string {
  const age = formatAge(call.os.clock.now() - ask.ts);
  const parts = [`\n${ask.id}, ${age} ago, from ${ask.worker}:`, "", stripControls(ask.prompt)];
  if (ask.reference !== undefined) {
    parts.push("", `ref: ${stripControls(ask.reference)}`, ...headOf(call, ask.reference));
  }
  if (ask.kind === "approval") parts.push("", actionText(ask, actionDigest(ask.action ?? "")));
  if (ask.options !== undefined) {
    parts.push("", ...ask.options.map((option, i) => `  ${i + 1}. ${stripControls(option)}`));
  }
  return parts.join("\n");
}

/** The first lines of the file that is referred to; nothing when it is no regular file that can be read. */
function headOf(call: Call, reference: string): readonly string[] {
  const path = isAbsolute(reference) ? reference : join(call.context.profile.paths.root, reference);
  const stamp = call.os.files.stat(path);
  if (!stamp.ok || stamp.value.kind !== "file") return [];
  const read = call.os.files.readFrom(path, 0, HEAD_BYTES);
  if (!read.ok) return [];
  const lines = stripControls(new TextDecoder().decode(read.value)).split("\n");
  const head = lines.slice(0, HEAD_LINES).map((line) => `  | ${fitLine(line, Math.max(20, call.columns - 6))}`);
  return lines.length > HEAD_LINES || stamp.value.size > HEAD_BYTES ? [...head, "  | …"] : head;
}

async function take(ask: Ask): Promise<Result<PersonsAnswer>> {
  if (ask.kind === "approval") return await takeVerdict(ask);
  const options = ask.options ?? [];
  const typed = await text({
    message: options.length === 0 ? "Your answer" : "Your answer (a number or text)",
    validate: (value) => value === undefined || value.trim() === "" ? "it is empty" : undefined,
  });
  if (isCancel(typed)) return stopped();
  const answer = choiceOf(typed, options);
  if (options.length === 0 || options.includes(answer)) {
    return ok({ ask: ask.id, text: answer, other: false });
  }
  const sure = await confirm({ message: "That is none of the options. Send it as free text?" });
  return isCancel(sure) || !sure ? stopped() : ok({ ask: ask.id, text: answer, other: true });
}

/** The action has been shown. A yes is not the last word yet: it has to be typed once more, as everywhere. */
async function takeVerdict(ask: Ask): Promise<Result<PersonsAnswer>> {
  const typed = await text({
    message: "Your answer (yes, or no and maybe why)",
    validate: (value) => isApprovalAnswer(value?.trim() ?? "") ? undefined : "it is neither yes nor no",
  });
  return isCancel(typed) ? stopped() : ok({ ask: ask.id, text: typed.trim(), other: false });
}

/** A number stands for the option of that place, unless an option is that very text. */
export function choiceOf(typed: string, options: readonly string[]): string {
  const word = typed.trim();
  if (options.includes(word) || !/^[1-9][0-9]?$/.test(word)) return word;
  return options[Number(word) - 1] ?? word;
}

function stopped(): Result<never> {
  return fail("interrupted", "answer", "you stopped it, and nothing was answered");
}
