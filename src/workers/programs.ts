import { isAbsolute, resolve } from "node:path";
import type { Os } from "../os/os.ts";

/** Which of these programs a shell finds on the PATH, in the order given. */
export async function findPrograms(os: Os, names: readonly string[]): Promise<readonly string[]> {
  const script = 'for name do if command -v -- "$name" >/dev/null 2>&1; then printf "%s\\n" "$name"; fi; done';
  const found = await os.processes.sh(script, names);
  return found.stdout.split("\n").filter((name) => name !== "");
}

/**
 * Why a program cannot be started from `cwd`, as the end of a sentence about it; undefined when it can. Words of the shell can. A
 * relative path cannot be judged before it is known where it starts: without `cwd` nothing is said of it.
 */
export async function programProblem(os: Os, program: string, cwd?: string): Promise<string | undefined> {
  if (!program.includes("/")) {
    return (await findPrograms(os, [program])).length > 0 ? undefined : "is not on the PATH";
  }
  if (cwd === undefined && !isAbsolute(program)) return undefined;
  const end = await os.processes.sh('[ -f "$1" ] && [ -x "$1" ]', [resolve(cwd ?? "/", program)]);
  return end.code === 0 ? undefined : "is no program that can be run";
}
