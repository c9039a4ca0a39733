import { assertEquals } from "../../kit/assert.ts";
import { keyBytes } from "../../../src/sessions/keys.ts";
import { isOn, modesPrefix, newModes, scanModes } from "../../../src/sessions/modes.ts";
import { safeEnd, strip } from "../../../src/sessions/strip.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("keyBytes() knows names, controls, modifiers and the cursor mode", () => {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["Enter", "\r"],
    ["esc", "\x1b"],
    ["BS", "\x7f"],
    ["C-c", "\x03"],
    ["^C", "\x03"],
    ["Ctrl-z", "\x1a"],
    ["C-Space", "\0"],
    ["C-[", "\x1b"],
    ["C-\\", "\x1c"],
    ["C-_", "\x1f"],
    ["M-x", "\x1bx"],
    ["Alt-Enter", "\x1b\r"],
    ["S-Tab", "\x1b[Z"],
    ["Up", "\x1b[A"],
    ["C-Right", "\x1b[1;5C"],
    ["C-S-Left", "\x1b[1;6D"],
    ["M-Home", "\x1b[1;3H"],
    ["F12", "\x1b[24~"],
    ["x", "x"],
    ["ü", "ü"],
    ["-", "-"],
    ["^", "^"],
    ["nokey", undefined],
    ["C-nokey", undefined],
    ["", undefined],
  ];
  for (const [name, want] of rows) assertEquals(keyBytes(name, false), want, name);
  assertEquals([keyBytes("Up", true), keyBytes("End", true)], ["\x1bOA", "\x1bOF"]);
});

Deno.test("safeEnd() holds back what is cut off, and only that", () => {
  const rows: readonly (readonly [string, Uint8Array, number])[] = [
    ["plain", bytes("abc\n"), 4],
    ["half a character", bytes("aü").slice(0, 2), 1],
    ["three of four bytes", bytes("a😀").slice(0, 4), 1],
    ["a whole character", bytes("a😀"), 5],
    ["a lone continuation", new Uint8Array([0x61, 0x80]), 2],
    ["an escape", bytes("a\x1b"), 1],
    ["half a CSI", bytes("a\x1b[12;"), 1],
    ["a whole CSI", bytes("a\x1b[12m"), 6],
    ["half a title", bytes("a\x1b]0;x"), 1],
    ["a whole title", bytes("a\x1b]0;x\x07"), 7],
    ["half a line end", bytes("a\r"), 1],
    ["nothing", bytes(""), 0],
  ];
  for (const [name, given, want] of rows) assertEquals(safeEnd(given), want, name);
  // A sequence that never ends must not silence what follows.
  assertEquals(safeEnd(bytes(`\x1b]0;${"x".repeat(5000)}`)) > 4000, true);
});

Deno.test("strip() takes out escapes and tells where each character came from", () => {
  const raw = "a\x1b[31mbü\x1b[0mc\r\nd\x07e\rf";
  const { text, rawOffset } = strip(bytes(raw));
  assertEquals(text, "abüc\nde\nf");
  const source = bytes(raw);
  for (const [index, char] of [...text].entries()) {
    if (char === "\n") continue;
    const end = rawOffset(index + 1);
    assertEquals(new TextDecoder().decode(source.slice(0, end)).endsWith(char), true, `the end of ${index} (${char})`);
  }
  assertEquals(rawOffset(0), 0);
});

Deno.test("strip() gives the same text however the bytes were cut", () => {
  const raw = bytes("x\x1b[1;31mré\x1b]0;title\x07d\r\n😀\x1b[?25lend\n");
  const whole = strip(raw).text;
  for (let cut = 0; cut <= raw.length; cut++) {
    const end = safeEnd(raw.slice(0, cut));
    assertEquals(strip(raw.slice(0, end)).text + strip(raw.slice(end)).text, whole, `cut at ${cut}`);
  }
});

Deno.test("scanModes() follows what is switched, across any cut", () => {
  const raw = "\x1b[?1049h\x1b[?2004h\x1b[?25l\x1b[2;9r\x1b=text\x1b[?1h\x1b[?2004l";
  for (let cut = 0; cut <= raw.length; cut++) {
    const modes = newModes();
    scanModes(modes, raw.slice(0, cut));
    scanModes(modes, raw.slice(cut));
    assertEquals(
      [isOn(modes, 1049), isOn(modes, 2004), isOn(modes, 1), isOn(modes, 25)],
      [true, false, true, false],
      `${cut}`,
    );
    const again = newModes();
    scanModes(again, modesPrefix(modes));
    assertEquals(modesPrefix(again), modesPrefix(modes));
  }
  const reset = newModes();
  scanModes(reset, `${raw}\x1bc`);
  assertEquals(modesPrefix(reset), "");
});
