/** Why nothing can be measured: a sentence for people, and what to try. */
export class CannotMeasure extends Error {
  override readonly name = "CannotMeasure";
  readonly hint: string;

  constructor(thing: string, state: string, hint: string) {
    super(`Cannot measure ${thing}: ${state}`);
    this.hint = hint;
  }
}

/** A program that does not say its version within this long is none of ours. */
const ANSWER_MS = 30_000;

/**
 * The whole path of a looop that somebody named, with the version it says it has. Throws `CannotMeasure` for what is not there, cannot be
 * started, or is no looop: of such a program there would be figures, too, of how fast it does nothing.
 */
export async function looopAt(named: string): Promise<string> {
  const hint = "name the program: $(command -v looop), or dist/looop that scripts/compile makes";
  let path: string;
  try {
    path = await Deno.realPath(named);
  } catch {
    throw new CannotMeasure(named, "there is no such file", hint);
  }
  let said: string;
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const command = new Deno.Command(path, { args: ["version"], stdin: "null", signal });
    const { code, stdout } = await command.output();
    said = code === 0 ? new TextDecoder().decode(stdout) : "";
  } catch {
    throw new CannotMeasure(named, "it cannot be started", hint);
  }
  if (!/^looop v?\d/.test(said)) throw new CannotMeasure(named, "it is no looop, `version` does not say so", hint);
  return path;
}

/** What a failed measure of another looop comes to in a cell: what it was asked and said, and no error of the system. */
export function peerProblem(error: unknown): string {
  const [line = ""] = String(error instanceof Error ? error.message : error).split("\n");
  // We look at files to see what it did: one that has no such verb, or keeps its files in another way, leaves none.
  return /\(os error \d+\)/.test(line)
    ? "not measured: it leaves no such file"
    : line.slice(0, 120).replace(/: *$/, "");
}
