import type { Config } from "../../config/schema.ts";
import type { Os } from "../../os/os.ts";
import { findPrograms, programProblem } from "../../workers/programs.ts";
import { BUILT_IN, findRunner, INSTALL_HINTS, isRunner, programOf } from "../../workers/runners.ts";
import { type Check, fine, warn } from "./check.ts";

/** Which agents are installed, and whether the default runner can start. */
export async function agentChecks(os: Os, config: Config): Promise<readonly Check[]> {
  const agents = Object.keys(BUILT_IN).filter((name) => name !== "sh");
  const runner = findRunner(config.default, config.runners);
  const program = isRunner(runner) ? programOf(runner.command) : undefined;
  const here = await findPrograms(os, agents);
  const why = program === undefined ? undefined : await programProblem(os, program);
  const installed = here.length === 0
    ? warn("agents", "none of the known ones is on the PATH", `for example: ${INSTALL_HINTS.pi}`)
    : fine("agents", here.join(", "));
  return [installed, defaultRunner(config.default, { runner, program, why })];
}

function defaultRunner(
  name: string,
  facts: {
    readonly runner: ReturnType<typeof findRunner>;
    readonly program: string | undefined;
    /** What keeps the program from being started. */
    readonly why: string | undefined;
  },
): Check {
  const title = "default runner";
  if (!isRunner(facts.runner)) {
    return warn(title, `"${name}" cannot be used (${problemText(facts.runner)})`, "looop config set default NAME");
  }
  if (facts.program !== undefined && facts.why !== undefined) {
    const hint = INSTALL_HINTS[facts.program] ?? "looop config set default NAME";
    return warn(title, `"${name}" starts ${facts.program}, which ${facts.why}`, hint);
  }
  return fine(title, name);
}

function problemText(problem: Exclude<ReturnType<typeof findRunner>, { readonly promptMax: number }>): string {
  switch (problem.kind) {
    case "unknown":
      return `there are ${problem.known.join(", ")}`;
    case "no_command":
      return "it has no command";
    case "no_placeholder":
      return "its command does not hold {{prompt_file}}";
    case "removed_placeholder":
      return `its command holds {{${problem.name}}}, which is no placeholder`;
  }
}
