import { idProblem } from "../base/id.ts";
import { ok } from "../base/result.ts";
import { formatDuration } from "../base/duration.ts";
import { shellWord } from "../base/shell_word.ts";
import { fail, type Result } from "../failure.ts";
import { textProblem } from "./check_answer.ts";
import type { AskRequest } from "./raise.ts";
import { isApprovalAnswer, REFUSAL } from "./approval.ts";

/** An ask as it is typed: texts that nobody has looked at yet. */
export interface AskWords {
  readonly worker: string;
  readonly prompt?: string | undefined;
  readonly ref?: string | undefined;
  /** Separated by commas. */
  readonly options?: string | undefined;
  readonly key?: string | undefined;
  readonly kind?: string | undefined;
  readonly action?: string | undefined;
  readonly expiresMs?: number | undefined;
  readonly fallback?: string | undefined;
}

const EXAMPLE = 'looop _ ask fix-ci --prompt "Which of the two?" --options first,second';

/** The longest key, reference or option. */
const WORD_MAX = 1024;

/** Checks an ask before anything is written; a bad one is a usage failure that says what to type instead. */
export function parseRequest(words: AskWords): Result<AskRequest> {
  const bad = (state: string, hint = EXAMPLE): Result<never> =>
    fail("usage", `ask as "${words.worker}"`, state, { hint });
  if (idProblem(words.worker) !== undefined) return bad("that is not an id");
  // A shell strips line breaks at the end of what it substitutes: the same line again must be the same question.
  const prompt = words.prompt?.replace(/[\r\n]+$/, "");
  if (prompt === undefined) return bad("--prompt is missing");
  const problem = textProblem(prompt);
  if (problem !== undefined) return bad(problem.replace("the text", "the prompt"));
  const options = words.options === undefined ? undefined : optionsOf(words.options);
  if (options === "bad") return bad("the options are no list of different texts", "--options yes,no,later");
  for (const [name, text] of Object.entries({ ref: words.ref, key: words.key })) {
    if (text !== undefined && (text.trim() === "" || text.length > WORD_MAX)) {
      return bad(`--${name} is empty or too long`);
    }
  }
  const kind = words.kind ?? "question";
  if (kind !== "question" && kind !== "approval") {
    return bad(`there is no kind "${kind}"`, "question (the default) or approval");
  }
  const conflict = kind === "approval" ? approvalProblem(words) : questionProblem(words, options);
  if (conflict !== undefined) return bad(conflict.state, conflict.hint);
  return ok({
    worker: words.worker,
    kind,
    prompt,
    reference: words.ref,
    options,
    key: words.key,
    action: kind === "approval" ? words.action : undefined,
    expiresMs: words.expiresMs,
    fallback: kind === "approval" && words.expiresMs !== undefined ? words.fallback ?? REFUSAL : words.fallback,
  });
}

function optionsOf(text: string): readonly string[] | "bad" {
  const options = text.split(",").map((option) => option.trim());
  const sound = options.every((option) => option !== "" && option.length <= WORD_MAX);
  return sound && new Set(options).size === options.length ? options : "bad";
}

interface Conflict {
  readonly state: string;
  readonly hint: string;
}

function approvalProblem(words: AskWords): Conflict | undefined {
  const action = words.action?.trim() ?? "";
  if (action === "" || textProblem(action) !== undefined) {
    return {
      state: "an approval names exactly what would be done",
      hint: '--kind approval --action "git push origin fix-1"',
    };
  }
  if (words.options !== undefined) {
    return { state: "an approval is answered with yes or no", hint: "leave --options out" };
  }
  const { fallback, expiresMs } = words;
  if (fallback !== undefined && (expiresMs === undefined || !isApprovalAnswer(fallback) || fallback === "yes")) {
    return { state: "an approval can only expire into a refusal", hint: "--expires 2h --default no" };
  }
  return undefined;
}

function questionProblem(words: AskWords, options: readonly string[] | undefined): Conflict | undefined {
  const { action, expiresMs, fallback } = words;
  if (action !== undefined) return { state: "only an approval has an --action", hint: "add --kind approval" };
  if ((expiresMs === undefined) !== (fallback === undefined)) {
    return { state: "--expires and --default go together", hint: "--expires 2h --default later" };
  }
  if (fallback !== undefined && (fallback.trim() === "" || options?.includes(fallback) === false)) {
    return { state: "the default is none of the options", hint: `--default ${options?.[0] ?? "TEXT"}` };
  }
  return undefined;
}

/** The line that asks the same again, to paste into a shell. `program` is a word of a shell already. */
export function retryLine(
  words: AskWords,
  how: { readonly program: string; readonly timeoutMs?: number | undefined },
): string {
  const parts = [how.program, "_ ask", shellWord(words.worker)];
  const add = (name: string, text: string | undefined): void => {
    if (text !== undefined) parts.push(`--${name}`, shellWord(text));
  };
  add("prompt", words.prompt?.replace(/[\r\n]+$/, ""));
  add("ref", words.ref);
  add("options", words.options);
  add("key", words.key);
  add("kind", words.kind);
  add("action", words.action);
  if (words.expiresMs !== undefined) add("expires", formatDuration(words.expiresMs));
  add("default", words.fallback);
  if (how.timeoutMs !== undefined) add("timeout", formatDuration(how.timeoutMs));
  return parts.join(" ");
}
