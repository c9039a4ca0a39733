import { EXIT_CODES, type Failure, sentence } from "../failure.ts";
import { stripControls } from "../base/text.ts";
import type { Terminal, Written } from "../os/terminal.ts";
import type { Call, VerbModule } from "../verbs/verb.ts";

/** Prints a verb's value on stdout, once. */
export function printValue(call: Call, module: VerbModule, output: unknown): Written {
  const { terminal } = call.os;
  if (call.json) return terminal.writeOut(`${jsonLine(module.json === undefined ? output : module.json(output))}\n`);
  if (module.raw !== undefined) return terminal.writeOut(module.raw(output));
  const text = module.text(output, call);
  return text === "" ? "written" : terminal.writeOut(`${text}\n`);
}

/** One line of JSON in which nothing can move a terminal's cursor: what JSON leaves bare (DEL, C1, bidi marks) is escaped too. */
export function jsonLine(value: unknown): string {
  return (JSON.stringify(value) ?? "null").replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Tells a failure: the sentence and what to try on stderr; with `--json` an error object on stdout besides. Answers the exit code. */
export function printFailure(terminal: Terminal, json: boolean, failure: Failure): number {
  const code = EXIT_CODES[failure.kind];
  const message = stripControls(sentence(failure));
  const hint = failure.hint === undefined ? undefined : stripControls(failure.hint);
  if (json && failure.stderrOnly !== true) {
    // What a program may want to know besides, when there is such: the output of a command that failed, who holds a thing.
    const data = failure.data === undefined ? {} : { data: failure.data };
    terminal.writeOut(`${jsonLine({ error: { code, kind: failure.kind, message, hint: hint ?? null, ...data } })}\n`);
  }
  terminal.writeErr(`looop: ${message}\n${hint === undefined ? "" : `  ${hint.replaceAll("\n", "\n  ")}\n`}`);
  return code;
}
