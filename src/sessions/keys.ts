/** Named keys as a terminal sends them; the forerunner's names, case does not count. */
const NAMED: Readonly<Record<string, string>> = {
  enter: "\r",
  return: "\r",
  cr: "\r",
  tab: "\t",
  "s-tab": "\x1b[Z",
  esc: "\x1b",
  escape: "\x1b",
  space: " ",
  backspace: "\x7f",
  bs: "\x7f",
  insert: "\x1b[2~",
  delete: "\x1b[3~",
  pageup: "\x1b[5~",
  pagedown: "\x1b[6~",
  f1: "\x1bOP",
  f2: "\x1bOQ",
  f3: "\x1bOR",
  f4: "\x1bOS",
  f5: "\x1b[15~",
  f6: "\x1b[17~",
  f7: "\x1b[18~",
  f8: "\x1b[19~",
  f9: "\x1b[20~",
  f10: "\x1b[21~",
  f11: "\x1b[23~",
  f12: "\x1b[24~",
};

/** Keys whose code depends on the program's cursor mode, with the letter that ends it. */
const CURSOR: Readonly<Record<string, string>> = { up: "A", down: "B", right: "C", left: "D", home: "H", end: "F" };

/** Control characters that are no letters. */
const CONTROL: Readonly<Record<string, string>> = {
  space: "\0",
  "@": "\0",
  "[": "\x1b",
  "\\": "\x1c",
  "]": "\x1d",
  "^": "\x1e",
  _: "\x1f",
  "?": "\x7f",
};

/** Names that `key` knows, for help and completions. */
export const KEY_NAMES: readonly string[] = [...Object.keys(NAMED), ...Object.keys(CURSOR), "c-c", "c-d", "c-z", "m-x"];

/** True for keys that a program may have asked to get in another form. */
export function dependsOnCursorMode(name: string): boolean {
  return CURSOR[name.toLowerCase()] !== undefined;
}

/**
 * What a key sends: a name, one character, `C-x` `^x` `Ctrl-x`, `M-x` `Alt-x`, `S-Tab`, and `C-`, `M-`, `S-` before arrows, Home and
 * End. `application`: the program has switched cursor keys to application mode. Undefined for no key.
 */
export function keyBytes(name: string, application: boolean): string | undefined {
  const lower = name.toLowerCase();
  const plain = NAMED[lower];
  if (plain !== undefined) return plain;
  const cursor = CURSOR[lower];
  if (cursor !== undefined) return application ? `\x1bO${cursor}` : `\x1b[${cursor}`;
  if ([...name].length === 1) return name;
  const caret = /^\^(.+)$/s.exec(name);
  if (caret?.[1] !== undefined) return controlled(caret[1]);
  const modified = /^((?:(?:c|ctrl|m|alt|s|shift)-)+)(.+)$/is.exec(name);
  const [, prefix, base] = modified ?? [];
  if (prefix === undefined || base === undefined) return undefined;
  const has = (pattern: RegExp): boolean => pattern.test(prefix);
  const [control, alt, shift] = [has(/\bc(trl)?-/i), has(/\b(m|alt)-/i), has(/\bs(hift)?-/i)];
  const letter = CURSOR[base.toLowerCase()];
  if (letter !== undefined) return `\x1b[1;${1 + (shift ? 1 : 0) + (alt ? 2 : 0) + (control ? 4 : 0)}${letter}`;
  if (shift) return control || alt ? undefined : shifted(base);
  const inner = control ? controlled(base) : keyBytes(base, application);
  return inner === undefined ? undefined : alt ? `\x1b${inner}` : inner;
}

function controlled(base: string): string | undefined {
  if (/^[A-Za-z]$/.test(base)) return String.fromCharCode(base.toUpperCase().charCodeAt(0) - 64);
  return CONTROL[base.toLowerCase()];
}

function shifted(base: string): string | undefined {
  if (base.toLowerCase() === "tab") return "\x1b[Z";
  return [...base].length === 1 ? base.toUpperCase() : undefined;
}
