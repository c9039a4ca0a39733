// deno-lint-ignore-file no-control-regex -- escape sequences are what this file reads

/** What a program has switched its terminal to, as far as it outlasts the text on the screen. */
export interface Modes {
  /** Private modes (`CSI ? n h`), on or off as last set. */
  readonly set: Map<number, boolean>;
  /** The scroll region, the character set, the keypad: the last sequence of each kind. */
  readonly other: Map<string, string>;
  /** An escape sequence that was cut off at the end of what was scanned. */
  carry: string;
}

const SEQUENCE = /\x1b(?:\[\?([0-9;]*)([hl])|(\[[0-9;]*r)|([=>])|([()][0-9A-B])|(c|\[!p))/g;

/** Which modes switch to the other screen. */
const ALTERNATE: readonly number[] = [47, 1047, 1049];

/** A terminal as it is switched on. */
export function newModes(): Modes {
  return { set: new Map(), other: new Map(), carry: "" };
}

/** Reads output (Latin-1 text, in order) and follows what it switches. */
export function scanModes(modes: Modes, chunk: string): void {
  const text = modes.carry + chunk;
  for (const match of text.matchAll(SEQUENCE)) {
    const [, numbers, onOff, region, keypad, charset, reset] = match;
    if (reset !== undefined) {
      modes.set.clear();
      modes.other.clear();
    } else if (region !== undefined) modes.other.set("region", `\x1b${region}`);
    else if (keypad !== undefined) modes.other.set("keypad", `\x1b${keypad}`);
    else if (charset !== undefined) modes.other.set(charset.slice(0, 1), `\x1b${charset}`);
    else for (const n of (numbers ?? "").split(";")) if (n !== "") modes.set.set(Number(n), onOff === "h");
  }
  const last = text.lastIndexOf("\x1b");
  modes.carry = last >= 0 && text.length - last < 32 && !/^\x1b(\[[0-?]*[@-~]|[^[])/.test(text.slice(last))
    ? text.slice(last)
    : "";
}

/** The sequences that bring a fresh terminal to these modes. */
export function modesPrefix(modes: Modes): string {
  const alternate = ALTERNATE.filter((n) => modes.set.get(n) === true).map((n) => `\x1b[?${n}h`);
  const rest = [...modes.set].filter(([n]) => !ALTERNATE.includes(n)).map(([n, on]) => `\x1b[?${n}${on ? "h" : "l"}`);
  return [...alternate, ...rest, ...modes.other.values()].join("");
}

/** True when the program has asked for this private mode. */
export function isOn(modes: Modes, mode: number): boolean {
  return modes.set.get(mode) === true;
}

/** The modes that matter to who types: cursor keys in application form, pastes in brackets. */
export const APPLICATION_CURSOR = 1;
export const BRACKETED_PASTE = 2004;
export const CURSOR_SHOWN = 25;
