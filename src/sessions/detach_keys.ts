// deno-lint-ignore-file no-control-regex -- escape sequences are what this file reads

/** Looks for the keys that leave an attached session in what is typed: Ctrl-\ twice, one right after the other. */
export interface DetachFilter {
  /** A first Ctrl-\ (and what a keyboard protocol said with it), kept until the next key shows what was meant. */
  pressed: string;
  /** An escape sequence that has begun and not ended. */
  partial: string;
  /** Inside of a bracketed paste, where nothing is a key. */
  pasting: boolean;
  /** For a viewer that types nothing into the session: Ctrl-C leaves too. */
  readonly onlyLooks: boolean;
}

/** What to do with a piece of input (a character for each byte). */
export interface Filtered {
  /** What goes to the session. */
  readonly forward: string;
  readonly detach: boolean;
}

/** A sequence that is not complete after this long was a key of its own: Esc. */
export const PARTIAL_MS = 10;

/** Longer than any key. */
const PARTIAL_MAX = 64;

const TOKEN = /\x1b\[[0-?]*[ -/]*[@-~]|\x1bO[@-~]|[^]/g;
const UNFINISHED = /\x1b(?:\[[0-?]*[ -/]*|O)?$/;

/** Nothing typed so far. */
export function newDetachFilter(onlyLooks = false): DetachFilter {
  return { pressed: "", partial: "", pasting: false, onlyLooks };
}

/** Takes the next bytes typed. What follows the keys that leave is dropped with them. */
export function filterKeys(filter: DetachFilter, chunk: string): Filtered {
  let text = filter.partial + chunk;
  filter.partial = "";
  const cut = UNFINISHED.exec(text);
  if (cut !== null && text.length - cut.index <= PARTIAL_MAX) {
    filter.partial = text.slice(cut.index);
    text = text.slice(0, cut.index);
  }
  return take(filter, text);
}

/** Nothing followed within `PARTIAL_MS`: what was held back as the beginning of a sequence goes on its way. */
export function flushKeys(filter: DetachFilter): Filtered {
  const text = filter.partial;
  filter.partial = "";
  return take(filter, text);
}

function take(filter: DetachFilter, text: string): Filtered {
  let forward = "";
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "\x1b[200~" || token === "\x1b[201~") filter.pasting = token === "\x1b[200~";
    const what = filter.pasting ? "other" : meaningOf(token, filter.onlyLooks);
    if (what === "leave" || (what === "press" && filter.pressed !== "")) return { forward, detach: true };
    if (what === "press" || (what === "beside" && filter.pressed !== "")) {
      filter.pressed += token;
      continue;
    }
    forward += filter.pressed + token;
    filter.pressed = "";
  }
  return { forward, detach: false };
}

/**
 * `press`: Ctrl-\ as a byte, as Kitty's protocol tells it (`CSI 92;5u`), or as xterm's modifyOtherKeys (`CSI 27;5;92~`). `beside`: told
 * with it and no key press of its own: its repeat and release, and the coming and going of modifier keys.
 */
function meaningOf(token: string, onlyLooks: boolean): "press" | "beside" | "leave" | "other" {
  if (token === "\x1c") return "press";
  if (token === "\x03") return onlyLooks ? "leave" : "other";
  const other = /^\x1b\[27;([0-9]+);([0-9]+)~$/.exec(token);
  if (other !== null) return keyMeaning([Number(other[2])], Number(other[1]), onlyLooks);
  const kitty = /^\x1b\[([0-9:]+)(?:;([0-9]*)(?::([0-9]+))?(?:;[0-9:]*)?)?u$/.exec(token);
  if (kitty === null) return "other";
  const [, codes = "", modifiers, event] = kitty;
  const keys = codes.split(":").map(Number);
  const [key = 0] = keys;
  if (key >= 57441 && key <= 57454) return "beside";
  const meaning = keyMeaning(keys, Number(modifiers || 1), onlyLooks);
  if (event === "3") return "beside";
  return event === "2" && meaning === "press" ? "beside" : meaning;
}

function keyMeaning(keys: readonly number[], modifiers: number, onlyLooks: boolean): "press" | "leave" | "other" {
  // Caps Lock and Num Lock do not count.
  if (((modifiers - 1) & ~(64 | 128)) !== 4) return "other";
  if (keys.includes(92)) return "press";
  return onlyLooks && keys.includes(99) ? "leave" : "other";
}
