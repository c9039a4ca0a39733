import { assertEquals } from "../../kit/assert.ts";
import { frontMatterLine } from "../../../src/base/front_matter.ts";

const rows: readonly { readonly name: string; readonly text: string; readonly want: string | undefined }[] = [
  { name: "plain", text: "---\ngoal: CI is green\n---\nbody", want: "CI is green" },
  { name: "what YAML would refuse", text: "---\ngoal: keep it: green: always\n---\n", want: "keep it: green: always" },
  { name: "quotes around it", text: `---\ngoal: "CI is green"\n---\n`, want: "CI is green" },
  { name: "quotes within it", text: `---\ngoal: say "hi" to 'em\n---\n`, want: `say "hi" to 'em` },
  { name: "folded block", text: "---\ngoal: >-\n  CI is\n  green\nother: x\n---\n", want: "CI is green" },
  { name: "other lines around", text: "---\nid: x\ngoal:   y  \nz: 1\n---\n", want: "y" },
  { name: "CRLF and a byte order mark", text: "\uFEFF---\r\ngoal: x\r\n---\r\n", want: "x" },
  { name: "dots close it, too", text: "---\ngoal: x\n...\n", want: "x" },
  { name: "no front matter", text: "goal: x\n", want: undefined },
  { name: "not at the start", text: "\n---\ngoal: x\n---\n", want: undefined },
  { name: "not closed", text: "---\ngoal: x\n", want: undefined },
  { name: "below it", text: "---\nid: x\n---\ngoal: y\n", want: undefined },
  { name: "nothing behind it", text: "---\ngoal:\n---\n", want: undefined },
  { name: "empty quotes", text: `---\ngoal: ""\n---\n`, want: undefined },
  { name: "another key that ends like it", text: "---\nsubgoal: x\n---\n", want: undefined },
  { name: "indented: it belongs to another key", text: "---\na:\n  goal: x\n---\n", want: undefined },
  { name: "empty", text: "", want: undefined },
];

for (const { name, text, want } of rows) {
  Deno.test(`frontMatterLine(): ${name}`, () => assertEquals(frontMatterLine(text, "goal"), want));
}

Deno.test("frontMatterLine() does not search a long body that is no front matter", () => {
  assertEquals(frontMatterLine(`---\n${"x\n".repeat(1_000_000)}goal: y\n---\n`, "goal"), undefined);
});
