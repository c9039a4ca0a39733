import { ok } from "../base/result.ts";
import { fail, type Failure, type Result, sentence } from "../failure.ts";
import { appendEvent } from "../journal/store.ts";
import { beginDelivery, type Delivery, endDelivery } from "../mailbox/delivery.ts";
import { isSameDeed } from "../mailbox/identity.ts";
import { type AskRequest, raiseAsk, type Raised } from "../mailbox/raise.ts";
import { type AskWords, parseRequest, retryLine } from "../mailbox/request.ts";
import { byWords } from "../mailbox/resolve.ts";
import { archivedView } from "../mailbox/format.ts";
import type { Answer, Ask, AskStatus } from "../mailbox/schema.ts";
import { viewAsk } from "../mailbox/store.ts";
import { finishTells, readTells } from "../mailbox/tells.ts";
import { waitForAnswer } from "../mailbox/wait_answer.ts";
import { durationOf, switchOf, textOf } from "./input.ts";
import { asOwn } from "./own.ts";
import { tellLines } from "./told_text.ts";
import { type Call, type Input, verb } from "./verb.ts";
import { waitTimeout } from "./wait_timeout.ts";

/** What `_ ask` hands out: the answer on its way, or, with `--no-wait`, the ask's id. */
type Output =
  | { readonly kind: "raised"; readonly id: string; readonly fresh: boolean; readonly status: AskStatus }
  | {
    readonly kind: "answered";
    readonly id: string;
    readonly worker: string;
    readonly answer: Answer;
    readonly repeated: boolean;
    readonly toTerminal: boolean;
    /** Missing for a pair that lies in the archive: there is nothing left to record. */
    readonly delivery?: Delivery | undefined;
  };

export const module = verb<Output>({ run, text, raw, json, delivered });

async function run(call: Call, input: Input): Promise<Result<Output>> {
  const worker = textOf(input, "id") ?? call.actor.session;
  if (worker === undefined) {
    return fail("usage", "ask", "outside a session the asker's id is needed", {
      hint: 'looop _ ask nightly-build --prompt "Go on?"',
    });
  }
  if (call.actor.session !== undefined && call.actor.session !== worker) {
    return fail(
      "refused",
      `ask as "${worker}"`,
      `this is session "${call.actor.session}", and it asks for itself alone`,
      {
        hint: "leave the id out",
      },
    );
  }
  const expires = durationOf(input, "expires");
  const timeout = waitTimeout(call, input);
  if (!expires.ok) return expires;
  if (!timeout.ok) return timeout;
  const words = wordsOf(input, worker, expires.value);
  const request = parseRequest(words);
  if (!request.ok) return request;
  const raised = await asOwn(call, { [`ask:${worker}-*`]: undefined }, {
    run: () => raiseAsk(call.context, request.value),
    touched: ({ id }) => [`ask:${id}`],
  });
  if (!raised.ok) return raised;
  if (raised.value.fresh) await recordAsk(call, raised.value.id, request.value.kind);
  if (switchOf(input, "no-wait")) {
    const { id, fresh } = raised.value;
    return ok({ kind: "raised", id, fresh, status: statusOf(call, raised.value) });
  }
  const line = retryLine(words, { program: programOf(call), timeoutMs: timeout.value });
  return await answerOf(call, raised.value, { request: request.value, line, timeoutMs: timeout.value });
}

function wordsOf(input: Input, worker: string, expiresMs: number | undefined): AskWords {
  return {
    worker,
    prompt: textOf(input, "prompt"),
    ref: textOf(input, "ref"),
    options: textOf(input, "options"),
    key: textOf(input, "key"),
    kind: textOf(input, "kind"),
    action: textOf(input, "action"),
    expiresMs,
    fallback: textOf(input, "default"),
  };
}

/** How the asker calls us: a session by the path it was given, since looop need not be on its PATH. */
function programOf(call: Call): string {
  return call.actor.session !== undefined && call.os.environment.get("LOOOP_BIN") !== undefined
    ? '"$LOOOP_BIN"'
    : "looop";
}

async function recordAsk(call: Call, id: string, kind: string): Promise<void> {
  await appendEvent(call.context, {
    actor: call.actor,
    verb: "ask",
    ids: [id],
    items: [`ask:${id}`],
    outcome: "done",
    more: { kind },
  });
}

/** Where the ask stands: the same line may have been answered, and read, long ago. Whoever asks is there, so that none is orphaned. */
function statusOf(call: Call, { id, fresh, archived }: Raised): AskStatus {
  if (fresh) return "open";
  const view = archived === undefined ? viewAsk(call.context, id, call.os.clock.now()) : archivedView(archived);
  return view?.status ?? "consumed"; // archived in this moment
}

interface Waiting {
  readonly request: AskRequest;
  /** What to run again. */
  readonly line: string;
  readonly timeoutMs: number | undefined;
}

async function answerOf(call: Call, raised: Raised, waiting: Waiting): Promise<Result<Output>> {
  const { id, archived } = raised;
  const toTerminal = call.os.terminal.stdoutIsTerminal;
  const { worker, kind, action } = waiting.request;
  if (archived?.answer !== undefined) {
    return ok({ kind: "answered", id, worker, answer: archived.answer, repeated: true, toTerminal });
  }
  const waited = await waitForAnswer(call.context, id, { timeoutMs: waiting.timeoutMs, signal: call.signal });
  if (!waited.ok) return waited;
  switch (waited.value.kind) {
    case "pending":
      return pending(id, waiting.line, "nobody has answered yet, and the ask stays open; run this again");
    case "upgraded":
      return pending(id, waiting.line, "a newer looop has taken over, and the ask stays open; run this again");
    case "interrupted":
      call.note(`"${id}" stays open; this line waits for its answer again:\n  ${waiting.line}`);
      return fail("interrupted", `wait for the answer to "${id}"`, "it was interrupted");
    case "withdrawn":
      return takeWithdrawal(call, waited.value.ask, waited.value.answer);
    case "answered": {
      if (!isSameDeed(waited.value.ask, waiting.request)) return changed(id);
      const begun = await beginDelivery(call.context, { id, kind, action });
      if (!begun.ok) return begun;
      const { answer, repeated } = begun.value;
      return ok({ kind: "answered", id, worker, answer, repeated, toTerminal, delivery: begun.value });
    }
  }
}

/** Its file was rewritten while this line waited: what was answered is not what was asked. */
function changed(id: string): Result<never> {
  return fail(
    "corrupt",
    `give the answer to "${id}"`,
    "the ask's file was changed, and asks for something else by now",
    {
      hint: "looop asks --all shows it; the same line again asks anew",
    },
  );
}

function pending(id: string, line: string, state: string): Result<never> {
  // The line stands alone on its own, so that it can be taken as it is.
  return fail(
    "pending",
    `give the answer to "${id}"`,
    state,
    {
      hint: line,
      data: { status: "pending", ask: id, retry: line },
    },
  );
}

/** Being told of it ends the ask; the same line is told the same for as long as it would be given an answer again. */
function takeWithdrawal(call: Call, ask: Ask, answer: Answer): Result<never> {
  const ended = endDelivery(call.context, { id: ask.id, kind: ask.kind, answer, repeated: false });
  if (!ended.ok) return ended;
  const failure: Failure = {
    kind: "conflict",
    thing: `give the answer to "${ask.id}"`,
    state: `the ask was withdrawn: ${answer.answer}`,
    hint: "nobody will answer it; go on without, or ask something else",
    data: { ask: ask.id, by: answer.by },
  };
  return { ok: false, failure };
}

function text(output: Output): string {
  return output.kind === "raised" ? output.id : output.answer.answer;
}

/** The answer, byte for byte. Only a person's terminal is given the line break that it needs. */
function raw(output: Output): string {
  if (output.kind === "raised") return `${output.id}\n`;
  return output.toTerminal ? `${output.answer.answer}\n` : output.answer.answer;
}

function json(output: Output): unknown {
  if (output.kind === "raised") return { id: output.id, status: output.status, fresh: output.fresh };
  const { answer, by, ts } = output.answer;
  return { id: output.id, status: "answered", answer, by, ts, repeated: output.repeated };
}

async function delivered(call: Call, output: Output): Promise<Result<void>> {
  if (output.kind === "raised") return ok(undefined);
  if (output.repeated) {
    call.note(
      `this is the answer to "${output.id}" once more (by ${byWords(output.answer.by)}); it is not a new question`,
    );
  }
  if (output.delivery !== undefined) {
    const ended = endDelivery(call.context, output.delivery);
    if (!ended.ok) return ended;
  }
  // The answer is given and counts as read, a yes as used up: what is wrong with the messages must not look like a failure of it.
  const passed = await passOnTells(call, output.worker);
  if (!passed.ok) call.note(sentence(passed.failure));
  return ok(undefined);
}

/** Messages that wait for the worker ride along, on stderr: never inside the answer. */
async function passOnTells(call: Call, worker: string): Promise<Result<void>> {
  const batch = await readTells(call.context, worker, { wait: false });
  if (!batch.ok) return batch;
  const { tells, problems } = batch.value;
  for (const problem of problems) call.note(problem);
  if (tells.length === 0) return ok(undefined);
  call.note(`${tells.length === 1 ? "a message" : `${tells.length} messages`} for ${worker}:\n${tellLines(tells)}`);
  return await finishTells(call.context, batch.value);
}
