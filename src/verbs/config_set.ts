import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import { changeConfig, parseChange } from "../config/change.ts";
import type { ConfigState } from "../config/store.ts";
import { configNote } from "../profile/open.ts";
import { BUILT_IN, findRunner, isRunner } from "../workers/runners.ts";
import { requiredText, switchOf, textOf } from "./input.ts";
import { type Call, type Input, verb } from "./verb.ts";

interface Set {
  readonly key: string;
  /** Null: taken out of the file. */
  readonly value: unknown;
  readonly changed: boolean;
  /** The variable that overrides it here and now. */
  readonly overridden_by?: string;
}

/** `looop config set <key> <value>` */
export const module = verb<Set>({
  run,
  text: ({ key, value, changed, overridden_by }) => {
    const what = value === null ? "is left out of the file: its default holds" : `is ${said(value)}`;
    const env = overridden_by === undefined ? "" : ` (here ${overridden_by} overrides it)`;
    return `${key} ${changed ? "" : "already "}${what}${env}`;
  },
});

async function run(call: Call, input: Input): Promise<Result<Set>> {
  const key = requiredText(input, "key");
  const text = textOf(input, "value");
  const unset = switchOf(input, "unset");
  if (unset === (text !== undefined)) {
    return fail("usage", `set "${key}"`, unset ? "--unset takes no value" : "<value> is missing", {
      hint: `looop config set ${key} <value>, or looop config set ${key} --unset`,
    });
  }
  const change = parseChange(key, text);
  if (!change.ok) return change;
  const { paths, config } = call.context.profile;
  if (key === "default" && typeof change.value.value === "string") {
    const known = { ...BUILT_IN, ...config.runners };
    if (!Object.hasOwn(known, change.value.value)) {
      return fail("usage", `set "default" to "${change.value.value}"`, "there is no such runner", {
        hint: `there are ${Object.keys(known).join(", ")}; another one: looop config set runners.NAME.command '…'`,
      });
    }
  }
  const done = await changeConfig(call.os, paths, [change.value]);
  if (!done.ok) return done;
  if (done.value.state.problem !== undefined) call.note(configNote(paths, done.value.state.problem));
  warnAboutRunner(call, key, done.value.state);
  const source = done.value.state.sources[key];
  return ok({
    key,
    value: change.value.value ?? null,
    changed: done.value.changed,
    ...(source?.from === "environment" ? { overridden_by: source.name } : {}),
  });
}

/** A runner is set in parts, so what is missing is told and not refused. */
function warnAboutRunner(call: Call, key: string, state: ConfigState): void {
  const name = /^runners\.([^.]+)/.exec(key)?.[1];
  if (name === undefined || state.config.runners[name] === undefined) return;
  const found = findRunner(name, state.config.runners);
  if (isRunner(found)) return;
  if (found.kind === "no_placeholder") call.note(`the command of runner "${name}" does not hold {{prompt_file}} yet`);
  if (found.kind === "no_command") call.note(`runner "${name}" has no command yet`);
  if (found.kind === "removed_placeholder") {
    call.note(
      `the command of runner "${name}" holds {{${found.name}}}, which is no placeholder: write what it stood for`,
    );
  }
}

function said(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
