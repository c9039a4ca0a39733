import { assert, assertEquals, assertFailed, assertIncludes, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import { changeConfig, parseChange } from "../../../src/config/change.ts";

const GOOD: readonly { key: string; text: string; value: unknown }[] = [
  { key: "interval", text: "5m", value: "5m" },
  { key: "interval", text: "90", value: 90 },
  { key: "max_workers", text: "3", value: 3 },
  { key: "log_max_bytes", text: "64MiB", value: 64 * 1024 * 1024 },
  { key: "max_daily_usd", text: "12.50", value: 12.5 },
  { key: "max_daily_usd", text: "none", value: null },
  { key: "reminders", text: "5m, 1h 1d", value: ["5m", "1h", "1d"] },
  { key: "reminders", text: '["5m"]', value: ["5m"] },
  { key: "reminders", text: "", value: [] },
  { key: "env_deny", text: "AWS_SECRET GH_TOKEN", value: ["AWS_SECRET", "GH_TOKEN"] },
  { key: "stuck_action", text: "kill", value: "kill" },
  { key: "keep.runs", text: "0", value: 0 },
  { key: "runners.mine.command", text: 'x "$(cat {{prompt_file}})"', value: 'x "$(cat {{prompt_file}})"' },
  { key: "runners.mine.env.TOKEN_FILE", text: "/x", value: "/x" },
  { key: "runners.mine", text: '{"command": "x"}', value: { command: "x" } },
];

for (const { key, text, value } of GOOD) {
  Deno.test(`parseChange() reads ${key} ${text}`, () => {
    assertEquals(assertOk(parseChange(key, text)), { key, value });
  });
}

const WRONG: readonly { key: string; text: string; says: string }[] = [
  { key: "intervall", text: "5m", says: "did you mean interval" },
  { key: "max-workers", text: "5", says: "did you mean max_workers" },
  { key: "colour", text: "5", says: "looop config show" },
  { key: "keep", text: "5", says: "no such key" },
  { key: "v", text: "5", says: "no such key" },
  { key: "__proto__", text: "5", says: "no such key" },
  { key: "interval", text: "fast", says: "a duration" },
  { key: "interval", text: "-5", says: "a duration" },
  { key: "max_workers", text: "many", says: "a whole number" },
  { key: "max_workers", text: "99999999999999999999", says: "a whole number" },
  { key: "max_daily_usd", text: "1.2345678", says: "six decimals" },
  { key: "stuck_action", text: "shout", says: '"none" or "kill"' },
  { key: "runners.mine.colour", text: "x", says: 'no "colour"' },
  { key: "runners.a b.command", text: "x", says: "no name for a runner" },
  { key: "runners.mine.env.A-B", text: "x", says: "no name of a variable" },
  { key: "runners.mine", text: "codex", says: "an object" },
];

for (const { key, text, says } of WRONG) {
  Deno.test(`parseChange() refuses ${key} ${text}`, () => {
    const failure = assertFailed(parseChange(key, text));
    assertEquals(failure.kind, "usage");
    assertIncludes(`${failure.state} ${failure.hint ?? ""}`, says);
  });
}

Deno.test("a change keeps keys that nobody knows, and the order", async () => {
  await using test = await makeContext();
  const { paths } = test.context.profile;
  await Deno.writeTextFile(paths.config, '{"mine": [1], "interval": "1m", "keep": {"runs": 3, "other": 1}, "v": 1}');
  const done = assertOk(
    await changeConfig(test.os, paths, [
      { key: "interval", value: "5m" },
      { key: "keep.runs", value: undefined },
      { key: "runners.a.command", value: "a {{prompt_file}}" },
    ]),
  );
  assertEquals([done.changed, done.state.config.intervalMs], [true, 300_000]);
  const text = await Deno.readTextFile(paths.config);
  assertEquals(
    JSON.stringify(JSON.parse(text)),
    '{"mine":[1],"interval":"5m","keep":{"other":1},"v":1,"runners":{"a":{"command":"a {{prompt_file}}"}}}',
  );
  assertEquals((await Deno.stat(paths.config)).mode! & 0o777, 0o600);
  const again = assertOk(await changeConfig(test.os, paths, [{ key: "interval", value: "5m" }]));
  assertEquals(again.changed, false);
  const gone = assertOk(await changeConfig(test.os, paths, [{ key: "runners.a.command", value: undefined }]));
  assertEquals((gone.state.file as Record<string, unknown>).runners, undefined);
});

Deno.test("a file that is no JSON or newer is not written over", async () => {
  await using test = await makeContext();
  const { paths } = test.context.profile;
  for (const text of ['{"interval": 5,}', '{"v": 9, "interval": "5m"}']) {
    await Deno.writeTextFile(paths.config, text);
    const failure = assertFailed(await changeConfig(test.os, paths, [{ key: "interval", value: "5m" }]));
    assert(failure.kind === "corrupt" || failure.kind === "newer");
    assertEquals(await Deno.readTextFile(paths.config), text);
  }
});

Deno.test("one wrong key does not keep another from being put right", async () => {
  await using test = await makeContext();
  const { paths } = test.context.profile;
  await Deno.writeTextFile(paths.config, '{"interval": "x", "settle": "y"}');
  const done = assertOk(await changeConfig(test.os, paths, [{ key: "interval", value: "5m" }]));
  assertIncludes(done.state.problem?.message ?? "", '"settle"');
  assertEquals(done.state.config.intervalMs, 300_000);
});

Deno.test("of many changes at once none is lost", async () => {
  await using test = await makeContext();
  const { paths } = test.context.profile;
  const names = Array.from({ length: 20 }, (_, n) => `r${n}`);
  const done = await Promise.all(
    names.map((name) => changeConfig(test.os, paths, [{ key: `runners.${name}.command`, value: name }])),
  );
  assert(done.every(({ ok }) => ok));
  const { runners } = JSON.parse(await Deno.readTextFile(paths.config));
  assertEquals(Object.keys(runners).sort(), [...names].sort());
});
