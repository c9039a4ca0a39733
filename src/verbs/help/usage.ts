import type { OptionSpec, VerbEntry } from "../verb.ts";

/** How a verb is typed, in one line: `looop _ goal write <id> [body|-]`. */
export function usageLine(entry: VerbEntry): string {
  return ["looop", ...entry.path, ...tail(entry)].join(" ");
}

/** The same without options, as it stands in lists of verbs: `_ goal write <id> [body|-]`. */
export function shortUsage(entry: VerbEntry): string {
  return [...entry.path, ...argWords(entry)].join(" ");
}

/** What stands behind the path in that line: options, then arguments. */
function tail(entry: VerbEntry): readonly string[] {
  const options = entry.options.map((option) => {
    const text = optionText(option);
    return option.required === true ? text : `[${text}]`;
  });
  const args = argWords(entry);
  // Options end in front of what a passthrough verb hands on; elsewhere they read better behind the arguments.
  return entry.passthrough === true ? [...options, ...args] : [...args, ...options];
}

function argWords(entry: VerbEntry): readonly string[] {
  return entry.args.map((arg) => {
    const word = `${arg.name}${arg.rest === true ? "…" : ""}${entry.body === arg.name ? "|-" : ""}`;
    return arg.required === true ? `<${word}>` : `[${word}]`;
  });
}

/** `--timeout D`, `-f, --follow` in short: `-f`. */
function optionText(option: OptionSpec): string {
  const name = option.short === undefined ? `--${option.name}` : `-${option.short}`;
  const value = option.value === undefined ? "" : ` ${option.value}`;
  return `${name}${value}${option.many === true ? "…" : ""}`;
}
