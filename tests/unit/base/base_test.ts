import fc from "fast-check";
import { assert, assertEquals } from "../../kit/assert.ts";
import { canonicalJson } from "../../../src/base/canonical_json.ts";
import { formatAge, formatDuration, parseDuration } from "../../../src/base/duration.ts";
import { idProblem, isId, parseAskId } from "../../../src/base/id.ts";
import { sha256Hex } from "../../../src/base/sha256.ts";
import { clip, oneLine, stripControls } from "../../../src/base/text.ts";

Deno.test("parseDuration() reads units and refuses what is none", () => {
  const rows: [string, number | undefined][] = [
    ["500ms", 500],
    ["60s", 60_000],
    ["5m", 300_000],
    ["2h", 7_200_000],
    ["3d", 259_200_000],
    ["90", 90_000],
    ["1.5s", 1500],
    ["0", 0],
    ["", undefined],
    ["-5s", undefined],
    ["5 s", undefined],
    ["5w", undefined],
    ["1e9", undefined],
    ["99999999999d", undefined],
    ["NaN", undefined],
  ];
  for (const [text, want] of rows) assertEquals(parseDuration(text), want, text);
});

Deno.test("formatDuration() is read back by parseDuration()", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), (ms) => parseDuration(formatDuration(ms)) === ms));
  assertEquals(formatAge(-5), "0s");
  assertEquals(formatAge(3_599_999), "59m");
});

Deno.test("idProblem() is the one validator", () => {
  for (const good of ["a", "A1", "pr-12", "x.y_z", "a".repeat(63)]) assertEquals(idProblem(good), undefined, good);
  const rows: [string, string][] = [
    ["", "empty"],
    ["-a", "shape"],
    [".a", "shape"],
    ["a/b", "shape"],
    ["a b", "shape"],
    ["a\n", "shape"],
    ["名前", "shape"],
    ["a".repeat(64), "shape"],
    ["pulse", "reserved"],
    ["Pulse", "reserved"],
  ];
  for (const [text, want] of rows) assertEquals(idProblem(text), want, JSON.stringify(text));
});

Deno.test("parseAskId() takes an id apart at its last dash", () => {
  assertEquals(parseAskId("fix-ci-3"), { worker: "fix-ci", n: 3 });
  for (const bad of ["fix", "fix-0", "fix-03", "-3", "a/b-3", "fix-3x"]) assertEquals(parseAskId(bad), undefined, bad);
  fc.assert(fc.property(fc.string(), (text) => {
    const parsed = parseAskId(text);
    return parsed === undefined || (isId(parsed.worker) && `${parsed.worker}-${parsed.n}` === text);
  }));
});

Deno.test("canonicalJson() does not depend on key order and keeps the value", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    assertEquals(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
  }));
  assertEquals(canonicalJson({ b: 1, a: [{ d: 1, c: 2 }] }), canonicalJson({ a: [{ c: 2, d: 1 }], b: 1 }));
});

Deno.test("sha256Hex() agrees with the known digest", () => {
  assertEquals(sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

Deno.test("stripControls() leaves nothing that a terminal obeys", () => {
  assertEquals(stripControls("a\x1b[31mb\x1b]0;title\x07c\x1b]8;;http://x\x1b\\d\x9b31me\r\nf\tg"), "abcd31me\nf\tg");
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    // deno-lint-ignore no-control-regex -- these are what must be gone
    assert(!/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/.test(stripControls(text)));
  }));
  assertEquals(oneLine(" a\r\n\n b\u2028c "), "a b c");
});

Deno.test("clip() never splits a character", () => {
  assertEquals(clip("abcdef", 4), "abc…");
  assertEquals(clip("ab😀cd", 4), "ab…");
  assertEquals(clip("abc", 3), "abc");
});
