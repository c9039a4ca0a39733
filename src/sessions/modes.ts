// deno-lint-ignore-file no-control-regex -- escape sequences are what this file reads

/** What a program has switched its terminal to, as far as it outlasts the text on the screen. */
export interface Modes {
  /** Private modes (`CSI ? n h`), on or off as last set. */
  readonly set: Map<number, boolean>;
  /** The scroll region, the character set, the keypad: the last sequence of each kind. */
  readonly other: Map<string, string>;
  /** Flags of Kitty's keyboard protocol, as programs have pushed them. */
  readonly keyboard: string[];
  /** An escape sequence that was cut off at the end of what was scanned. */
  carry: string;
}

const SEQUENCE =
  /\x1b(?:\[\?([0-9;]*)([hl])|(\[[0-9;]*r)|([=>])|([()][0-9A-B])|(c|\[!p)|\[([<=>])([0-9]*)(?:;1?)?u|(\[>4(?:;[0-9]*)?m)|(\[[0-6]? q))/g;

/** Which modes switch to the other screen. */
const ALTERNATE: readonly number[] = [47, 1047, 1049];

/** A terminal as it is switched on. */
export function newModes(): Modes {
  return { set: new Map(), other: new Map(), keyboard: [], carry: "" };
}

/** Reads output (Latin-1 text, in order) and follows what it switches. */
export function scanModes(modes: Modes, chunk: string): void {
  const text = modes.carry + chunk;
  for (const match of text.matchAll(SEQUENCE)) {
    const [, numbers, onOff, region, keypad, charset, reset, push, flags, modify, shape] = match;
    if (reset !== undefined) {
      modes.set.clear();
      modes.other.clear();
      modes.keyboard.length = 0;
    } else if (region !== undefined) modes.other.set("region", `\x1b${region}`);
    else if (push !== undefined) scanKeyboard(modes.keyboard, push, flags ?? "");
    else if (modify !== undefined) modes.other.set("modify", `\x1b${modify}`);
    else if (shape !== undefined) modes.other.set("shape", `\x1b${shape}`);
    else if (keypad !== undefined) modes.other.set("keypad", `\x1b${keypad}`);
    else if (charset !== undefined) modes.other.set(charset.slice(0, 1), `\x1b${charset}`);
    else for (const n of (numbers ?? "").split(";")) if (n !== "") modes.set.set(Number(n), onOff === "h");
  }
  const last = text.lastIndexOf("\x1b");
  modes.carry = last >= 0 && text.length - last < 32 && !/^\x1b(\[[0-?]*[@-~]|[^[])/.test(text.slice(last))
    ? text.slice(last)
    : "";
}

function scanKeyboard(stack: string[], what: string, flags: string): void {
  if (what === "<") stack.splice(Math.max(0, stack.length - Number(flags || 1)));
  else {
    if (what === "=") stack.pop();
    stack.push(flags || "0");
  }
  // More than terminals keep is a program that never pops.
  if (stack.length > 64) stack.shift();
}

/** The sequences that bring a fresh terminal to these modes. */
export function modesPrefix(modes: Modes): string {
  const alternate = ALTERNATE.filter((n) => modes.set.get(n) === true).map((n) => `\x1b[?${n}h`);
  const rest = [...modes.set].filter(([n]) => !ALTERNATE.includes(n)).map(([n, on]) => `\x1b[?${n}${on ? "h" : "l"}`);
  return [...alternate, ...rest, ...modes.other.values(), keyboardOf(modes)].join("");
}

function keyboardOf({ keyboard }: Modes): string {
  const flags = keyboard.at(-1);
  return flags === undefined ? "" : `\x1b[>${flags}u`;
}

/** Private modes that say how keys, mouse and cursor behave. All others clear the screen, move the cursor, or pass within a moment. */
const BEHAVIOUR: readonly number[] = [1, 5, 7, 9, 12, 25, 45, 66, 1000, 1002, 1003, 1004, 1005, 1006, 1007, 1015, 1016]
  .concat([1036, 1039, 2004, 2031]);

/** The sequences that make a terminal behave as these modes say once its screen has been drawn: nothing on it moves. */
export function behaviourOf(modes: Modes): string {
  const set = BEHAVIOUR.filter((n) => modes.set.has(n)).map((n) =>
    `\x1b[?${n}${modes.set.get(n) === true ? "h" : "l"}`
  );
  const other = [...modes.other].filter(([kind]) => kind !== "region").map(([, sequence]) => sequence);
  return [...set, ...other, keyboardOf(modes)].join("");
}

/** The sequences that give a terminal back to a shell after a program had switched it so: also what the program itself never undid. */
export function undoModes(modes: Modes): string {
  const alternate = ALTERNATE.filter((n) => isOn(modes, n)).map((n) => `\x1b[?${n}l`).join("");
  const keyboard = modes.keyboard.length === 0 ? "" : `\x1b[<${modes.keyboard.length}u\x1b[=0u`;
  const modify = modes.other.has("modify") ? "\x1b[>4m" : "";
  const shape = modes.other.has("shape") ? "\x1b[0 q" : "";
  const off = [1, 5, 6, 9, 66, 1000, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 2004, 2026, 2031];
  const modesOff = off.map((n) => `\x1b[?${n}l`).join("");
  return `${alternate}${keyboard}${modify}${shape}${modesOff}\x1b[4l\x1b[?7h\x1b[?25h\x1b[r\x1b(B\x0f\x1b>\x1b[0m`;
}

/** True when the program has asked for this private mode. */
export function isOn(modes: Modes, mode: number): boolean {
  return modes.set.get(mode) === true;
}

/** The modes that matter to who types: cursor keys in application form, pastes in brackets. */
export const APPLICATION_CURSOR = 1;
export const BRACKETED_PASTE = 2004;
export const CURSOR_SHOWN = 25;
