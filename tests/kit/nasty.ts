import fc from "fast-check";

/** How often a fuzz is run: `LOOOP_TEST_FUZZ_RUNS` for a long one on demand. */
export function fuzzRuns(normal: number): number {
  const asked = Number(Deno.env.get("LOOOP_TEST_FUZZ_RUNS"));
  return Number.isInteger(asked) && asked > 0 ? asked : normal;
}

/** Words that have hurt programs like this one before. */
const NASTY: readonly string[] = [
  "",
  " ",
  "-",
  "--",
  "--json",
  "-n",
  "--=",
  ".",
  "..",
  "../../etc/passwd",
  "a/b",
  "\0",
  "\n",
  "a\nb",
  "\r\n",
  "\x1b[2J\x1b]0;title\x07",
  "\x9b31m",
  "\u202egnp.exe",
  "\ud800",
  "\udc00x",
  "\ufeff",
  "日本語",
  "👩‍👩‍👧‍👦",
  "e\u0301",
  "__proto__",
  "constructor",
  "toString",
  "NaN",
  "Infinity",
  "-0",
  "1e309",
  "9007199254740993",
  "$(id)",
  "`id`",
  "';--",
  '"',
  "'",
  "\\",
  "{{prompt_file}}",
  "${x:-$(id)}",
  "```",
  "---",
  "---\ngoal:\n---",
  "# looop:interval=",
  "null",
  "[]",
  "{}",
  '{"v":2}',
  '{"v":1e999}',
  '{"__proto__":{"v":2}}',
  "x".repeat(64 * 1024),
  "(".repeat(5_000),
  "[".repeat(5_000),
];

/** Texts as an outsider may send them: nasty ones, unicode with lone surrogates, and both run together. */
export function nastyText(): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...NASTY) },
    { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
    { weight: 1, arbitrary: fc.string({ unit: "grapheme-ascii", maxLength: 40 }) },
  );
  return fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(""));
}

/** JSON values of any shape, with the keys of our own records often among theirs. */
export function nastyJson(keys: readonly string[]): fc.Arbitrary<unknown> {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom(null, true, false, 0, -1, 1, 1.5, 2 ** 53, -(2 ** 60), "", "open"),
      nastyText().map((text) => text.slice(0, 200)),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string({ maxLength: 8 })), tie("value"), { maxKeys: 6 }),
    ),
  }));
  return value;
}
