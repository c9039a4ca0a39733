import { type Command, forEachChild, type SyntaxNode, type Word } from "unbash";
import { DECODERS, DOWNLOADERS } from "./irreversible.ts";
import { firstText, type Scope } from "./shell_value.ts";
import { innerCommand } from "./wrappers.ts";

/** What reaches a command on its standard input. */
export interface Pipe {
  readonly downloaded: boolean;
  readonly decoded: boolean;
  /** The text, when it is known. */
  readonly text: string | undefined;
}

/** What a command hands on to the next one of a pipe. */
export function through(node: SyntaxNode, before: Pipe | undefined, scope: Scope): Pipe {
  const names = programNames(node, scope);
  return {
    downloaded: before?.downloaded === true || names.some((name) => DOWNLOADERS.test(name)),
    decoded: before?.decoded === true || names.some((name) => DECODERS.test(name)),
    text: node.type === "Command" ? printed(node, before, scope) : undefined,
  };
}

/** `<(curl …)` among the arguments: what it prints is read like standard input. */
export function substitutedPipe(command: Command, scope: Scope): Pipe | undefined {
  for (const arg of command.args) {
    for (const part of arg.type === "Word" ? arg.parts ?? [] : []) {
      if (part.type !== "ProcessSubstitution" || part.script === undefined) continue;
      const [statement] = part.script.commands;
      return through(statement?.command ?? part.script, undefined, scope);
    }
  }
  return undefined;
}

/** The programs that a part of a script names, also within wrappers. */
export function programNames(node: SyntaxNode, scope: Scope): readonly string[] {
  const names: string[] = [];
  function look(child: SyntaxNode): void {
    if (child.type === "Command" && child.name !== undefined) {
      for (const word of [child.name, ...child.args]) {
        if (word.type === "Word") names.push(baseName(firstText(word, scope)));
        if (word === child.name && !isWrapper(child.name, scope)) break;
      }
    }
    forEachChild(child, look);
  }
  look(node);
  return names;
}

/** Whether a program runs the command that its arguments are. */
export function isWrapper(name: Word, scope: Scope): boolean {
  return innerCommand([baseName(firstText(name, scope)), "x", "x"], undefined) !== undefined;
}

/** What a command prints, for the few that print their own words. */
export function printed(command: Command, before: Pipe | undefined, scope: Scope): string | undefined {
  const name = command.name === undefined ? "" : baseName(firstText(command.name, scope));
  const words = command.args.map((arg) => arg.type === "Word" ? firstText(arg, scope) : arg.text);
  if (name === "echo") return decoded(words.filter((word) => !/^-[neE]+$/.test(word)).join(" "));
  if (name === "printf") return decoded(words.map((word) => word.replace(/%[sbq]/g, " ")).join(" "));
  const hereText = stdinText(command, scope);
  if (name === "cat" && words.length === 0) return hereText ?? before?.text;
  return name === "tee" ? before?.text : undefined;
}

/** A text in which `\n` is a line break; with other escapes nobody can tell what it says. */
function decoded(text: string): string | undefined {
  const plain = text.replaceAll("\\n", "\n");
  return plain.includes("\\") ? undefined : plain;
}

/** The here-document or here-string of a command. */
export function stdinText(command: Command, scope: Scope): string | undefined {
  for (const redirect of command.redirects) {
    if (redirect.type === "HereDoc") return redirect.body.text;
    if (redirect.type === "HereString" && redirect.target !== undefined) return firstText(redirect.target, scope);
  }
  return undefined;
}

/** The name of a program however it is written: without its directory, in small letters, since some file systems do not tell them apart. */
export function baseName(word: string): string {
  return word.slice(word.lastIndexOf("/") + 1).toLowerCase();
}
