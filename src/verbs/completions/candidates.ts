import type { ArgSpec, Completion, OptionSpec, VerbEntry } from "../verb.ts";

/** Something that the word being typed may become. */
export interface Candidate {
  readonly value: string;
  readonly summary: string;
}

/** What to offer; `files` leaves it to the shell to complete a path. */
export type Offer = { readonly kind: "words"; readonly candidates: readonly Candidate[] } | { readonly kind: "files" };

/** What completing needs to know: the verbs, the options all of them have, and what ids there are now. */
export interface Known {
  readonly verbs: readonly VerbEntry[];
  readonly globals: readonly OptionSpec[];
  ids(kind: Exclude<Completion, readonly string[] | "files">): readonly Candidate[];
}

/** Completes the last of `words` (those behind the program's name). Pure but for the ids. */
export function offer(words: readonly string[], known: Known): Offer {
  const typed = words[words.length - 1] ?? "";
  const before = behindGlobals(words.slice(0, -1), known);
  const { path, entry, rest } = position(before, known);
  if (before.includes("--") && entry?.passthrough === true) return { kind: "files" };
  const inline = /^(--[^=]+)=(.*)$/s.exec(typed);
  if (inline !== null && entry !== undefined) {
    const [, flag = "", value = ""] = inline;
    const found = values(optionOf(flag, entry, known)?.complete, known);
    if (found.kind === "files") return found;
    return matching(value, found.candidates, (candidate) => ({ ...candidate, value: `${flag}=${candidate.value}` }));
  }
  const last = before[before.length - 1] ?? "";
  const open = entry === undefined ? undefined : optionOf(last, entry, known);
  if (open?.value !== undefined && !rest.slice(0, -1).includes("--")) {
    const found = values(open.complete, known);
    return found.kind === "files" ? found : matching(typed, found.candidates);
  }
  const further = nextWords(path, known);
  if (typed.startsWith("-") && !before.includes("--")) {
    return matching(typed, flagsOf(entry, known, rest));
  }
  // Behind words that lead nowhere nothing fits.
  if (entry === undefined) return matching(typed, rest.length === 0 ? further : []);
  const here = argument(entry, known, rest);
  if (here.kind === "files") return further.length === 0 ? here : matching(typed, further);
  return matching(typed, rest.length === 0 ? [...further, ...here.candidates] : here.candidates);
}

/** Without the options of all verbs that stand in front of the first word. */
function behindGlobals(words: readonly string[], known: Known): readonly string[] {
  const [first, ...rest] = words;
  const found = known.globals.find(({ name }) => first === `--${name}`);
  if (found === undefined) return words;
  return behindGlobals(found.value === undefined ? rest : rest.slice(1), known);
}

/** How far the words spell a path, the verb there, and what stands behind it. */
function position(
  words: readonly string[],
  known: Known,
): { readonly path: readonly string[]; readonly entry: VerbEntry | undefined; readonly rest: readonly string[] } {
  const paths = known.verbs.map((verb) => verb.path);
  let length = 0;
  while (length < words.length && paths.some((path) => startsWith(path, words.slice(0, length + 1)))) length++;
  // `asks withd<TAB>` is on its way to a longer path, `asks x` is not; either way the verb so far is `asks`.
  const path = words.slice(0, length);
  const entry = known.verbs.find((verb) => verb.path.length === length && startsWith(verb.path, path));
  return { path, entry, rest: words.slice(length) };
}

function startsWith(path: readonly string[], start: readonly string[]): boolean {
  return start.every((word, i) => path[i] === word);
}

/** The words that lead from a path on to verbs that are shown. */
function nextWords(path: readonly string[], known: Known): readonly Candidate[] {
  const found = new Map<string, string>();
  for (const verb of known.verbs) {
    const word = verb.path[path.length];
    if (verb.hidden === true || word === undefined || !startsWith(verb.path, path)) continue;
    if (verb.path.length === path.length + 1) found.set(word, verb.summary);
    else if (!found.has(word)) found.set(word, word === "_" ? "for agents" : `${word} …`);
  }
  return [...found].map(([value, summary]) => ({ value, summary }));
}

function flagsOf(entry: VerbEntry | undefined, known: Known, rest: readonly string[]): readonly Candidate[] {
  const options = [...entry?.options ?? [], ...known.globals];
  const given = new Set(rest);
  return options
    .filter((option) => option.many === true || !given.has(`--${option.name}`))
    .map((option) => ({ value: `--${option.name}`, summary: option.summary }));
}

function optionOf(flag: string, entry: VerbEntry, known: Known): OptionSpec | undefined {
  return [...entry.options, ...known.globals].find(({ name, short }) =>
    flag === `--${name}` || (short !== undefined && flag === `-${short}`)
  );
}

/** What may stand at the next argument. */
function argument(entry: VerbEntry, known: Known, rest: readonly string[]): Offer {
  let given = 0;
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? "";
    if (word === "--") continue;
    if (!word.startsWith("-") || word === "-") given++;
    else if (optionOf(word, entry, known)?.value !== undefined) at++;
  }
  const { args } = entry;
  const spec: ArgSpec | undefined = args[given] ??
    (args[args.length - 1]?.rest === true ? args[args.length - 1] : undefined);
  if (entry.passthrough === true && spec !== undefined && spec.complete === undefined) return { kind: "files" };
  return values(spec?.complete, known);
}

function values(complete: Completion | undefined, known: Known): Offer {
  if (complete === "files") return { kind: "files" };
  if (complete === undefined) return { kind: "words", candidates: [] };
  if (typeof complete !== "string") {
    return { kind: "words", candidates: complete.map((value) => ({ value, summary: "" })) };
  }
  return { kind: "words", candidates: known.ids(complete) };
}

function matching(
  typed: string,
  candidates: readonly Candidate[],
  shape: (candidate: Candidate) => Candidate = (candidate) => candidate,
): Offer {
  return { kind: "words", candidates: candidates.filter(({ value }) => value.startsWith(typed)).map(shape) };
}
