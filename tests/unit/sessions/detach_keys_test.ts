import { assertEquals } from "../../kit/assert.ts";
import { filterKeys, flushKeys, newDetachFilter } from "../../../src/sessions/detach_keys.ts";

const B = "\x1c";
const KITTY = "\x1b[92;5u";
const KITTY_RELEASE = "\x1b[92;5:3u";
const XTERM = "\x1b[27;5;92~";

interface Row {
  readonly name: string;
  readonly chunks: readonly string[];
  readonly forward: string;
  readonly detach?: boolean;
  readonly onlyLooks?: boolean;
}

const ROWS: readonly Row[] = [
  { name: "plain text", chunks: ["abc\r"], forward: "abc\r" },
  { name: "twice in one read", chunks: [`${B}${B}`], forward: "", detach: true },
  { name: "twice in two reads, after text", chunks: [`ls\r${B}`, `${B}rest`], forward: "ls\r", detach: true },
  { name: "once, then a key: both are for the program", chunks: [B, "x"], forward: `${B}x` },
  { name: "once, a key, once: no pair", chunks: [B, "x", B], forward: `${B}x` },
  { name: "Kitty's protocol", chunks: [KITTY, KITTY], forward: "", detach: true },
  { name: "Kitty's with releases", chunks: [KITTY, KITTY_RELEASE, KITTY, KITTY_RELEASE], forward: "", detach: true },
  { name: "Kitty's with Caps Lock and Num Lock", chunks: ["\x1b[92;197u\x1b[92;197u"], forward: "", detach: true },
  { name: "Kitty's with alternate keys", chunks: ["\x1b[92:124;5:1u\x1b[92:124;5:1u"], forward: "", detach: true },
  {
    name: "Kitty's with the modifier's own presses",
    chunks: ["\x1b[57442;5u", KITTY, "\x1b[57442;1:3u", "\x1b[57442;5u", KITTY],
    forward: "\x1b[57442;5u",
    detach: true,
  },
  { name: "held down is one press", chunks: [KITTY, "\x1b[92;5:2u", "\x1b[92;5:2u"], forward: "" },
  {
    name: "a release alone is the program's",
    chunks: [KITTY_RELEASE, KITTY_RELEASE],
    forward: KITTY_RELEASE.repeat(2),
  },
  { name: "with Shift besides it is another key", chunks: ["\x1b[92;6u\x1b[92;6u"], forward: "\x1b[92;6u\x1b[92;6u" },
  { name: "modifyOtherKeys", chunks: [`${XTERM}${XTERM}`], forward: "", detach: true },
  { name: "of two kinds", chunks: [XTERM, B], forward: "", detach: true },
  { name: "cut anywhere", chunks: [..."a" + KITTY + KITTY], forward: "a", detach: true },
  { name: "another sequence, cut", chunks: ["\x1b[1", ";5A"], forward: "\x1b[1;5A" },
  {
    name: "in a paste nothing is a key",
    chunks: [`\x1b[200~${B}${B}\x1b[20`, "1~"],
    forward: `\x1b[200~${B}${B}\x1b[201~`,
  },
  {
    name: "after a paste again",
    chunks: [`\x1b[200~a\x1b[201~${B}${B}`],
    forward: "\x1b[200~a\x1b[201~",
    detach: true,
  },
  { name: "mouse and bytes of characters", chunks: ["\x1b[<0;3;4M\xe2\x82\xac"], forward: "\x1b[<0;3;4M\xe2\x82\xac" },
  { name: "Ctrl-C is the program's", chunks: ["\x03"], forward: "\x03" },
  { name: "Ctrl-C of one who only looks", chunks: ["\x03"], forward: "", detach: true, onlyLooks: true },
  { name: "the same in Kitty's protocol", chunks: ["\x1b[99;5u"], forward: "", detach: true, onlyLooks: true },
];

Deno.test("filterKeys() finds Ctrl-\\ twice in every form and passes on all else", () => {
  for (const { name, chunks, forward, detach = false, onlyLooks = false } of ROWS) {
    const filter = newDetachFilter(onlyLooks);
    let seen = "";
    let left = false;
    for (const chunk of chunks) {
      if (left) break;
      const out = filterKeys(filter, chunk);
      seen += out.forward;
      left = out.detach;
    }
    assertEquals({ seen, left }, { seen: forward, left: detach }, name);
  }
});

Deno.test("flushKeys() lets an Esc go that nothing followed, and keeps a first Ctrl-\\", () => {
  const filter = newDetachFilter();
  assertEquals(filterKeys(filter, "a\x1b"), { forward: "a", detach: false });
  assertEquals(flushKeys(filter), { forward: "\x1b", detach: false });
  assertEquals(filterKeys(filter, "\x1c\x1b["), { forward: "", detach: false });
  assertEquals(flushKeys(filter), { forward: "\x1c\x1b[", detach: false });
  assertEquals(filterKeys(filter, "\x1c"), { forward: "", detach: false });
  assertEquals(flushKeys(filter), { forward: "", detach: false });
  assertEquals(filterKeys(filter, "\x1c"), { forward: "", detach: true });
});

Deno.test("filterKeys() holds nothing back for ever", () => {
  const filter = newDetachFilter();
  assertEquals(filterKeys(filter, `\x1b[${"1;".repeat(100)}`).forward.length, 202);
  assertEquals(filter.partial, "");
});
