import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import { changeConfig } from "../config/change.ts";
import { adoptProfile } from "../profile/adopt.ts";
import { contentsOf } from "../profile/contents.ts";
import { locateProfile } from "../profile/locate.ts";
import { openProfile } from "../profile/open.ts";
import type { Context } from "../profile/profile.ts";
import { findPrograms, programProblem } from "../workers/programs.ts";
import { BUILT_IN, findRunner, INSTALL_HINTS, isRunner, programOf } from "../workers/runners.ts";
import { switchOf, textOf } from "./input.ts";
import { type Call, type Input, verb } from "./verb.ts";

interface Initialized {
  readonly data_dir: string;
  readonly profile: "made" | "adopted" | "was there";
  readonly runner: string;
  /** The agent CLIs that are installed. */
  readonly found: readonly string[];
  /** What was taken over, one line each. */
  readonly adopted: readonly string[];
  /** Whether the config differs from before. */
  readonly changed: boolean;
}

/** Agents in the order in which one is picked when nobody says; `sh` is no agent and only ever chosen by name. */
const AGENTS = Object.keys(BUILT_IN).filter((name) => name !== "sh");

/** `looop init` */
export const module = verb<Initialized>({
  run,
  text: (output) => {
    const profile = output.profile === "was there"
      ? "The profile was there already"
      : `The profile was ${output.profile}`;
    const runner = `Workers run ${output.runner}${output.changed ? "" : ", as before"}.`;
    return [`${profile}: ${output.data_dir}`, ...output.adopted.map((line) => `  ${line}`), runner, ...next(output)]
      .join("\n");
  },
});

function next(output: Initialized): readonly string[] {
  if (output.profile === "was there") return [];
  return ["Next: looop up, then start your own agent and have it read: looop help agent"];
}

async function run(call: Call, input: Input): Promise<Result<Initialized>> {
  const paths = locateProfile(call.os);
  if (!paths.ok) return paths;
  const contents = contentsOf(call.os, paths.value);
  if (!contents.ok) return contents;
  if (switchOf(input, "adopt") && (contents.value === "absent" || contents.value === "empty")) {
    return fail("not_found", "take over a profile", `there is nothing at ${paths.value.root}`, {
      hint: "say where it is: LOOOP_DATA_DIR=/some/directory looop init --adopt; or make a new one: looop init",
    });
  }
  const found = await findPrograms(call.os, AGENTS);
  const wanted = textOf(input, "runner");
  const asks = !switchOf(input, "yes") && wanted === undefined && !call.json && call.os.terminal.stdinIsTerminal &&
    call.os.terminal.stderrIsTerminal;
  // Asked before anything is made: who leaves here leaves nothing behind. What would be refused below is refused unasked.
  const fits = contents.value !== "foreign" && (contents.value !== "forerunner" || switchOf(input, "adopt"));
  const chosen = asks && fits ? await ask(paths.value.root, found) : ok(wanted);
  if (!chosen.ok) return chosen;
  const adopted = switchOf(input, "adopt") && contents.value === "forerunner"
    ? await adoptProfile(call.os, paths.value)
    : ok(undefined);
  if (!adopted.ok) return adopted;
  const opened = await openProfile(call.os, { mode: "seed" });
  if (!opened.ok) return opened;
  const runner = await settle(call, opened.value, {
    chosen: chosen.value,
    found,
    fresh: contents.value !== "complete" && adopted.value?.runner === undefined,
  });
  if (!runner.ok) return runner;
  return ok({
    data_dir: paths.value.root,
    profile: contents.value === "complete" ? "was there" : adopted.value === undefined ? "made" : "adopted",
    found,
    adopted: adopted.value?.lines ?? [],
    ...runner.value,
  });
}

async function ask(root: string, found: readonly string[]): Promise<Result<string | undefined>> {
  const { askForRunner } = await import("./init_prompt.ts");
  return await askForRunner({ root, found, agents: AGENTS });
}

/**
 * The default runner: the one chosen; for a new profile the first agent that is installed; else the one that the config has. Only
 * the name is written: what is run, and with which flags, stays in view of `config show` and the runner table.
 */
async function settle(
  call: Call,
  context: Context,
  facts: { readonly chosen: string | undefined; readonly found: readonly string[]; readonly fresh: boolean },
): Promise<Result<{ readonly runner: string; readonly changed: boolean }>> {
  const { config, paths } = context.profile;
  for (const note of context.profile.notes ?? []) call.note(note);
  const picked = facts.chosen ?? (facts.fresh ? facts.found[0] : undefined) ?? config.default;
  const known = findRunner(picked, config.runners);
  if (!isRunner(known) && known.kind === "unknown") {
    const failed = fail("usage", `use "${picked}" as the runner`, "there is no such runner", {
      hint: `there are ${known.known.join(", ")}; another one: looop config set runners.NAME.command '…'`,
    });
    if (facts.chosen !== undefined) return failed;
    call.note(`the config names the runner "${picked}", which there is not: looop config set default NAME`);
  }
  await tellIfMissing(call, isRunner(known) ? programOf(known.command) : undefined);
  if (picked === config.default) return ok({ runner: picked, changed: false });
  const done = await changeConfig(call.os, paths, [{ key: "default", value: picked }]);
  return done.ok ? ok({ runner: picked, changed: done.value.changed }) : done;
}

async function tellIfMissing(call: Call, program: string | undefined): Promise<void> {
  const why = program === undefined ? undefined : await programProblem(call.os, program);
  if (program === undefined || why === undefined) return;
  const hint = INSTALL_HINTS[program];
  call.note(`"${program}" ${why}; no worker starts without it${hint === undefined ? "" : `: ${hint}`}`);
}
