import type { Os } from "../os/os.ts";

/** What a person says to a question that takes yes or no. */
export type YesOrNo = "yes" | "no";

/** Reads y, yes, n or no, in any case; undefined for everything else, since what is unclear is no yes. */
export function yesOrNo(typed: string): YesOrNo | undefined {
  const word = typed.trim().toLowerCase();
  if (word === "y" || word === "yes") return "yes";
  return word === "n" || word === "no" ? "no" : undefined;
}

/**
 * What a person types within the time, asked again for as long as it is unclear; undefined without a clear answer by then. `say` is
 * given the lines to show. Needs a terminal.
 */
export async function askPerson(
  os: Os,
  how: { readonly ms: number; readonly signal: AbortSignal; say(line: string): void },
): Promise<YesOrNo | undefined> {
  const end = os.clock.ticks() + how.ms;
  for (let question = "Your answer, yes or no?";; question = "That is neither. Yes or no?") {
    const left = end - os.clock.ticks();
    if (left <= 0 || how.signal.aborted) return undefined;
    how.say(`${question} (in ${Math.ceil(left / 1000)} s it is answered for you)`);
    const read = await os.processes.sh('IFS= read -r line </dev/tty && printf %s "$line"', [], { timeoutMs: left });
    if (read.code !== 0) return undefined; // the time is over, or the terminal is gone
    const answer = yesOrNo(read.stdout);
    if (answer !== undefined) return answer;
  }
}
