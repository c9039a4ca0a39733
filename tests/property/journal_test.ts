import fc from "fast-check";
import { assert, assertEquals } from "../kit/assert.ts";
import { redact } from "../../src/base/redact.ts";
import { eventLine, journalLine } from "../../src/journal/format.ts";

/** Text of any kind: controls, lone surrogates, escapes, bidi marks, fences. */
const nasty = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.array(
    fc.constantFrom(
      "\n",
      "\r",
      "\u2028",
      "\x1b[2J",
      "\x1b]0;x\x07",
      "\u202e",
      "\ud800",
      "```",
      "- 2026-01-01 00:00 ",
      "\0",
      "x",
    ),
    {
      maxLength: 50,
    },
  ).map((parts) => parts.join("")),
);

Deno.test("a journal line is one line without controls, whatever it is about", () => {
  fc.assert(fc.property(nasty, fc.integer({ min: 0, max: 4e12 }), (text, now) => {
    const line = journalLine(now, text);
    // deno-lint-ignore no-control-regex -- what must not be there
    assert(!/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(line), JSON.stringify(line));
    assert(/^- \d{4,6}-\d\d-\d\d \d\d:\d\d /.test(line));
  }));
});

Deno.test("an event is one line of JSON whose reserved keys are ours", () => {
  const more = fc.dictionary(
    fc.oneof(fc.constantFrom("v", "ts", "actor", "verb", "ids", "items", "outcome"), fc.string()),
    nasty,
  );
  fc.assert(fc.property(more, nasty, (fields, verb) => {
    const line = eventLine(0, { actor: { kind: "root" }, verb, ids: [verb], outcome: "done", more: fields });
    assert(!line.includes("\n"));
    const event = JSON.parse(line);
    assertEquals([event.v, event.ts, event.actor, event.outcome, event.items], [
      1,
      "1970-01-01T00:00:00.000Z",
      { kind: "root" },
      "done",
      [],
    ]);
    assertEquals(event.verb, event.ids[0]);
  }));
});

Deno.test("redacting twice is redacting once", () => {
  const texts = fc.array(
    fc.oneof(
      nasty,
      fc.constantFrom("token=", "password: ", "Bearer ", "https://u:", "@h", "ghp_", "a".repeat(40), '"', "'"),
    ),
    {
      maxLength: 8,
    },
  );
  fc.assert(fc.property(texts, (parts) => {
    const once = redact(parts.join(""));
    assertEquals(redact(once), once);
  }));
});
