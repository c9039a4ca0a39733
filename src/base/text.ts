// deno-lint-ignore-file no-control-regex -- taking control characters out is what this file is for

/** Escape sequences (CSI, OSC, DCS and the two-byte ones), as terminals read them. */
const ESCAPES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])/g;

/** Control characters but for tab and newline, and the marks that turn the direction of text around. */
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** Makes a text of outside origin safe to show on a terminal: no escapes, no controls but tab and newline, no bidi overrides. */
export function stripControls(text: string): string {
  return text.replace(/\r\n/g, "\n").replace(ESCAPES, "").replace(CONTROLS, "");
}

/** The same on one line: every run of white space becomes one blank, the ends are trimmed. */
export function oneLine(text: string): string {
  return stripControls(text.replace(/[\r\n\u2028\u2029]+/g, " ")).replace(/\s+/g, " ").trim();
}

/** Cuts a text to at most `max` UTF-16 units on a character boundary, with an ellipsis that counts. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, Math.max(0, max - 1));
  return (/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut) + "…";
}
