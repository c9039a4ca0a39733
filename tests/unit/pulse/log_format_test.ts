import { assertEquals, assertMatch } from "../../kit/assert.ts";
import { logLine, readableLine } from "../../../src/pulse/log_format.ts";

Deno.test("logLine() is one line of JSON whose four names cannot be overridden", () => {
  const line = logLine(1_700_000_000_000, {
    level: "warn",
    event: "sense.fail",
    msg: "sensor x failed:\nforged\u001b[2J",
    more: { ts: "never", level: "ok", sensor: "x", count: 3 },
  });
  assertEquals(JSON.parse(line), {
    ts: "2023-11-14T22:13:20.000Z",
    level: "warn",
    event: "sense.fail",
    msg: "sensor x failed: forged",
    sensor: "x",
    count: 3,
  });
  assertEquals(line.includes("\n"), false);
});

Deno.test("logLine() keeps secrets and endless texts out", () => {
  const line = logLine(0, { level: "info", event: "x", msg: `token=abcdefgh12345678 ${"y".repeat(10_000)}` });
  assertEquals(line.includes("abcdefgh12345678"), false);
  assertEquals(line.length < 3_000, true);
});

Deno.test("readableLine() says it in a line, and shows what is no line of ours as it is", () => {
  const line = logLine(1_700_000_000_000, { level: "error", event: "pulse.bug", msg: "a beat failed" });
  assertMatch(readableLine(line), /^2023-11-1\d \d\d:\d\d:20 !! a beat failed$/);
  assertEquals(readableLine("Deno panicked\u001b[0m"), "Deno panicked");
  assertEquals(readableLine('{"ts":"yesterday","msg":1}'), '{"ts":"yesterday","msg":1}');
});
