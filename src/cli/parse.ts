import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import { GLOBAL_OPTIONS } from "../verbs/help/verb_help.ts";
import { usageLine } from "../verbs/help/usage.ts";
import type { Input, OptionSpec, VerbEntry } from "../verbs/verb.ts";
import { suggest } from "../base/suggest.ts";

/** A verb's words, parsed. */
export interface Parsed {
  readonly input: Input;
  readonly json: boolean;
  readonly help: boolean;
  readonly client: string | undefined;
}

/**
 * Parses the words behind a verb's path against its entry. Input is keyed by the names in the entry: switches true or false, values
 * texts or undefined, `many` options and `rest` arguments lists. The body argument is left as it is here (a list when `rest`); it
 * is never required here, since it may come from stdin.
 */
export function parse(entry: VerbEntry, words: readonly string[]): Result<Parsed> {
  // Asking for help is never an error, whatever else the line says.
  const asked = words.slice(0, words.includes("--") ? words.indexOf("--") : undefined);
  if (asksForHelp(entry, asked)) {
    return ok({ input: {}, json: asked.includes("--json"), help: true, client: undefined });
  }
  const specs = [
    ...entry.options,
    ...GLOBAL_OPTIONS.filter(({ name }) => !entry.options.some((own) => own.name === name)),
  ];
  const options = specs.map((spec) => ({ spec, option: buildOption(spec, specs) }));
  const command = build(entry, options.map(({ option }) => option));
  const shielded = shield(words);
  try {
    command.parse([...shielded.words], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return refuse(entry, specs, error);
    throw error;
  }
  const given = command.opts<Record<string, unknown>>();
  const input: Record<string, string | boolean | readonly string[] | undefined> = {};
  for (const { spec, option } of options) {
    const value = shielded.restore(given[option.attributeName()]);
    if (spec.value === undefined) input[spec.name] = option.negate ? value === false : value === true;
    else if (spec.many === true) input[spec.name] = Array.isArray(value) ? value as string[] : [];
    else input[spec.name] = typeof value === "string" ? value : undefined;
  }
  for (const [i, arg] of entry.args.entries()) {
    input[arg.name] = shielded.restore(command.processedArgs[i]) as string | readonly string[] | undefined;
  }
  const { json, client } = input;
  return ok({ input, json: json === true, help: false, client: typeof client === "string" ? client : undefined });
}

/**
 * A word with white space in what would be its option's name is text: front matter (`---\ngoal: …`), a list (`- first`). It stands
 * behind a mark that no argument of a process can hold while the options are parsed.
 */
function shield(words: readonly string[]): { readonly words: readonly string[]; restore(value: unknown): unknown } {
  const restore = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(restore);
    return typeof value === "string" && value.startsWith("\0") ? words[Number(value.slice(1))] : value;
  };
  return { words: words.map((word, i) => /^-[^\s=]*\s/.test(word) ? `\0${i}` : word), restore };
}

/** `--help` in front of what a passthrough verb hands on, anywhere else. */
function asksForHelp(entry: VerbEntry, words: readonly string[]): boolean {
  const own = entry.passthrough === true ? leadingOptions(entry, words) : words;
  return own.includes("--help") || own.includes("-h");
}

function leadingOptions(entry: VerbEntry, words: readonly string[]): readonly string[] {
  const valued = new Set(
    [...entry.options, ...GLOBAL_OPTIONS].filter((o) => o.value !== undefined).map((o) => `--${o.name}`),
  );
  let end = 0;
  while (end < words.length && words[end]?.startsWith("-")) end += valued.has(words[end] ?? "") ? 2 : 1;
  return words.slice(0, end);
}

function build(entry: VerbEntry, options: readonly Option[]): Command {
  const command = new Command(entry.path.join(" "));
  command.exitOverride().helpOption(false).configureOutput({ writeOut: () => {}, writeErr: () => {} });
  if (entry.passthrough === true) command.passThroughOptions();
  for (const option of options) command.addOption(option);
  for (const [i, arg] of entry.args.entries()) {
    // The words of a body need no quotes: those at the end all belong to it.
    const rest = arg.rest === true || (entry.body === arg.name && i === entry.args.length - 1);
    const word = rest ? `${arg.name}...` : arg.name;
    const required = arg.required === true && entry.body !== arg.name;
    command.addArgument(new Argument(required ? `<${word}>` : `[${word}]`));
  }
  return command.action(() => {});
}

function buildOption(spec: OptionSpec, all: readonly OptionSpec[]): Option {
  const flags = `${spec.short === undefined ? "" : `-${spec.short}, `}--${spec.name}`;
  if (spec.value === undefined) return new Option(flags);
  const names = new Set(all.flatMap(({ name, short }) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]));
  return new Option(`${flags} <value>`)
    .makeOptionMandatory(spec.required === true)
    .argParser((value: string, before: unknown) => {
      // `--timeout --json`: the value was forgotten.
      if (names.has(value)) throw new InvalidArgumentError(`missing`);
      return spec.many === true ? [...(Array.isArray(before) ? before as string[] : []), value] : value;
    });
}

/** Commander's complaint as one of our sentences. */
function refuse(entry: VerbEntry, specs: readonly OptionSpec[], error: CommanderError): Result<never> {
  const verb = entry.path.join(" ");
  const named = /'([^']*)'/s.exec(error.message)?.[1] ?? "";
  const usage = usageLine(entry);
  const thing = `run looop ${verb}`;
  switch (error.code) {
    case "commander.unknownOption": {
      const known = specs.map(({ name }) => `--${name}`);
      const [near] = suggest(named, known);
      const text = entry.args.some((arg) => arg.rest === true) || entry.body !== undefined;
      const dash = text ? "; for text that begins with a dash put -- in front of it" : "";
      return fail("usage", thing, `there is no option ${named}`, {
        hint: near === undefined ? `${usage}${dash}` : `did you mean ${near}? ${usage}${dash}`,
      });
    }
    case "commander.optionMissingArgument":
    case "commander.invalidArgument":
      return fail("usage", thing, `the option ${longName(named)} needs a value`, { hint: usage });
    case "commander.missingMandatoryOptionValue":
      return fail("usage", thing, `the option ${longName(named)} is missing`, { hint: usage });
    case "commander.missingArgument":
      return fail("usage", thing, `<${named}> is missing`, { hint: usage });
    case "commander.excessArguments": {
      const most = entry.args.length;
      const state = most === 0 ? "it takes no arguments" : `it takes at most ${most} argument${most === 1 ? "" : "s"}`;
      return fail("usage", thing, state, { hint: usage });
    }
    default:
      return fail("usage", thing, error.message.replace(/^error: /, ""), { hint: usage });
  }
}

/** `-n, --tail <value>` → `--tail`. */
function longName(flags: string): string {
  return /--[^\s]+/.exec(flags)?.[0] ?? flags;
}
