import fc from "fast-check";
import { parse } from "../../../src/cli/parse.ts";
import { parsePlain } from "../../../src/cli/plain.ts";
import { GLOBAL_OPTIONS } from "../../../src/verbs/help/verb_help.ts";
import { entryAt, VERBS } from "../../../src/verbs/table.ts";
import { assert, assertEquals } from "../../kit/assert.ts";

const words = fc.constantFrom(
  "a",
  "id-1",
  "two words",
  "",
  "-",
  "--",
  "-x",
  "5s",
  "--nonsense",
  "- list",
  "---\nfront: x",
  "--a b",
  "=",
  "1",
);

Deno.test("a line that is parsed plainly is parsed as the parser would, for every verb", () => {
  let plain = 0;
  for (const entry of VERBS) {
    const names = [...entry.options, ...GLOBAL_OPTIONS].flatMap(({ name, short, value }) => [
      `--${name}`,
      ...(short === undefined ? [] : [`-${short}`]),
      ...(value === undefined ? [] : [`--${name}=x`, `--${name}=`]),
    ]);
    const line = fc.array(fc.oneof(words, fc.constantFrom(...names)), { maxLength: 6 });
    fc.assert(
      fc.property(line, (given) => {
        const came = parsePlain(entry, given);
        if (came === undefined) return;
        plain++;
        assertEquals({ ok: true, value: came }, parse(entry, given));
      }),
      { numRuns: 400 },
    );
  }
  assert(plain > 1_000, `only ${plain} lines were plain`);
});

const hot: readonly (readonly string[])[] = [
  ["_ state", "--json"],
  ["_ wait", "--json", "--after", "3f9a1c-17", "--timeout", "100s", "--client", "night"],
  ["_ ask", "w1", "--prompt", "Merge it?", "--timeout", "5m"],
  ["_ ask", "w1", "--no-wait", "--prompt", "x"],
  ["_ answer", "w1-1", "yes", "do", "it"],
];
for (const [path = "", ...line] of hot) {
  Deno.test(`looop ${[path, ...line].join(" ")} needs no parser`, () => {
    const entry = entryAt(path.split(" "));
    assert(entry !== undefined && parsePlain(entry, line) !== undefined);
  });
}
