import { fail, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import { oneLine } from "../base/text.ts";
import { localDay, localMinute } from "../base/local_time.ts";
import { askRow } from "../mailbox/format.ts";
import { byWords } from "../mailbox/resolve.ts";
import type { AskView } from "../mailbox/schema.ts";
import { everyAsk, seenWithWorkers } from "./asks.ts";
import { followPulseLog } from "../pulse/follow_log.ts";
import { readableLine } from "../pulse/log_format.ts";
import { countOf, durationOf, listOf, switchOf, textOf } from "./input.ts";
import { type LogOutput, sessionLogs } from "./session_log.ts";
import { type Call, type Input, verb } from "./verb.ts";

/** How many lines are shown when it is not said. */
const TAIL = 50;

/** A line of the pulse's log, a piece of a session's output, or an ask with what became of it. */
type Output =
  | { readonly kind: "pulse"; readonly line: string }
  | { readonly kind: "ask"; readonly view: AskView; readonly now: number }
  | ({ readonly kind: "session" } & LogOutput);

/** `looop log <id>…`: `pulse`, whose lines are NDJSON on disk, or what sessions have shown. */
export const module = verb<Output>({
  follow,
  text: (output) =>
    output.kind === "session" ? output.text : output.kind === "pulse" ? output.line : askLine(output.view),
  raw: (output) => {
    if (output.kind === "session") return output.bytes ?? output.text;
    return `${output.kind === "pulse" ? output.line : askLine(output.view)}\n`;
  },
  json: (output) => {
    if (output.kind === "pulse") return JSON.parse(output.line);
    if (output.kind === "ask") return askRow(output.view, output.now);
    return { id: output.id, text: output.text, offset: output.offset, done: output.done };
  },
});

/** One line of the history of questions: when, which, what was asked, what became of it and through whom. */
function askLine({ id, ask, answer, status, problem }: AskView): string {
  const when = ask === undefined ? "?" : `${localDay(ask.ts)} ${localMinute(ask.ts)}`;
  const end = answer === undefined ? status : `${oneLine(answer.answer)} (${status}, by ${byWords(answer.by)})`;
  return `${when}  ${id}  ${oneLine(problem ?? ask?.prompt ?? "")} → ${end}`;
}

async function* follow(call: Call, input: Input): AsyncIterable<Result<Output>> {
  const ids = listOf(input, "id");
  const tail = countOf(input, "tail");
  const since = durationOf(input, "since");
  const grep = patternOf(input);
  if (!tail.ok) return yield tail;
  if (!since.ok) return yield since;
  if (!grep.ok) return yield grep;
  const following = switchOf(input, "follow");
  if (switchOf(input, "asks")) {
    if (following) {
      return yield fail("usage", "follow the asks", "--asks shows what there is, once", {
        hint: "looop _ wait --only-asks --client NAME returns at each change; or leave -f out",
      });
    }
    const now = call.os.clock.now();
    const every = everyAsk(call.context, now);
    if (!every.ok) return yield every;
    const views = (await seenWithWorkers(call.context, every.value)).filter((view) =>
      (ids.length === 0 || ids.includes(view.ask?.worker ?? "")) &&
      (since.value === undefined || (view.ask?.ts ?? now) >= now - since.value) &&
      (grep.value === undefined || grep.value.test(askLine(view)))
    );
    for (const view of views.slice(-(tail.value ?? views.length) || views.length)) yield ok({ kind: "ask", view, now });
    return;
  }
  if (ids.length === 0) {
    return yield fail("usage", "show a log", "no session is named", {
      hint: "looop log <id>, looop log pulse, looop log --asks",
    });
  }
  if (ids.includes("pulse")) {
    if (ids.length > 1) {
      yield fail("usage", "show several logs", "the log of the pulse is of another kind", { hint: "looop log pulse" });
      return;
    }
    const plain = call.json || switchOf(input, "raw") || call.context.profile.config.logFormat === "json";
    const lines = followPulseLog(call.context, {
      tail: tail.value ?? TAIL,
      sinceMs: since.value,
      grep: grep.value,
      follow: following,
      signal: call.signal,
    });
    for await (const line of lines) {
      yield line.ok ? ok({ kind: "pulse", line: plain ? line.value : readableLine(line.value) }) : line;
    }
    return;
  }
  const pieces = sessionLogs(call, ids, {
    tail: tail.value ?? (following && since.value === undefined ? TAIL : undefined),
    since: since.value === undefined ? undefined : call.os.clock.now() - since.value,
    grep: grep.value,
    raw: switchOf(input, "raw"),
    follow: following,
    signal: call.signal,
  });
  for await (const piece of pieces) yield piece.ok ? ok({ kind: "session", ...piece.value }) : piece;
}

function patternOf(input: Input): Result<RegExp | undefined> {
  const text = textOf(input, "grep");
  if (text === undefined) return ok(undefined);
  try {
    return ok(new RegExp(text));
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return fail("usage", `use "${text}" for --grep`, said);
  }
}
