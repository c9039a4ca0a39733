import {
  type Assignment,
  type Command,
  forEachChild,
  parse,
  type ParsedScript,
  type Pipeline,
  type SyntaxNode,
} from "unbash";
import type { Carried } from "./command.ts";
import { INTERPRETERS, irreversible, writeProblem } from "./irreversible.ts";
import type { Where } from "./protected_path.ts";
import { baseName, isWrapper, type Pipe, stdinText, substitutedPipe, through } from "./shell_pipe.ts";
import { assign, emptyScope, remember, withPositional } from "./shell_scope.ts";
import { firstText, readings, type Scope, UNKNOWN } from "./shell_value.ts";
import { innerCommand, shellReads, SHELLS } from "./wrappers.ts";

/** How deep lines may be nested in lines. */
const DEEPEST = 12;

/** How many ways to read one command are followed. */
const MOST_COMMANDS = 256;

/**
 * Why a command is plainly irreversible, or undefined. Reads exactly what would be executed, as the shell would: quotes, variables,
 * substitutions, wrappers, nested shells and pipes into shells. It is a tripwire for mistakes, no sandbox: a program that looop
 * does not know, and a script in a file, do what they like.
 */
export function tripwire(command: Carried): string | undefined {
  const sight: Sight = {
    scope: emptyScope(),
    where: { kind: "data" },
    depth: 0,
    relays: new Set(),
    pipe: undefined,
    inFunction: false,
  };
  return command.kind === "line" ? judgeLine(command.line, sight) : judgeArgv(command.argv, sight);
}

/** What is known where a command stands. */
interface Sight {
  readonly scope: Scope;
  where: Where;
  readonly depth: number;
  /** Functions that run their arguments. */
  readonly relays: Set<string>;
  readonly pipe: Pipe | undefined;
  readonly inFunction: boolean;
}

function judgeLine(line: string, sight: Sight): string | undefined {
  if (sight.depth > DEEPEST) return "it is nested too deeply to be read";
  const script = parse(line);
  return judgeScript(script, line, { ...sight, depth: sight.depth + 1 });
}

function judgeScript(script: ParsedScript, source: string, sight: Sight): string | undefined {
  const [error] = script.errors ?? [];
  if (error !== undefined) return `it cannot be read as a shell line (${error.message})`;
  return judgeNode(script, source, sight);
}

/** Looks at a node and at all below it, in the order of the text. */
function judgeNode(node: SyntaxNode, source: string, sight: Sight): string | undefined {
  switch (node.type) {
    case "Command":
      return judgeCommand(node, source, sight);
    case "Pipeline":
      return judgePipeline(node, source, sight);
    case "Redirect":
      return judgeRedirect(node, sight) ?? judgeBelow(node, source, sight);
    case "For":
    case "Select":
      for (const word of node.wordlist ?? []) {
        for (const words of readings(word, sight.scope)) assign(sight.scope, node.name.value, words);
      }
      return judgeBelow(node, source, sight);
    case "Function":
      return judgeFunction(node, source, sight);
    case "Subshell":
      return judgeBelow(node, source, { ...sight });
    case "Script":
      if ("errors" in node && node.errors !== undefined && node.errors.length > 0) {
        return `it cannot be read as a shell line (${node.errors[0]?.message})`;
      }
      return judgeBelow(node, source, sight);
    default:
      return judgeBelow(node, source, sight);
  }
}

function judgeBelow(node: SyntaxNode, source: string, sight: Sight): string | undefined {
  let reason: string | undefined;
  forEachChild(node, (child) => {
    reason ??= judgeNode(child, source, sight);
  });
  return reason;
}

function judgePipeline(node: Pipeline, source: string, sight: Sight): string | undefined {
  let pipe = sight.pipe;
  for (const command of node.commands) {
    const reason = judgeNode(command, source, { ...sight, pipe });
    if (reason !== undefined) return reason;
    pipe = through(command, pipe, sight.scope);
  }
  return undefined;
}

function judgeRedirect(node: SyntaxNode & { readonly type: "Redirect" }, sight: Sight): string | undefined {
  if (node.target === undefined || node.operator === "<" || node.operator === "<&") return undefined;
  const onto = readings(node.target, sight.scope).flat();
  return onto.map(writeProblem).find((problem) => problem !== undefined);
}

function judgeFunction(
  node: SyntaxNode & { readonly type: "Function" },
  source: string,
  sight: Sight,
): string | undefined {
  const name = node.name.value;
  const body = source.slice(node.body.pos, node.body.end);
  const quoted = name.replace(/[^A-Za-z0-9_]/g, "\\$&");
  if (new RegExp(`(?:^|[\\s;{(])${quoted}\\s*\\|\\s*${quoted}(?:[\\s;&})]|$)`).test(body)) {
    return "it forks without end";
  }
  if (runsItsArguments(node.body, sight.scope)) sight.relays.add(name);
  return judgeBelow(node, source, { ...sight, inFunction: true });
}

/** `"$@"` where a program is named, also behind a wrapper: whoever calls the function says what runs. */
function runsItsArguments(body: SyntaxNode, scope: Scope): boolean {
  let found = false;
  function look(node: SyntaxNode): void {
    if (node.type === "Command" && node.name !== undefined) {
      const words = isWrapper(node.name, scope) ? [node.name, ...node.args] : [node.name];
      found ||= words.some((word) => /^"?\$\{?[@*1]/.test(word.text));
    }
    forEachChild(node, look);
  }
  look(body);
  return found;
}

function judgeCommand(command: Command, source: string, sight: Sight): string | undefined {
  for (const node of [...command.prefix, ...command.suffix]) {
    if (node.type === "Assignment") remember(node, sight.scope);
  }
  const below = judgeBelow(command, source, sight);
  if (below !== undefined || command.name === undefined) return below;
  const here = stdinText(command, sight.scope);
  const pipe = here === undefined ? sight.pipe : { downloaded: false, decoded: false, text: here };
  const inner: Sight = { ...sight, pipe: substitutedPipe(command, sight.scope) ?? pipe };
  for (const argv of commandsOf(command, sight.scope)) {
    const reason = judgeArgv(argv, inner);
    if (reason !== undefined) return reason;
  }
  sight.where = whereAfter(command, sight);
  return undefined;
}

/** Every list of words that a command can become. */
function commandsOf(command: Command, scope: Scope): readonly (readonly string[])[] {
  const words = [command.name, ...command.args].filter((word) => word !== undefined);
  let commands: readonly (readonly string[])[] = [[]];
  for (const word of words) {
    const nexts = word.type === "Word" ? readings(word, scope) : [[assignedText(word, scope)]];
    commands = commands.flatMap((head) => nexts.map((next) => [...head, ...next])).slice(0, MOST_COMMANDS);
  }
  return commands;
}

/** `name=value` as an argument (`alias l='ls -l'`), quotes undone. */
function assignedText(node: Assignment, scope: Scope): string {
  return node.value.type === "Word" ? `${node.name}=${firstText(node.value, scope)}` : node.text;
}

function judgeArgv(argv: readonly string[], sight: Sight): string | undefined {
  if (sight.depth > DEEPEST) return "it is nested too deeply to be read";
  const [word = "", ...args] = argv;
  const name = baseName(word.replaceAll(UNKNOWN, ""));
  const plain = irreversible(name, args, sight.where);
  if (plain !== undefined) return plain;
  if (isUnknown(word, sight)) return "what it would run cannot be told before it runs: write the name of the program";
  const deeper: Sight = { ...sight, depth: sight.depth + 1 };
  if (SHELLS.test(name)) return judgeShell(name, args, deeper);
  if (name === "." || name === "source") return judgeSource(args, deeper);
  if (INTERPRETERS.test(name) && sight.pipe?.downloaded === true && args.every((arg) => arg === "-")) {
    return "it runs what it downloads unseen";
  }
  if (name === "git") return judgeGitAliases(args, deeper);
  if (name === "find" || name === "gfind") return judgeFindExec(args, deeper);
  if (sight.relays.has(name) && args.length > 0) return judgeArgv(args, deeper);
  return judgeInner([name, ...args], deeper);
}

function judgeInner(argv: readonly string[], sight: Sight): string | undefined {
  const stdin = sight.pipe?.text?.split(/\s+/).filter((word) => word !== "");
  const inner = innerCommand(argv, stdin);
  if (inner === undefined || inner.kind === "nothing") return undefined;
  if (inner.kind === "argv") {
    for (const text of inner.assigned ?? []) {
      assign(sight.scope, text.slice(0, text.indexOf("=")), [text.slice(text.indexOf("=") + 1)]);
    }
    return judgeArgv(inner.argv, sight);
  }
  return judgeGenerated(inner.line, sight);
}

/** A line that was put together: where nothing of it is known, nobody can say that it is harmless. */
function judgeGenerated(line: string, sight: Sight): string | undefined {
  if (line.includes(UNKNOWN) && line.replaceAll(UNKNOWN, "").trim() === "") {
    return "what it would run cannot be told before it runs: write it out";
  }
  return judgeLine(line, sight);
}

function judgeShell(name: string, args: readonly string[], sight: Sight): string | undefined {
  const reads = shellReads(args);
  switch (reads.kind) {
    case "line":
      return judgeGenerated(reads.line, { ...sight, scope: withPositional(sight.scope, reads.positional) });
    case "stdin":
      return judgeStdin(name, sight);
    case "file":
      return reads.path.includes(UNKNOWN) ? judgeStdin(name, sight) : undefined;
  }
}

function judgeStdin(name: string, sight: Sight): string | undefined {
  const { pipe } = sight;
  if (pipe === undefined) return undefined;
  if (pipe.downloaded) return "it runs what it downloads unseen";
  if (pipe.decoded) return `it hides from a reader what ${name} would run`;
  return pipe.text === undefined ? undefined : judgeLine(pipe.text, { ...sight, pipe: undefined });
}

function judgeSource(args: readonly string[], sight: Sight): string | undefined {
  const [path = ""] = args;
  return path.includes(UNKNOWN) || path === "/dev/stdin" ? judgeStdin("the shell", sight) : undefined;
}

/** `git -c alias.x='!sh …' x` runs a line of a shell. */
function judgeGitAliases(args: readonly string[], sight: Sight): string | undefined {
  for (const arg of args) {
    const line = /^(?:[A-Za-z0-9.-]+=)?!(.+)$/s.exec(arg)?.[1];
    const reason = line === undefined ? undefined : judgeLine(line, sight);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function judgeFindExec(args: readonly string[], sight: Sight): string | undefined {
  for (const [i, arg] of args.entries()) {
    if (!/^-(?:exec|execdir|ok|okdir)$/.test(arg)) continue;
    const end = args.findIndex((word, at) => at > i && (word === ";" || word === "+"));
    // What was found stands for a file of which only that is known.
    const argv = args.slice(i + 1, end < 0 ? args.length : end).map((word) => word.replaceAll("{}", `found${UNKNOWN}`));
    const reason = judgeArgv(argv, { ...sight, where: { kind: "unknown" } });
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Whether nobody can tell which program a word names. Within a function its arguments may be one: its calls are looked at instead. */
function isUnknown(word: string, sight: Sight): boolean {
  const base = word.slice(word.lastIndexOf("/") + 1);
  if (base.includes(UNKNOWN)) return !(sight.inFunction && word === UNKNOWN && sight.scope.positional === undefined);
  return /[*?[]/.test(base) && base !== "[" && base !== "[[";
}

function whereAfter(command: Command, sight: Sight): Where {
  const name = command.name === undefined ? "" : firstText(command.name, sight.scope);
  if (name !== "cd" && name !== "pushd") return sight.where;
  const [arg] = command.args.filter((one) => one.type === "Word" && !/^-./.test(one.value));
  const path = arg === undefined ? "~" : arg.type === "Word" ? firstText(arg, sight.scope) : "";
  if (path.includes(UNKNOWN) || path === "-" || path === "") return { kind: "unknown" };
  if (/^[/~]/.test(path)) return { kind: "path", path };
  if (/^(?:\.\/?)+$/.test(path)) return sight.where;
  return sight.where.kind === "path" ? { kind: "path", path: `${sight.where.path}/${path}` } : { kind: "unknown" };
}
