import { EXIT_MEANINGS } from "../../../failure.ts";
import { columns } from "../layout.ts";

/** The table of exit codes. */
export function exitCodeLines(): string {
  return columns(EXIT_MEANINGS.map(([code, meaning]) => [String(code), meaning]));
}

/** `looop help exit-codes` */
export function exitCodes(): string {
  return `EXIT CODES
${exitCodeLines()}

  The verb wait <id> ends with the code of the session that ended. 75 is no failure: the question or the wait is still there, and
  the very same line takes it up again. When whoever reads the output goes away (looop ls | head -1), looop ends quietly
  with 1, and what it printed does not count as delivered.

  On a failure stderr says what could not be done, to what, and why; the next line says what to try. With --json stdout carries
  {"error":{"code","kind","message","hint"}} and nothing else.`;
}
