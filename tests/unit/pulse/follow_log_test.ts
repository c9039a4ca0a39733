import { join } from "node:path";
import { assertEquals, assertFailed } from "../../kit/assert.ts";
import { makeContext, type TestContext } from "../../kit/context.ts";
import { followPulseLog, type LogQuery } from "../../../src/pulse/follow_log.ts";
import { openPulseLog } from "../../../src/pulse/log.ts";
import { logLine } from "../../../src/pulse/log_format.ts";

function write(test: TestContext, file: string, from: number, to: number): void {
  const lines = Array.from(
    { length: to - from },
    (_, n) => logLine(1e12 + from + n, { level: "info", event: "n", msg: `n${from + n}` }),
  );
  Deno.writeTextFileSync(join(test.dir, "sessions", ".pulse", file), lines.map((line) => `${line}\n`).join(""), {
    append: true,
  });
}

async function messages(test: TestContext, query: Partial<LogQuery>): Promise<readonly string[]> {
  const out: string[] = [];
  const signal = new AbortController().signal;
  for await (const line of followPulseLog(test.context, { tail: 50, follow: false, signal, ...query })) {
    out.push(line.ok ? JSON.parse(line.value).msg : line.failure.kind);
  }
  return out;
}

Deno.test("followPulseLog() shows the last lines, also across a rotation, and filters", async () => {
  await using test = await makeContext({ now: 1e12 + 10 });
  assertEquals(await messages(test, {}), ["not_found"]);
  write(test, "pulse.log.1", 0, 5);
  write(test, "pulse.log", 5, 8);
  assertEquals(await messages(test, { tail: 2 }), ["n6", "n7"]);
  assertEquals(await messages(test, { tail: 5 }), ["n3", "n4", "n5", "n6", "n7"]);
  assertEquals(await messages(test, { tail: 0 }), []);
  assertEquals(await messages(test, { sinceMs: 4 }), ["n6", "n7"]);
  assertEquals(await messages(test, { grep: /n[25]/ }), ["n2", "n5"]);
});

Deno.test("followPulseLog() goes on across a rotation and loses no line", async () => {
  await using test = await makeContext();
  write(test, "pulse.log", 0, 2);
  const ending = new AbortController();
  const lines = followPulseLog(test.context, { tail: 1, follow: true, signal: ending.signal })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value } = await lines.next();
    return value.ok ? JSON.parse(value.value).msg : value.failure.kind;
  };
  assertEquals(await next(), "n1");
  const path = join(test.dir, "sessions", ".pulse", "pulse.log");
  const following = next();
  write(test, "pulse.log", 2, 4);
  Deno.renameSync(path, `${path}.1`);
  write(test, "pulse.log", 4, 6);
  assertEquals([await following, await next(), await next(), await next()], ["n2", "n3", "n4", "n5"]);
  ending.abort();
  assertEquals((await lines.next()).done, true);
});

Deno.test("openPulseLog() writes in order, tells a lasting trouble once, and survives a log that cannot be written", async () => {
  await using test = await makeContext();
  const log = openPulseLog(test.context);
  for (let n = 0; n < 20; n++) log.write({ level: "info", event: "n", msg: `n${n}` });
  for (let n = 0; n < 3; n++) log.trouble("disk", { level: "error", event: "t", msg: "disk full" });
  log.settled("disk");
  log.trouble("disk", { level: "error", event: "t", msg: "disk full" });
  await log.flush();
  assertEquals(await messages(test, {}), [...Array.from({ length: 20 }, (_, n) => `n${n}`), "disk full", "disk full"]);
  Deno.removeSync(join(test.dir, "sessions", ".pulse"), { recursive: true });
  log.write({ level: "info", event: "n", msg: "lost" });
  await log.flush();
  for await (
    const line of followPulseLog(test.context, { tail: 1, follow: false, signal: new AbortController().signal })
  ) {
    assertEquals(assertFailed(line).kind, "not_found");
  }
});
