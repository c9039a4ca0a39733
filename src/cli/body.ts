import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import type { Terminal } from "../os/terminal.ts";
import { usageLine } from "../verbs/help/usage.ts";
import type { Input, VerbEntry } from "../verbs/verb.ts";

/** The largest body that is taken: a goal, a script, a prompt beyond this is a mistake. */
export const BODY_MAX_BYTES = 10 * 1024 * 1024;

/** How long a stdin that is no terminal may stay silent before we say what was expected. */
const SILENT_MS = 5000;

/** A person who typed `-` is given the time to type. */
const TYPING_MS = 3_600_000;

/**
 * Fills in the body of an input: the words given (joined by one blank), or stdin for `-` or when it was left out and stdin is no
 * terminal. One line break at the end of stdin is taken off, so that `echo yes | …` and `… yes` are the same. Empty, binary and
 * oversized bodies are refused, except where the entry takes bytes. A body that the entry does not require is left out when nothing comes.
 */
export async function withBody(terminal: Terminal, entry: VerbEntry, input: Input): Promise<Result<Input>> {
  if (entry.body === undefined) return ok(input);
  const name = entry.body;
  const given = input[name];
  const words = typeof given === "string" ? [given] : Array.isArray(given) ? given as readonly string[] : [];
  const spec = entry.args.find((arg) => arg.name === name);
  const verb = `looop ${entry.path.join(" ")}`;
  const asBytes = entry.bytesWith !== undefined && input[entry.bytesWith] === true;
  if (words.length > 0 && !(words.length === 1 && words[0] === "-")) {
    if (asBytes) return withBytes(verb, input, name, new TextEncoder().encode(words.join(" ")));
    return withText(verb, input, name, words.join(" "));
  }
  const dash = words.length === 1;
  const optional = spec?.required !== true && !dash;
  const without: Input = { ...input, [name]: undefined };
  if (!dash && (terminal.stdinIsTerminal || !precedingGiven(entry, input))) {
    return optional ? ok(without) : missing(entry);
  }
  const read = await terminal.readIn({
    maxBytes: BODY_MAX_BYTES,
    firstByteMs: terminal.stdinIsTerminal ? TYPING_MS : SILENT_MS,
  });
  if (read.kind === "too_large") return tooLarge(verb, name);
  if (read.kind === "silent") return optional ? ok(without) : silent(entry);
  if (read.bytes.length === 0 && optional) return ok(without);
  if (asBytes) return withBytes(verb, input, name, read.bytes);
  const text = decode(read.bytes);
  if (text === undefined) return binary(verb, name);
  return withText(verb, input, name, text.replace(/\r?\n$/, ""));
}

/** A body belongs to something: without the arguments in front of it there is nothing to read one for. */
function precedingGiven(entry: VerbEntry, input: Input): boolean {
  if (!entry.args.some((arg) => arg.name === entry.body)) return true; // the body is an option: nothing stands in front of it
  for (const arg of entry.args) {
    if (arg.name === entry.body) return true;
    if (input[arg.name] === undefined) return false;
  }
  return true;
}

/** Strict UTF-8 without NUL, or undefined. */
function decode(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function withText(verb: string, input: Input, name: string, text: string): Result<Input> {
  if (text.includes("\0")) return binary(verb, name);
  if (text.length > BODY_MAX_BYTES) return tooLarge(verb, name);
  if (text.trim() === "") return empty(verb, name);
  return ok({ ...input, [name]: text });
}

function withBytes(verb: string, input: Input, name: string, bytes: Uint8Array): Result<Input> {
  if (bytes.length === 0) return empty(verb, name);
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return ok({ ...input, [name]: text });
}

function empty(verb: string, name: string): Result<never> {
  return fail("usage", `run ${verb}`, `the ${name} is empty`, { hint: "give some text, as an argument or on stdin" });
}

function binary(verb: string, name: string): Result<never> {
  return fail("usage", `run ${verb}`, `the ${name} is not text: it has to be UTF-8 without NUL bytes`);
}

function tooLarge(verb: string, name: string): Result<never> {
  return fail("usage", `run ${verb}`, `the ${name} is larger than ${BODY_MAX_BYTES / 1024 / 1024} MiB`, {
    hint: "put what is large in a file and name its path",
  });
}

function missing(entry: VerbEntry): Result<never> {
  return fail("usage", `run looop ${entry.path.join(" ")}`, `<${entry.body}> is missing`, {
    hint: `give it as an argument or on stdin: ${usageLine(entry)}`,
  });
}

function silent(entry: VerbEntry): Result<never> {
  const seconds = SILENT_MS / 1000;
  return fail("usage", `run looop ${entry.path.join(" ")}`, `nothing came on stdin for ${seconds} seconds`, {
    hint: `give the ${entry.body} as an argument, or pipe it in: ${usageLine(entry)}`,
  });
}
