import fc from "fast-check";
import { assert, assertEquals } from "../../kit/assert.ts";
import { displayWidth, fitLine, padLine } from "../../../src/base/width.ts";

Deno.test("fitLine() cuts by cells, between characters, on one safe line", async (t) => {
  const rows: readonly {
    readonly name: string;
    readonly text: string;
    readonly cells: number;
    readonly want: string;
  }[] = [
    { name: "it fits", text: "abc", cells: 3, want: "abc" },
    { name: "it does not", text: "abcd", cells: 3, want: "ab…" },
    { name: "a wide character has no room", text: "日本", cells: 3, want: "日…" },
    { name: "wide punctuation", text: "です、よ", cells: 7, want: "です、…" },
    { name: "a family is one character", text: "a👨‍👩‍👧b", cells: 3, want: "a…" },
    { name: "a mark stays with its letter", text: "e\u0301e\u0301e\u0301", cells: 2, want: "e\u0301…" },
    { name: "lines and escapes", text: "\u001b[31ma\nb\u202e", cells: 9, want: "a b" },
    { name: "nothing", text: "", cells: 5, want: "" },
    { name: "no room at all", text: "abc", cells: 0, want: "…" },
  ];
  for (const { name, text, cells, want } of rows) await t.step(name, () => assertEquals(fitLine(text, cells), want));
});

Deno.test("fitLine() never takes more cells than it was given", () => {
  const char = fc.constantFrom(
    "a",
    "日",
    "、",
    "é",
    "e\u0301",
    "😀",
    "👨‍👩‍👧",
    "🇯🇵",
    "\u200d",
    "\ufe0f",
    "\n",
    "\u001b[1m",
    "ｱ",
  );
  fc.assert(fc.property(fc.array(char, { maxLength: 40 }), fc.integer({ min: 1, max: 30 }), (chars, cells) => {
    const line = fitLine(chars.join(""), cells);
    assert(displayWidth(line) <= cells, `${displayWidth(line)} cells: ${JSON.stringify(line)}`);
  }));
});

Deno.test("fitLine() of a megabyte is as quick as of a line", () => {
  assertEquals(fitLine("x".repeat(1_000_000), 5), "xxxx…");
});

Deno.test("padLine() counts cells", () => {
  assertEquals(padLine("日本", 6), "日本  ");
  assertEquals(padLine("abc", 2), "abc");
});
