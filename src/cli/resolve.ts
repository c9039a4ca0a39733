import type { VerbEntry } from "../verbs/verb.ts";
import { suggest } from "../base/suggest.ts";

/** Which verb a command line names, with what is left for it. */
export type Resolution =
  /** No verb at all: bare `looop`, or only global options. */
  | { readonly kind: "bare"; readonly globals: readonly string[] }
  | { readonly kind: "verb"; readonly entry: VerbEntry; readonly words: readonly string[] }
  /** The beginning of several verbs (`looop _ goal`). */
  | { readonly kind: "group"; readonly path: readonly string[]; readonly globals: readonly string[] }
  | {
    readonly kind: "unknown";
    readonly typed: string;
    readonly near: readonly string[];
    readonly globals: readonly string[];
  };

/** The options that every verb has; the first ones of a command line may stand in front of the verb. */
const GLOBAL = /^(?:--json|--help|-h|--version|-V|--client(?:=.*)?)$/s;

/** Everything that can be typed, as paths: the table's own and the other spellings. */
interface Names {
  readonly verbs: readonly VerbEntry[];
  readonly spellings: readonly (readonly [string, string])[];
}

/** Finds the verb: the longest path that the first words spell. Pure. */
export function resolve(argv: readonly string[], names: Names): Resolution {
  return resolvePlain(argv, names) ?? resolveAny(argv, names);
}

/** The usual line: a verb's own path, spelled out at its front. Undefined when anything about it could mean something else. */
function resolvePlain(argv: readonly string[], { verbs, spellings }: Names): Resolution | undefined {
  let found: VerbEntry | undefined;
  for (const entry of verbs) {
    const { path } = entry;
    if (path.length > (found?.path.length ?? 0) && path.every((word, i) => word === argv[i])) found = entry;
  }
  if (found === undefined || found.aliasOf !== undefined || found.path[0] === "help") return undefined;
  const typed = found.path.join(" ");
  const more = (other: string) => other === typed || other.startsWith(`${typed} `);
  if (spellings.some(([other]) => more(other))) return undefined;
  if (verbs.some(({ path }) => path.length > (found?.path.length ?? 0) && more(path.join(" ")))) return undefined;
  return { kind: "verb", entry: found, words: argv.slice(found.path.length) };
}

/** The same for every line, however it is spelled. */
export function resolveAny(argv: readonly string[], names: Names): Resolution {
  const targets = targetsOf(names);
  const { globals, path, rest } = leading(argv, targets);
  const [first] = rest;
  if (path.length === 0 && (first === undefined || first.startsWith("-"))) {
    return first === undefined ? { kind: "bare", globals } : { kind: "unknown", typed: first, near: [], globals };
  }
  for (let length = path.length; length > 0; length--) {
    const target = targets.get(path.slice(0, length).join(" "));
    if (target === undefined) continue;
    // `_ goal nonsense` must not become a verb `_ goal` with an argument; there is none, so only true verbs get here.
    const words = adapt(path.slice(0, length).join(" "), [...path.slice(length), ...rest]);
    return { kind: "verb", entry: target, words: [...globals, ...words] };
  }
  if (path.length > 0 && first === undefined) return { kind: "group", path, globals };
  if (path.length > 0 && first?.startsWith("-")) return { kind: "group", path, globals: [...globals, ...rest] };
  return unknown([...path, ...(first === undefined ? [] : [first])], names, [...globals, ...rest]);
}

function targetsOf(names: Names): ReadonlyMap<string, VerbEntry> {
  const own = new Map(names.verbs.map((entry) => [entry.path.join(" "), entry]));
  const targets = new Map<string, VerbEntry>();
  for (const [typed, meant] of names.spellings) {
    const entry = own.get(meant);
    if (entry !== undefined) targets.set(typed, entry);
  }
  for (const [typed, entry] of own) {
    const meant = entry.aliasOf === undefined ? undefined : own.get(entry.aliasOf.join(" "));
    targets.set(typed, meant ?? entry);
  }
  return targets;
}

/** Takes words while they can still become a longer path; global options in front of or between them are set aside. */
function leading(
  argv: readonly string[],
  targets: ReadonlyMap<string, VerbEntry>,
): { readonly globals: readonly string[]; readonly path: readonly string[]; readonly rest: readonly string[] } {
  const prefixes = new Set<string>();
  const extendable = new Set<string>([""]);
  for (const typed of targets.keys()) {
    const words = typed.split(" ");
    for (let n = 1; n <= words.length; n++) prefixes.add(words.slice(0, n).join(" "));
    for (let n = 1; n < words.length; n++) extendable.add(words.slice(0, n).join(" "));
  }
  const globals: string[] = [];
  const path: string[] = [];
  let at = 0;
  for (; at < argv.length; at++) {
    const word = argv[at] ?? "";
    if (GLOBAL.test(word) && extendable.has(path.join(" "))) {
      globals.push(word);
      const name = argv[at + 1];
      if (word === "--client" && name !== undefined) {
        globals.push(name);
        at++;
      }
      continue;
    }
    if (!prefixes.has([...path, word].join(" "))) break;
    path.push(word);
  }
  return { globals, path, rest: argv.slice(at) };
}

/**
 * Help takes whatever looks like an option for a slip, never for an error. And a forerunner's third word was the runner:
 * `start-session <id> <prompt> [runner]`.
 */
function adapt(typed: string, words: readonly string[]): readonly string[] {
  if (typed === "help") return words.filter((word) => !word.startsWith("-") || word === "--json");
  if (typed !== "start-session") return words;
  const [id, prompt, runner, ...more] = words;
  if (id === undefined || prompt === undefined || runner === undefined || more.length > 0) return words;
  return runner.startsWith("-") || id.startsWith("-") ? words : [id, "--runner", runner, "--", prompt];
}

function unknown(typed: readonly string[], names: Names, globals: readonly string[]): Resolution {
  const shown = names.verbs.filter((entry) => entry.hidden !== true).map((entry) => entry.path.join(" "));
  const text = typed.join(" ");
  const plain = text.replace(/^_ /, "");
  // People leave the `_` out, or put it where it does not belong.
  const near = suggest(text, shown);
  const twisted = suggest(plain, shown.map((path) => path.replace(/^_ /, "")));
  const found = near.length > 0 ? near : shown.filter((path) => twisted.includes(path.replace(/^_ /, ""))).slice(0, 3);
  return { kind: "unknown", typed: text, near: found, globals };
}
