import { assert, assertEquals, assertIncludes } from "../../kit/assert.ts";
import { scanJson } from "../../../src/config/json_position.ts";

const WRONG: readonly { name: string; text: string; line: number; column: number; says: string }[] = [
  { name: "empty", text: "", line: 1, column: 1, says: "a value is wanted" },
  { name: "trailing comma", text: '{\n  "a": 1,\n}', line: 3, column: 1, says: "one too many" },
  { name: "trailing comma in a list", text: '{"a": [1, ]}', line: 1, column: 11, says: "one too many" },
  { name: "missing comma", text: '{\n  "a": 1\n  "b": 2\n}', line: 3, column: 3, says: "a comma or }" },
  { name: "missing colon", text: '{\n\t"a" 1}', line: 2, column: 6, says: 'behind "a"' },
  { name: "comment", text: '{\n  // my interval\n  "a": 1}', line: 2, column: 3, says: "comments" },
  { name: "hash comment", text: '# mine\n{"a": 1}', line: 1, column: 1, says: "comments" },
  { name: "single quotes", text: "{'a': 1}", line: 1, column: 2, says: "double quotes" },
  { name: "bare key", text: "{a: 1}", line: 1, column: 2, says: "double quotes" },
  { name: "bare word", text: '{"a": sixty}', line: 1, column: 7, says: "a value is wanted" },
  { name: "number with a unit", text: '{"a": 60s}', line: 1, column: 7, says: "a value is wanted" },
  { name: "leading zero", text: '{"a": 007}', line: 1, column: 7, says: "a value is wanted" },
  { name: "open text", text: '{\n  "a": "sixty\n}', line: 2, column: 8, says: "no closing quote" },
  { name: "tab in a text", text: '{"a": "x\ty"}', line: 1, column: 9, says: "control character" },
  { name: "bad escape", text: '{"a": "C:\\pi"}', line: 1, column: 10, says: "backslash" },
  { name: "cut off", text: '{\n  "a": {\n    "b": 1\n', line: 4, column: 1, says: "ends here" },
  { name: "two values", text: '{"a": 1}\n{"b": 2}', line: 2, column: 1, says: "behind the end" },
  { name: "a key twice", text: '{"a": 1,\n "a": 2}', line: 2, column: 2, says: "twice" },
  { name: "too deep", text: "[".repeat(5_000), line: 1, column: 65, says: "deeper than 64" },
  { name: "carriage returns", text: '{\r\n  "a": 1,\r\n  b: 2}', line: 3, column: 3, says: "double quotes" },
];

for (const { name, text, line, column, says } of WRONG) {
  Deno.test(`scanJson() places: ${name}`, () => {
    const scan = scanJson(text);
    assert(!scan.ok);
    assertEquals({ line: scan.problem.line, column: scan.problem.column }, { line, column });
    assertIncludes(scan.problem.message, says);
  });
}

Deno.test("scanJson() knows where every key and member stands", () => {
  const scan = scanJson('{\n  "keep": {"runs": 3},\n  "reminders": [\n    "5m", "1h"],\n  "caf\\u00e9": null\n}');
  assert(scan.ok);
  assertEquals(
    [...scan.keys].map(([key, at]) => `${key} ${at.line}:${at.column}`),
    ["keep 2:3", "keep.runs 2:12", "reminders 3:3", "reminders.0 4:5", "reminders.1 4:11", "café 5:3"],
  );
});
