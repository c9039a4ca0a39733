import type { Assignment, WordPart } from "unbash";
import { baseName, printed } from "./shell_pipe.ts";
import { firstText, readings, type Scope } from "./shell_value.ts";

/** Nothing is known but what the environment is like. */
export function emptyScope(positional?: readonly string[]): Scope {
  const scope: Scope = { variables: new Map(), positional, substitute: (part) => substituted(part, scope) };
  return scope;
}

/** The same variables for a line with positional parameters of its own. */
export function withPositional(scope: Scope, positional: readonly string[]): Scope {
  const inner: Scope = { variables: scope.variables, positional, substitute: (part) => substituted(part, inner) };
  return inner;
}

/** Keeps what an assignment gives a name. */
export function remember(node: Assignment, scope: Scope): void {
  if (node.value.type === "ArrayValue") {
    for (const element of node.value.elements) {
      for (const words of readings(element, scope)) assign(scope, node.name, words);
    }
    return;
  }
  for (const words of readings(node.value, scope)) assign(scope, node.name, words);
}

/** Adds a value that a name may have. */
export function assign(scope: Scope, name: string, words: readonly string[]): void {
  const known = scope.variables.get(name) ?? new Set<string>();
  if (known.size < 16) known.add(words.join(" "));
  scope.variables.set(name, known);
}

/** Programs whose output is made to be evaluated by a shell. */
const SETTERS =
  /^(?:ssh-agent|gpg-agent|brew|direnv|mise|asdf|fnm|pyenv|rbenv|nodenv|opam|dircolors|luarocks|conda|micromamba|devbox|locale-gen|tput)$/;

/** What a substitution prints, for the few that can be told: `$(echo x)`, `$(command -v x)`, `$(pwd)`. */
function substituted(part: WordPart, scope: Scope): string | undefined {
  if (part.type !== "CommandExpansion" || part.script === undefined) return undefined;
  const statements = part.script.commands;
  const command = statements.length === 1 ? statements[0]?.command : undefined;
  if (command?.type !== "Command" || command.name === undefined) return undefined;
  const name = baseName(firstText(command.name, scope));
  const words = command.args.map((arg) => arg.type === "Word" ? firstText(arg, scope) : arg.text);
  if (SETTERS.test(name)) return ":";
  if (name === "pwd") return ".";
  if (name === "which") return words.at(-1);
  if (name === "command" && /^-[vV]$/.test(words[0] ?? "")) return words[1];
  return name === "echo" || name === "printf" ? printed(command, undefined, scope)?.trim() : undefined;
}
