import type { Context } from "../profile/profile.ts";
import { type ConfigProblem, loadConfig } from "../config/store.ts";
import { raiseNotice } from "../notices/store.ts";
import { sentence } from "../failure.ts";
import type { PulseLog } from "./log.ts";

/** A config that is being written has to stand still this long before it is read. */
const SETTLE_MS = 500;

/** The config as the running pulse uses it: re-read when it changes, and a broken edit leaves the last good one in force. */
export interface LiveConfig {
  /** The profile with the config in force. */
  readonly ctx: Context;
  /** Why the file as it is now cannot be used. */
  readonly problem: string | undefined;
  /** Looks at the file's stamp; takes the file in when it changed and has stood still, or `now`. In how many milliseconds an edit will have settled, if one has not. */
  look(options?: { readonly now?: boolean }): Promise<number | undefined>;
}

/** Begins with what the profile was opened with. */
export function makeLiveConfig(first: Context, log: PulseLog): LiveConfig {
  const { os } = first;
  let ctx = first;
  let problem = first.profile.configProblem === undefined ? undefined : problemText(first.profile.configProblem);
  let taken = stamp();
  let seen = taken;
  let seenTicks = os.clock.ticks();
  return {
    get ctx() {
      return ctx;
    },
    get problem() {
      return problem;
    },
    look,
  };

  async function look(options: { readonly now?: boolean } = {}): Promise<number | undefined> {
    const current = stamp();
    const ticks = os.clock.ticks();
    if (current !== seen) {
      seen = current;
      seenTicks = ticks;
    }
    if (options.now !== true) {
      if (current === taken) return undefined;
      const left = SETTLE_MS - (ticks - seenTicks);
      if (left > 0) return left;
    }
    taken = current;
    await takeIn();
    return undefined;
  }

  async function takeIn(): Promise<void> {
    const state = loadConfig(os, ctx.profile.paths);
    if (state.problem === undefined) {
      ctx = { os, profile: { ...ctx.profile, config: state.config, configProblem: undefined } };
      problem = undefined;
      log.write({ level: "ok", event: "config.loaded", msg: "the config was read again" });
      return;
    }
    // The sound half of a broken file is not taken either: what was asked for is not known as a whole.
    ctx = { os, profile: { ...ctx.profile, configProblem: state.problem } };
    const text = problemText(state.problem);
    if (text === problem) return;
    problem = text;
    const msg = `config.json is not usable, the last good one stays in force: ${text}`;
    log.write({ level: "error", event: "config.broken", msg });
    const raised = await raiseNotice(ctx, { source: "config", key: "config", message: msg });
    if (!raised.ok) log.write({ level: "error", event: "notice.fail", msg: sentence(raised.failure) });
  }

  function stamp(): string {
    const found = os.files.stat(first.profile.paths.config);
    if (!found.ok) return found.failure.code;
    const { ino, size, mtimeMs, mode } = found.value;
    return `${ino}:${size}:${mtimeMs}:${mode}`;
  }
}

/** `line 3, column 5: …` */
export function problemText(problem: ConfigProblem): string {
  return problem.line === 0 ? problem.message : `line ${problem.line}, column ${problem.column}: ${problem.message}`;
}
