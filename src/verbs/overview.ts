import { ok } from "../base/result.ts";
import type { Failure, Result } from "../failure.ts";
import { sentence } from "../failure.ts";
import { openProfile } from "../profile/open.ts";
import { columns } from "./help/layout.ts";
import { shortUsage } from "./help/usage.ts";
import { entryAt } from "./table.ts";
import { type Call, verb } from "./verb.ts";

/** The commands that a person has to know, as paths. */
export const COMMANDS_TO_KNOW: readonly (readonly string[])[] = [["up"], ["answer"], ["ls"], ["log"], ["help"]];

interface Overview {
  /** What `looop status` answers; null when there is no profile yet. */
  readonly status: unknown;
  readonly text: string;
  readonly commands: readonly { readonly usage: string; readonly summary: string }[];
}

/** Bare `looop`: the status, when there is a profile, and the five commands to know. Reads only. */
export const module = verb<Overview>({
  run: async (call): Promise<Result<Overview>> => {
    const opened = await openProfile(call.os, { mode: "read" });
    const commands = COMMANDS_TO_KNOW.flatMap((path) => {
      const entry = entryAt(path);
      return entry === undefined ? [] : [{ usage: `looop ${shortUsage(entry)}`, summary: entry.summary }];
    });
    if (!opened.ok) {
      // Somebody who types only the name is to be shown the way, whatever keeps the profile from being opened.
      return ok({ status: null, text: noProfile(opened.failure), commands });
    }
    const { os, actor, json, color, columns, signal, note } = call;
    const status = await statusOf({ os, actor, json, color, columns, signal, note, context: opened.value });
    return status.ok ? ok({ ...status.value, commands }) : status;
  },
  text: ({ text, commands }) => `${text}\n\n${columns(commands.map(({ usage, summary }) => [usage, summary]))}`,
  json: ({ status, commands }) => ({ status, commands }),
});

async function statusOf(call: Call): Promise<Result<{ readonly status: unknown; readonly text: string }>> {
  const module = await entryAt(["status"])?.load();
  if (module?.run === undefined) throw new Error("the table has no verb status");
  const result = await module.run(call, {});
  if (!result.ok) return result;
  return ok({ status: module.json?.(result.value) ?? result.value, text: module.text(result.value, call) });
}

function noProfile(failure: Failure): string {
  return `${sentence(failure)}${failure.hint === undefined ? "" : `\n  ${failure.hint}`}`;
}
