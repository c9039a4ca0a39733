import type { Input, VerbEntry } from "../verbs/verb.ts";
import type { Parsed } from "./parse.ts";

/**
 * Parses the lines that need no parser: options spelled out, each value a word of its own, no word that begins with a dash and is no
 * option. Answers what `parse` would, or undefined for all the rest, mistakes and `--help` too: those are for `parse`, which costs a
 * tenth of a start to load.
 */
export function parsePlain(entry: VerbEntry, words: readonly string[]): Parsed | undefined {
  if (entry.passthrough === true) return undefined;
  const input: Record<string, string | boolean | readonly string[] | undefined> = {
    json: false,
    help: false,
    client: undefined,
  };
  for (const { name, value, many } of entry.options) input[name] = value === undefined ? false : many ? [] : undefined;
  const texts: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (!word.startsWith("-")) {
      texts.push(word);
      continue;
    }
    const name = word.slice(2);
    const spec = entry.options.find((option) => option.name === name);
    if (word === "--json" && spec === undefined) {
      input["json"] = true;
      continue;
    }
    if (!word.startsWith("--") || (spec === undefined && word !== "--client")) return undefined;
    if (spec !== undefined && spec.value === undefined) {
      input[name] = true;
      continue;
    }
    const value = words[++i];
    if (value === undefined || value.startsWith("-")) return undefined;
    input[name] = spec?.many === true ? [...input[name] as readonly string[], value] : value;
  }
  if (entry.options.some(({ name, required }) => required === true && input[name] === undefined)) return undefined;
  if (!withArguments(input, entry, texts)) return undefined;
  const { json, client } = input;
  return { input, json: json === true, help: false, client: typeof client === "string" ? client : undefined };
}

/** Puts the words that are no options where they belong; false when they are too few or too many. */
function withArguments(input: Record<string, Input[string]>, entry: VerbEntry, texts: readonly string[]): boolean {
  let taken = 0;
  for (const [i, arg] of entry.args.entries()) {
    const isBody = entry.body === arg.name;
    if (arg.rest === true || (isBody && i === entry.args.length - 1)) {
      input[arg.name] = texts.slice(taken);
      taken = texts.length;
    } else input[arg.name] = texts[taken++];
    const given = input[arg.name];
    if (arg.required === true && !isBody && (given === undefined || (Array.isArray(given) && given.length === 0))) {
      return false;
    }
  }
  return texts.length <= taken;
}
