import { shellWord } from "../base/shell_word.ts";
import type { Move } from "./schema.ts";

/**
 * A command as one text for people, journal and approvals: one word is a shell line and stands as it is; of several each is
 * quoted where the shell would read it otherwise, so that the text could be typed.
 */
export function commandText(argv: readonly string[]): string {
  return argv.length === 1 ? argv[0] ?? "" : argv.map(shellWord).join(" ");
}

/** A command that a move carries: a text that a shell will read, or the words of one program. */
export type Carried =
  | { readonly kind: "line"; readonly what: string; readonly line: string }
  | { readonly kind: "argv"; readonly what: string; readonly argv: readonly string[] };

/**
 * The commands that a move would have carried out, exactly as they will be: none means that it is no move of class command.
 * `defaultRunner`: the runner of a worker that names none.
 */
export function carriedCommands(move: Move, defaultRunner: string): readonly Carried[] {
  switch (move.kind) {
    case "run":
      return move.argv.length === 1
        ? [{ kind: "line", what: "the command", line: move.argv[0] ?? "" }]
        : [{ kind: "argv", what: "the command", argv: move.argv }];
    case "sensor.write":
      return isShellScript(move.script) ? [{ kind: "line", what: "the sensor", line: move.script }] : [];
    case "worker.start": {
      const lines: Carried[] = [];
      const byShell = move.command === undefined && (move.runner ?? defaultRunner) === "sh";
      if (byShell) lines.push({ kind: "line", what: "the prompt", line: move.prompt });
      if (move.command !== undefined) lines.push({ kind: "line", what: "--command", line: move.command });
      if (move.verify !== undefined) lines.push({ kind: "line", what: "--verify", line: move.verify });
      return lines;
    }
    default:
      return [];
  }
}

function isShellScript(script: string): boolean {
  return /^#![^\n]*\b(?:ba|da|z|k|a)?sh\b/.test(script);
}
