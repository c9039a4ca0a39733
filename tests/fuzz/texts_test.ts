import fc from "fast-check";
import { assert, assertEquals } from "../kit/assert.ts";
import { fuzzRuns, nastyJson, nastyText } from "../kit/nasty.ts";
import { formatDuration, parseDuration } from "../../src/base/duration.ts";
import { frontMatterLine } from "../../src/base/front_matter.ts";
import { idProblem, isId, parseAskId } from "../../src/base/id.ts";
import { redact, redactDeep } from "../../src/base/redact.ts";
import { clip, oneLine, stripControls } from "../../src/base/text.ts";
import { cutLine, displayWidth, fitLine } from "../../src/base/width.ts";
import { parseChange } from "../../src/config/change.ts";
import { scanJson } from "../../src/config/json_position.ts";
import { KEY_LIST } from "../../src/config/keys.ts";
import { decimalUsd, formatUsd, parseUsd } from "../../src/cost/format.ts";
import { journalLine } from "../../src/journal/format.ts";
import { readAncestry } from "../../src/mailbox/ancestry.ts";
import { parseRequest } from "../../src/mailbox/request.ts";
import { tripwire } from "../../src/moves/tripwire.ts";
import { BRIEF_MARK, escapeBrief } from "../../src/prompts/format.ts";
import { readableLine } from "../../src/pulse/log_format.ts";
import { readCron } from "../../src/schedules/cron.ts";
import { parseHeader } from "../../src/sensors/header.ts";
import { judgeOutput } from "../../src/sensors/reading.ts";
import { parseProcesses as darwinProcesses } from "../../src/sessions/darwin.ts";
import { keyBytes } from "../../src/sessions/keys.ts";
import { parseEndName } from "../../src/sessions/layout.ts";
import { parseProcesses as linuxProcesses } from "../../src/sessions/linux.ts";
import { modesPrefix, newModes, scanModes } from "../../src/sessions/modes.ts";
import { parseSize } from "../../src/sessions/resize.ts";
import { strip } from "../../src/sessions/strip.ts";
import { fillCommand, programOf } from "../../src/workers/runners.ts";

/** What every reader of outside text must hold for any text, besides not throwing and coming to an end. */
const READERS: Readonly<Record<string, (text: string) => void | Promise<void>>> = {
  duration: (text) => {
    const ms = parseDuration(text);
    if (ms !== undefined) assertEquals(parseDuration(formatDuration(ms)), ms);
  },
  "front matter": (text) => assert(!(frontMatterLine(text, "goal") ?? "").includes("\n")),
  id: (text) => {
    assertEquals(isId(text), idProblem(text) === undefined || text === "pulse");
    if (isId(text)) assert(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(text));
  },
  "ask id": (text) => {
    const parsed = parseAskId(text);
    if (parsed !== undefined) assertEquals(`${parsed.worker}-${parsed.n}`, text);
  },
  redact: (text) => assertEquals(redact(redact(text)), redact(text)),
  controls: (text) => {
    const shown = stripControls(text);
    // deno-lint-ignore no-control-regex -- that none is left is what this is about
    assert(!/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/.test(shown));
    assertEquals(stripControls(shown), shown);
  },
  "one line": (text) => assert(!/[\r\n\u2028\u2029]/.test(oneLine(text))),
  clip: (text) => assert(clip(text, 20).length <= 20),
  "fit to cells": (text) => {
    assert(displayWidth(fitLine(text, 10)) <= 10);
    assert(displayWidth(cutLine(oneLine(text), 1)) <= 1);
  },
  "config file": (text) => void scanJson(text),
  "config change": (text) => KEY_LIST.forEach(({ name }) => void parseChange(name, text)),
  usd: (text) => {
    const micros = parseUsd(text);
    if (!micros.ok) return;
    assert(Number.isSafeInteger(micros.value) && micros.value >= 0);
    assert(formatUsd(micros.value).startsWith("$"));
    const again = parseUsd(decimalUsd(micros.value));
    assert(again.ok && again.value === micros.value);
  },
  journal: (text) => assert(!/[\r\n]/.test(journalLine(0, text))),
  ancestry: (text) => void readAncestry(text),
  request: (text) => {
    for (
      const words of [{ prompt: text }, { prompt: "x", options: text }, {
        prompt: "x",
        key: text,
        ref: text,
        kind: text,
      }]
    ) {
      const asked = parseRequest({ ...NO_WORDS, ...words });
      assert(asked.ok || asked.failure.state !== "");
    }
  },
  tripwire: (text) => {
    for (
      const command of [{ kind: "line", what: "run", line: text }, {
        kind: "argv",
        what: "run",
        argv: [text, text],
      }] as const
    ) {
      const problem = tripwire(command);
      assert(problem === undefined || problem !== "");
    }
  },
  brief: (text) => {
    const escaped = escapeBrief(text);
    assert(!escaped.split(/\r\n|[\n\r\u2028\u2029]/).some((line) => line.trim() === BRIEF_MARK.trim()));
  },
  "line of the pulse's log": (text) => void readableLine(text),
  cron: async (text) => {
    const rule = await readCron(text.slice(0, 100));
    assert("problem" in rule ? rule.problem !== "" : true);
  },
  "sensor header": (text) => void parseHeader(text),
  "sensor output": (text) => {
    const judged = judgeOutput(new TextEncoder().encode(text), 8192);
    assert("reading" in judged ? typeof judged.reading === "object" : judged.message !== "");
  },
  "processes of macOS": (text) => void darwinProcesses(text),
  "processes of Linux": (text) => void linuxProcesses(text),
  key: (text) => void keyBytes(text.slice(0, 20), true),
  "end marker": (text) => void parseEndName(text),
  size: (text) => {
    const size = parseSize(text);
    assert(size === undefined || (size.columns > 0 && size.rows > 0));
  },
  "terminal modes": (text) => {
    const modes = newModes();
    scanModes(modes, text);
    assertEquals(typeof modesPrefix(modes), "string");
  },
  "command of a runner": (text) => {
    assert(!fillCommand(text).includes("{{prompt_file}}"));
    void programOf(text);
  },
};

const NO_WORDS = {
  worker: "w",
  prompt: undefined,
  ref: undefined,
  options: undefined,
  key: undefined,
  kind: undefined,
  action: undefined,
  expiresMs: undefined,
  fallback: undefined,
};

for (const [name, read] of Object.entries(READERS)) {
  Deno.test(`any text is read or refused: ${name}`, async () => {
    await fc.assert(fc.asyncProperty(nastyText(), async (text) => void (await read(text))), { numRuns: fuzzRuns(150) });
  });
}

Deno.test("any value is redacted and keeps its shape", () => {
  fc.assert(
    fc.property(nastyJson(["token", "password", "note"]), (value) => {
      const redacted = redactDeep(value);
      assertEquals(Array.isArray(redacted), Array.isArray(value));
      assertEquals(typeof redacted, typeof value);
    }),
    { numRuns: fuzzRuns(300) },
  );
});

Deno.test("any bytes are stripped to text whose characters can be found again", () => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 300 }), nastyText().map((text) => new TextEncoder().encode(text)));
  fc.assert(
    fc.property(bytes, (raw) => {
      const { text, rawOffset } = strip(raw);
      let last = 0;
      for (let index = 0; index <= Math.min(text.length, 50); index++) {
        const offset = rawOffset(index);
        assert(offset >= last && offset <= raw.length, `${index} → ${offset}`);
        last = offset;
      }
    }),
    { numRuns: fuzzRuns(500) },
  );
});

Deno.test("any bytes that a sensor prints are a reading of one object, or an error of one kind", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 400 }), (raw, most) => {
      const judged = judgeOutput(raw, most);
      assert("reading" in judged ? raw.length >= 2 : judged.error !== undefined);
    }),
    { numRuns: fuzzRuns(500) },
  );
});
