import { assert, assertEquals } from "../kit/assert.ts";
import { tripwire } from "../../src/moves/tripwire.ts";

Deno.test("every example of what is refused is refused", () => {
  const text = Deno.readTextFileSync(new URL("../../docs/run.md", import.meta.url));
  const rows = text.split("\n").filter((line) => line.startsWith("| ")).slice(2);
  assert(rows.length >= 8);
  for (const row of rows) {
    const [, , examples = ""] = row.split(/(?<!\\)\|/);
    const lines = [...examples.matchAll(/`([^`]+)`/g)].map(([, line = ""]) => line.replaceAll("\\|", "|"));
    assert(lines.length > 0 || row.includes("an unclosed quote"), row);
    for (const line of lines) {
      assertEquals([line, tripwire({ kind: "line", what: "run", line }) !== undefined], [line, true]);
    }
  }
  assert(tripwire({ kind: "line", what: "run", line: "echo 'unclosed" }) !== undefined);
  assertEquals(tripwire({ kind: "line", what: "run", line: "git push origin fix-1 && rm -rf build" }), undefined);
});
