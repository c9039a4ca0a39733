// deno-lint-ignore-file no-control-regex -- escape sequences are what this file reads
import { assert, assertEquals, assertIncludes } from "../../kit/assert.ts";
import { handBack, newQueryFilter, withoutQueries } from "../../../src/sessions/paint.ts";
import { behaviourOf, newModes, scanModes } from "../../../src/sessions/modes.ts";

function filtered(...pieces: readonly string[]): string {
  const filter = newQueryFilter();
  const decoder = new TextDecoder();
  return pieces.map((piece) => decoder.decode(withoutQueries(filter, new TextEncoder().encode(piece)))).join("");
}

const QUERIES: readonly string[] = [
  "\x05",
  "\x1b[c",
  "\x1b[0c",
  "\x1b[>c",
  "\x1b[=c",
  "\x1b[5n",
  "\x1b[6n",
  "\x1b[?6n",
  "\x1b[?996n",
  "\x1b[?u",
  "\x1b[?2026$p",
  "\x1b[>0q",
  "\x1b[14t",
  "\x1b[18t",
  "\x1b[?4m",
  "\x1b]10;?\x07",
  "\x1b]11;?\x1b\\",
  "\x1b]4;1;?\x07",
  "\x1b]52;c;?\x07",
  "\x1bP+q544e\x1b\\",
  "\x1bP$qm\x1b\\",
  "\x1b_Gi=1,a=q;AAAA\x1b\\",
];

Deno.test("withoutQueries() takes out what a terminal would answer, wherever it is cut", () => {
  for (const query of QUERIES) {
    assertEquals(filtered(`a${query}b`), "ab", JSON.stringify(query));
    for (let cut = 1; cut < query.length; cut++) {
      assertEquals(filtered(`a${query.slice(0, cut)}`, `${query.slice(cut)}b`), "ab", JSON.stringify([query, cut]));
    }
  }
});

Deno.test("withoutQueries() leaves all else as it is", () => {
  const text =
    "\x1b[1;31mred\x1b[0m \x1b[?25l\x1b[2J\x1b[3;4H\x1b[>1u\x1b[8;24;80t\x1b]0;title?\x07\x1b]52;c;YWJj\x07€\r\n";
  assertEquals(filtered(text), text);
});

Deno.test("handBack() undoes what was switched, and pops the keyboard as often as it was pushed", () => {
  const modes = newModes();
  scanModes(modes, "\x1b[?1049h\x1b[?1002;1006h\x1b[>5u\x1b[>1u\x1b[>4;2m\x1b[4 q");
  const undo = handBack(modes);
  for (
    const part of ["\x1b[?1049l", "\x1b[?1002l", "\x1b[?1006l", "\x1b[?2004l", "\x1b[?25h", "\x1b[<2u", "\x1b[>4m"]
  ) {
    assertIncludes(undo, part);
  }
  scanModes(modes, "\x1b[<u\x1b[<u\x1b[?1049l");
  assert(!handBack(modes).includes("\x1b[?1049l"), "the other screen was left already");
  assert(!/\x1b\[<[0-9]*u/.test(handBack(modes)), "nothing is left to pop");
});

Deno.test("behaviourOf() says keys, mouse and cursor, and nothing that moves what is on the screen", () => {
  const modes = newModes();
  scanModes(modes, "\x1b[?3;6;1049h\x1b[2;5r\x1b[?25l\x1b[?2004;1006h\x1b[>5u\x1b=");
  assertEquals(behaviourOf(modes), "\x1b[?25l\x1b[?1006h\x1b[?2004h\x1b=\x1b[>5u");
});
