import type { Word, WordPart } from "unbash";

/** Stands in a text for what nobody can tell before it runs: an unset variable, the output of a command. */
export const UNKNOWN = "\uE000";

/** The data dir as a path, wherever it lies. */
export const DATA_DIR = "/\uE001";

/** How many readings of one word are followed: `{a,b}{c,d}…` and variables that were given several values multiply. */
const MOST_READINGS = 64;

/** What is known of variables at a point of a script. Without regard to order and branches: every value that a name was ever given counts. */
export interface Scope {
  readonly variables: Map<string, Set<string>>;
  /** The positional parameters, when it is known what they are. */
  readonly positional?: readonly string[] | undefined;
  /** Answers what a command substitution prints, as far as it can be told without running it. */
  readonly substitute: (part: WordPart) => string | undefined;
}

/** Variables whose value is known well enough without being set in the script. */
const AMBIENT: Readonly<Record<string, string>> = {
  HOME: "~",
  LOOOP_DATA_DIR: DATA_DIR,
  LOOOP_BIN: "looop",
  PWD: ".",
  SHELL: "sh",
  EDITOR: "vi",
  VISUAL: "vi",
  PAGER: "less",
};

/**
 * Reads a word as a shell would, as far as that can be told: quotes and escapes undone, known variables put in, braces expanded. Each
 * reading is the list of words that it becomes (an unquoted variable may become several); globs stay as they are.
 */
export function readings(word: Word, scope: Scope): readonly (readonly string[])[] {
  const texts = braces(word.parts) ? expandBraces(word.text).map(unquote) : textsOf(word.parts, word.value, scope);
  const splits = (word.parts ?? []).some((part) => isExpansion(part) || isAllArguments(part));
  return texts.slice(0, MOST_READINGS).map((text) => splits ? fields(text, scope) : [text]);
}

/** One reading of a word as one text. */
export function firstText(word: Word, scope: Scope): string {
  return readings(word, scope)[0]?.join(" ") ?? "";
}

function fields(text: string, scope: Scope): readonly string[] {
  const separators = [...scope.variables.get("IFS") ?? [], " ", "\t", "\n"].join("");
  const words = text.split(new RegExp(`[${separators.replace(/[\]\\^-]/g, "\\$&")}]+`)).filter((field) => field !== "");
  return words.length === 0 ? [UNKNOWN] : words;
}

function isExpansion(part: WordPart): boolean {
  return part.type === "SimpleExpansion" || part.type === "ParameterExpansion" || part.type === "CommandExpansion";
}

/** `"$@"`: several words although it is quoted. */
function isAllArguments(part: WordPart): boolean {
  return part.type === "DoubleQuoted" && /^"\$(?:@|\{@\})"$/.test(part.text);
}

function braces(parts: readonly WordPart[] | undefined): boolean {
  return (parts ?? []).some((part) => part.type === "BraceExpansion");
}

/** All texts that parts can become: the product of what each can be. */
function textsOf(parts: readonly WordPart[] | undefined, whole: string, scope: Scope): readonly string[] {
  if (parts === undefined) return [whole];
  let texts: readonly string[] = [""];
  for (const part of parts) {
    const nexts = partTexts(part, scope);
    texts = texts.flatMap((text) => nexts.map((next) => text + next)).slice(0, MOST_READINGS);
  }
  return texts;
}

function partTexts(part: WordPart, scope: Scope): readonly string[] {
  switch (part.type) {
    case "Literal":
    case "SingleQuoted":
    case "AnsiCQuoted":
      return [part.value];
    case "DoubleQuoted":
    case "LocaleString":
      return textsOf(part.parts, "", scope);
    case "SimpleExpansion":
      return variable(part.text.slice(1), scope);
    case "ParameterExpansion":
      return parameter(part, scope);
    case "CommandExpansion":
    case "ProcessSubstitution":
      return [scope.substitute(part) ?? UNKNOWN];
    case "ArithmeticExpansion":
      return ["0"];
    case "Glob":
    case "ExtendedGlob":
    case "BraceExpansion":
      return [part.text];
  }
}

function variable(name: string, scope: Scope): readonly string[] {
  if (name === "@" || name === "*") return [scope.positional?.slice(1).join(" ") ?? UNKNOWN];
  if (/^[0-9]$/.test(name)) return [scope.positional === undefined ? UNKNOWN : scope.positional[Number(name)] ?? ""];
  const given = scope.variables.get(name);
  if (given !== undefined) return [...given];
  return [AMBIENT[name] ?? UNKNOWN];
}

function parameter(part: WordPart & { readonly type: "ParameterExpansion" }, scope: Scope): readonly string[] {
  const values = variable(part.parameter, scope);
  const { operation } = part;
  if (part.prefix !== undefined) return [UNKNOWN];
  if (operation === undefined) return values;
  // Cut at its ends it is still nearly the same.
  if (operation.type === "Remove") return values;
  if (operation.type !== "Default") return [UNKNOWN];
  // Stops the script rather than be empty: some text, of which only that is known.
  if (operation.operator.endsWith("?")) return values.map((value) => value === UNKNOWN ? `x${UNKNOWN}` : value);
  const other = readings(operation.operand, scope).map((fields) => fields.join(" "));
  return operation.operator.endsWith("+") ? [...other, ""] : [...values.filter((value) => value !== UNKNOWN), ...other];
}

/** `a{b,c}d` → `abd`, `acd`, from the left, quotes left in. Sequences (`{1..9}`) stay as they are. */
function expandBraces(text: string): readonly string[] {
  const open = findBrace(text);
  if (open === undefined) return [text];
  const head = text.slice(0, open.start);
  const results: string[] = [];
  for (const choice of open.choices) {
    for (const tail of expandBraces(choice + text.slice(open.end))) {
      results.push(head + tail);
      if (results.length >= MOST_READINGS) return results;
    }
  }
  return results;
}

function findBrace(
  text: string,
): { readonly start: number; readonly end: number; readonly choices: string[] } | undefined {
  for (let start = text.indexOf("{"); start >= 0; start = text.indexOf("{", start + 1)) {
    const choices: string[] = [];
    let depth = 0;
    let from = start + 1;
    for (let at = start; at < text.length; at++) {
      const char = text[at];
      if (char === "{") depth++;
      else if (char === "," && depth === 1) {
        choices.push(text.slice(from, at));
        from = at + 1;
      } else if (char === "}" && --depth === 0) {
        if (choices.length > 0) return { start, end: at + 1, choices: [...choices, text.slice(from, at)] };
        break;
      }
    }
  }
  return undefined;
}

function unquote(text: string): string {
  return text.replace(/\\(.)|['"]/gs, (_, escaped: string | undefined) => escaped ?? "")
    .replace(/\$\{?[A-Za-z_@*0-9]+\}?/g, UNKNOWN);
}
