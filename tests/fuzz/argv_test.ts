import fc from "fast-check";
import { assert, assertMatch } from "../kit/assert.ts";
import { fuzzRuns, nastyText } from "../kit/nasty.ts";
import { parse } from "../../src/cli/parse.ts";
import { resolve } from "../../src/cli/resolve.ts";
import { SPELLINGS } from "../../src/verbs/spellings.ts";
import { pathText, VERBS } from "../../src/verbs/table.ts";
import type { VerbEntry } from "../../src/verbs/verb.ts";

Deno.test("any words behind any verb are its input, or a usage failure with a sentence", () => {
  fc.assert(
    fc.property(fc.constantFrom(...VERBS).chain((entry) => fc.tuple(fc.constant(entry), wordsFor(entry))), judge),
    { numRuns: fuzzRuns(1_500) },
  );
});

function judge([entry, words]: readonly [VerbEntry, readonly string[]]): void {
  const parsed = parse(entry, words);
  if (!parsed.ok) {
    assert(parsed.failure.kind === "usage", pathText(entry.path));
    assertMatch(parsed.failure.state, /\S/);
    return;
  }
  if (parsed.value.help) return;
  const { input } = parsed.value;
  for (const { name, required } of entry.args) {
    assert(required !== true || name === entry.body || input[name] !== undefined, `${pathText(entry.path)} <${name}>`);
  }
  for (const option of entry.options) {
    const value = input[option.name];
    const right = option.value === undefined
      ? typeof value === "boolean"
      : option.many === true
      ? Array.isArray(value)
      : value === undefined || typeof value === "string";
    assert(right, `${pathText(entry.path)} --${option.name}: ${typeof value}`);
  }
}

/** Its own options, right and half right, between words of any kind. */
function wordsFor(entry: VerbEntry): fc.Arbitrary<string[]> {
  const names = entry.options.flatMap((
    { name, short },
  ) => [`--${name}`, `--${name}=x`, `--no-${name}`, `-${short ?? "q"}`]);
  const word = fc.oneof(fc.constantFrom("--json", "--help", "--client", "--", "x", "5m", ...names), argument());
  return fc.array(word, { maxLength: 7 });
}

Deno.test("any line is a verb, the beginning of several, or unknown", () => {
  const known = [...VERBS.flatMap(({ path }) => path), ...SPELLINGS.flatMap(([typed]) => typed.split(" "))];
  const first = fc.constantFrom(...known);
  fc.assert(
    fc.property(fc.array(fc.oneof(first, argument()), { maxLength: 5 }), (argv) => {
      assert(["verb", "bare", "group", "unknown"].includes(resolve(argv, { verbs: VERBS, spellings: SPELLINGS }).kind));
    }),
    { numRuns: fuzzRuns(1_500) },
  );
});

/** No argument of a process holds a NUL. */
function argument(): fc.Arbitrary<string> {
  return nastyText().map((text) => text.replaceAll("\0", ""));
}
