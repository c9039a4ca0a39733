import type { ConfigKey } from "../config/keys.ts";
import { KEY_LIST } from "../config/keys.ts";
import { configVersion, runnerSchema } from "../config/schema.ts";

/** A forerunner's config in our words, and what a person should be told about it. */
export interface AdoptedConfig {
  readonly file: object;
  /** The default runner, when the old config named one. */
  readonly runner: string | undefined;
  readonly lines: readonly string[];
}

/** Flags by which agent CLIs are told to ask nobody. */
const UNASKED = /--?(dangerously-[a-z-]+|yolo|full-auto|skip-permissions|allow-all-tools)\b/;

/** Keys of theirs that mean the same here. */
const SAME = ["interval", "busy_interval", "active_interval", "session_ttl", "max_daily_usd"];

/** Keys of theirs that we read elsewhere or answer for in a line of their own. */
const TOLD = ["v", "default", "runners", "worker_command", "interactive", "tick_command", "tick", "notification"];

/**
 * Maps what the eras wrote: `runners.<name>.interactive` (to 0.31), a flat `interactive` (0.32), `worker_command` (0.34 on). Command
 * lines are taken as they are, since they are the person's own; what they leave unasked is said.
 */
export function adoptConfig(old: Readonly<Record<string, unknown>>): AdoptedConfig {
  const lines: string[] = [];
  const runners = { ...oldRunners(old, lines) };
  const flat = textAt(old, "worker_command") ?? textAt(old, "interactive");
  let runner = textAt(old, "default");
  if (flat !== undefined) {
    runner = programName(flat);
    runners[runner] = { command: flat };
  }
  for (const [name, given] of Object.entries(runners)) {
    const command = textAt(given, "command") ?? textAt(given, "interactive") ?? "";
    lines.push(`runner ${name}: ${command}`);
    const flag = UNASKED.exec(command)?.[0];
    if (flag !== undefined) {
      lines.push(`  with ${flag} it asks nobody before it acts: looop config set runners.${name}.command changes it`);
    }
  }
  const kept = sameKeys(old, lines);
  if (old.notification !== undefined) lines.push("notification was left out: a script in notify.d/ does this now");
  const left = Object.keys(old).filter((key) => ![...SAME, ...TOLD].includes(key));
  if (left.length > 0) lines.push(`config keys without a meaning here: ${left.join(", ")}`);
  return {
    file: {
      v: configVersion,
      ...(runner === undefined ? {} : { default: runner }),
      ...kept,
      ...(Object.keys(runners).length === 0 ? {} : { runners }),
    },
    runner,
    lines,
  };
}

function oldRunners(old: Readonly<Record<string, unknown>>, lines: string[]): Record<string, object> {
  const found: Record<string, object> = {};
  if (typeof old.runners !== "object" || old.runners === null) return found;
  for (const [name, given] of Object.entries(old.runners)) {
    const parsed = runnerSchema.safeParse(given);
    if (!parsed.success) {
      lines.push(`runner ${name} was left out: it holds something that is no text`);
      continue;
    }
    const { command, interactive, env, cwd, resume } = parsed.data;
    const line = command ?? interactive;
    // Without one it only decided (`tick`), and the built-in of that name serves.
    if (line === undefined) continue;
    found[name] = defined({ command: line, env, cwd, resume });
  }
  return found;
}

function defined(object: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

function sameKeys(old: Readonly<Record<string, unknown>>, lines: string[]): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const name of SAME) {
    const key: ConfigKey | undefined = KEY_LIST.find((one) => one.name === name);
    const value = old[name];
    if (key === undefined || value === undefined) continue;
    if (key.parse(value) === undefined) lines.push(`${name} was left out: it wants ${key.wants}`);
    else kept[name] = value;
  }
  return kept;
}

function textAt(object: unknown, key: string): string | undefined {
  const value = (object as Readonly<Record<string, unknown>>)[key];
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

/** The name a command line goes by: its program, or `adopted` when that is no plain word. */
function programName(line: string): string {
  const word = line.trim().split(/\s+/).find((one) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(one) && one !== "exec") ?? "";
  return /^[a-z][a-z0-9-]{0,30}$/.test(word) ? word : "adopted";
}
