/** A place in a text, both from 1; the column counts UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What is wrong with a JSON text, and where. */
export interface JsonProblem extends Position {
  readonly message: string;
}

/** Where the keys of a JSON text stand, or why it is none. Keys are joined by dots; list members are numbers. */
export type JsonScan =
  | { readonly ok: true; readonly keys: ReadonlyMap<string, Position> }
  | { readonly ok: false; readonly problem: JsonProblem };

/**
 * Reads a JSON text for its positions alone. The runtime's parser says what is wrong in words that change with its version, and
 * where only now and then; people who edited a file by hand need the line.
 */
export function scanJson(text: string): JsonScan {
  const state: State = { text, at: 0, depth: 0, keys: new Map() };
  try {
    blanks(state);
    value(state, "");
    blanks(state);
    if (state.at < text.length) stop(state, "there is something behind the end of the object");
    return { ok: true, keys: state.keys };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return { ok: false, problem: { message: error.message, ...positionOf(text, state.at) } };
  }
}

/** Nobody nests a config like this; without a bound a hostile or broken file would end the recursion for us. */
const DEEPEST = 64;

interface State {
  readonly text: string;
  at: number;
  depth: number;
  readonly keys: Map<string, Position>;
}

/** Leaves the recursion; never leaves this file. */
class Stop extends Error {}

function stop(state: State, message: string): never {
  const here = state.text.slice(state.at, state.at + 2);
  if (state.at >= state.text.length) throw new Stop(`${message}, and the text ends here`);
  if (here === "//" || here === "/*" || here[0] === "#") throw new Stop("comments are not possible in JSON");
  if (here[0] === "'") throw new Stop("texts stand in double quotes");
  throw new Stop(message);
}

function value(state: State, path: string): void {
  switch (state.text[state.at]) {
    case "{":
      return nested(state, () => object(state, path));
    case "[":
      return nested(state, () => list(state, path));
    case '"':
      return void string(state);
  }
  const scalar = /(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null)(?![A-Za-z0-9_.])/y;
  scalar.lastIndex = state.at;
  const match = scalar.exec(state.text);
  if (match === null) stop(state, "a value is wanted here");
  state.at += match[0].length;
}

function nested(state: State, read: () => void): void {
  if (state.depth >= DEEPEST) stop(state, `it is nested deeper than ${DEEPEST}`);
  state.depth++;
  read();
  state.depth--;
}

function object(state: State, path: string): void {
  state.at++;
  blanks(state);
  if (taken(state, "}")) return;
  do {
    blanks(state);
    if (state.text[state.at] === "}") stop(state, "the comma before this } is one too many");
    if (state.text[state.at] !== '"') stop(state, "a key in double quotes is wanted here");
    const start = state.at;
    const key = string(state);
    const name = path === "" ? key : `${path}.${key}`;
    if (state.keys.has(name)) {
      state.at = start;
      stop(state, `the key "${key}" is there twice`);
    }
    state.keys.set(name, positionOf(state.text, start));
    blanks(state);
    if (!taken(state, ":")) stop(state, `a colon is wanted behind "${key}"`);
    blanks(state);
    value(state, name);
    blanks(state);
  } while (taken(state, ","));
  if (!taken(state, "}")) stop(state, "a comma or } is wanted here");
}

function list(state: State, path: string): void {
  state.at++;
  blanks(state);
  if (taken(state, "]")) return;
  let n = 0;
  do {
    blanks(state);
    if (state.text[state.at] === "]") stop(state, "the comma before this ] is one too many");
    const name = path === "" ? `${n}` : `${path}.${n}`;
    state.keys.set(name, positionOf(state.text, state.at));
    value(state, name);
    n++;
    blanks(state);
  } while (taken(state, ","));
  if (!taken(state, "]")) stop(state, "a comma or ] is wanted here");
}

function string(state: State): string {
  const start = state.at;
  state.at++;
  for (;;) {
    const c = state.text[state.at];
    if (c === undefined || c === "\n") {
      state.at = start;
      throw new Stop("the text that starts here has no closing quote");
    }
    if (c < " ") throw new Stop("a control character (a tab, perhaps) stands in a text");
    if (c === '"') break;
    if (c === "\\") escape(state);
    else state.at++;
  }
  state.at++;
  return JSON.parse(state.text.slice(start, state.at)) as string;
}

function escape(state: State): void {
  const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
  escaped.lastIndex = state.at;
  const match = escaped.exec(state.text);
  if (match === null) stop(state, "this backslash starts nothing that is known: write \\\\ for a backslash");
  state.at += match[0].length;
}

function blanks(state: State): void {
  while (state.at < state.text.length && " \t\r\n".includes(state.text[state.at] ?? "")) state.at++;
}

function taken(state: State, mark: string): boolean {
  if (state.text[state.at] !== mark) return false;
  state.at++;
  return true;
}

function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}
