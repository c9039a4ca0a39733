import { join } from "node:path";
import { assert, assertEquals, assertIncludes } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import { KEY_LIST } from "../../../src/config/keys.ts";
import { type ConfigState, defaultConfig, loadConfig } from "../../../src/config/store.ts";
import { writtenConfig } from "../../../src/config/written.ts";

async function load(file: string | undefined, env: Record<string, string> = {}): Promise<ConfigState> {
  await using test = await makeContext({ env });
  const { paths } = test.context.profile;
  if (file !== undefined) await Deno.writeTextFile(paths.config, file);
  return loadConfig(test.os, paths);
}

Deno.test("without a file every key has the default of the contract", async () => {
  const state = await load(undefined);
  assertEquals(state.problem, undefined);
  assertEquals(state.config, defaultConfig());
  assert(Object.values(state.sources).every(({ from }) => from === "default"));
  assertEquals(writtenConfig(state.config), {
    default: "pi",
    runners: {},
    interval: "1m",
    busy_interval: "1m",
    active_interval: "1m",
    sensor_timeout: "1m",
    sensor_max_bytes: 8192,
    sensor_concurrency: 64,
    reminders: ["15m", "1h", "4h", "1d"],
    settle: "200ms",
    root_away: "15m",
    run_timeout: "5m",
    verify_timeout: "1m",
    notify_timeout: "10s",
    session_ttl: "3d",
    max_workers: 8,
    max_daily_usd: null,
    idle_after: "1m",
    stuck_after: "15m",
    stuck_action: "none",
    log_max_bytes: 64 * 1024 * 1024,
    journal_max_bytes: 5 * 1024 * 1024,
    events_max_bytes: 5 * 1024 * 1024,
    log_format: "text",
    env_deny: [],
    "keep.runs": 50,
    "keep.playbook": 20,
    "keep.tells": "7d",
    "keep.notices": "7d",
  });
});

Deno.test("what config show prints, written into a file, gives the same config", async () => {
  const file: Record<string, unknown> = {
    default: "mine",
    runners: { mine: { command: "mine {{prompt_file}}", env: { A: "1" } } },
    interval: "90s",
    busy_interval: 7,
    reminders: ["1m", 120, "1h"],
    max_daily_usd: 12.345678,
    stuck_action: "kill",
    env_deny: ["AWS_*"],
    keep: { runs: 1, tells: "500ms" },
  };
  const first = await load(JSON.stringify(file));
  assertEquals(first.problem, undefined);
  const nested: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(writtenConfig(first.config))) {
    const [outer, inner] = name.split(".");
    if (inner === undefined) nested[name] = value;
    else nested[outer ?? ""] = { ...nested[outer ?? ""] as object, [inner]: value };
  }
  const second = await load(JSON.stringify(nested));
  assertEquals(second.problem, undefined);
  assertEquals(second.config, first.config);
  assertEquals(first.config.maxDailyMicros, 12_345_678);
  assertEquals(first.config.remindersMs, [60_000, 120_000, 3_600_000]);
});

Deno.test("every key is shown and has a summary", () => {
  assertEquals(Object.keys(writtenConfig(defaultConfig())), KEY_LIST.map(({ name }) => name));
  for (const key of KEY_LIST) assert(key.summary !== "" && key.parse(key.initial) !== undefined, key.name);
});

Deno.test("the longest rests follow a shorter interval when they are left out, and hold when they are said", async () => {
  const short = (await load('{"interval": "5s"}')).config;
  assertEquals([short.busyIntervalMs, short.activeIntervalMs], [5000, 5000]);
  const long = (await load('{"interval": "10m"}')).config;
  assertEquals([long.busyIntervalMs, long.activeIntervalMs], [60_000, 60_000]);
  const said = (await load('{"interval": "5s", "busy_interval": "20s"}')).config;
  assertEquals([said.busyIntervalMs, said.activeIntervalMs], [20_000, 5000]);
});

const BROKEN: readonly { name: string; file: string; says: string; at: string }[] = [
  { name: "no JSON", file: '{\n  "interval": 60,\n}', says: "one too many", at: "3:1" },
  { name: "not an object", file: "[]", says: "one object in braces", at: "1:1" },
  {
    name: "a duration with a wrong unit",
    file: '{\n  "interval": "5x"\n}',
    says: '"interval" wants a duration',
    at: "2:3",
  },
  { name: "a negative duration", file: '{"settle": -1}', says: '"settle" wants', at: "1:2" },
  { name: "an endless duration", file: '{"settle": 1e300}', says: '"settle" wants', at: "1:2" },
  { name: "a duration of another kind", file: '{"interval": true}', says: "and it is true", at: "1:2" },
  { name: "a count with a fraction", file: '{"max_workers": 1.5}', says: "a whole number", at: "1:2" },
  { name: "a negative count", file: '{"max_workers": -1}', says: "a whole number", at: "1:2" },
  {
    name: "an amount below a micro-dollar",
    file: '{"max_daily_usd": 0.0000001}',
    says: "at most six decimals",
    at: "1:2",
  },
  { name: "an amount as text", file: '{"max_daily_usd": "10"}', says: "an amount", at: "1:2" },
  { name: "reminders that fall", file: '{"reminders": ["1h", "5m"]}', says: "rising", at: "1:2" },
  { name: "an unknown word", file: '{"stuck_action": "shout"}', says: '"none" or "kill"', at: "1:2" },
  { name: "a nested key", file: '{\n "keep": {\n  "runs": "many"}}', says: '"keep.runs" wants', at: "3:3" },
  { name: "an object where none belongs", file: '{\n "keep": 3}', says: '"keep"', at: "2:2" },
  { name: "a runner that is a text", file: '{\n "runners": {"x": "codex"}}', says: '"runners.x"', at: "2:14" },
  { name: "a runner's number", file: '{"runners": {"x": {"command": 3}}}', says: '"runners.x.command"', at: "1:20" },
  { name: "an empty default", file: '{"default": ""}', says: '"default" wants a name', at: "1:2" },
  { name: "a later version", file: '{\n  "v": 2}', says: "upgrade looop", at: "2:3" },
];

for (const { name, file, says, at } of BROKEN) {
  Deno.test(`a broken config is placed and told: ${name}`, async () => {
    const { problem, config } = await load(file);
    assert(problem !== undefined);
    assertIncludes(problem.message, says);
    assertEquals(`${problem.line}:${problem.column}`, at);
    assertEquals(config, defaultConfig());
  });
}

Deno.test("keys that are sound still hold beside one that is not", async () => {
  const { config, problem, sources } = await load('{"interval": "x", "max_daily_usd": 3, "runners": {"a": 1}}');
  assert(problem !== undefined);
  assertEquals(config.maxDailyMicros, 3_000_000);
  assertEquals(config.intervalMs, 60_000);
  assertEquals(config.runners, {});
  assertEquals([sources.max_daily_usd, sources.interval], [{ from: "file" }, { from: "default" }]);
});

Deno.test("a config that cannot be read is not taken for one that is not there", async () => {
  await using test = await makeContext();
  const { paths } = test.context.profile;
  await Deno.mkdir(paths.config);
  const { problem } = loadConfig(test.os, paths);
  assertEquals([problem?.kind, problem?.line], ["unreadable", 0]);
  await Deno.remove(paths.config);
  await Deno.writeTextFile(join(test.dir, "elsewhere"), '{"interval": 5}');
  await Deno.symlink(join(test.dir, "elsewhere"), paths.config);
  const linked = loadConfig(test.os, paths);
  assertEquals([linked.problem?.kind, linked.config.intervalMs], ["unreadable", 60_000]);
});

Deno.test("a byte order mark is no problem, unknown keys are none either", async () => {
  const state = await load('\ufeff{"interval": 5, "brain": {"on": true}}');
  assertEquals([state.problem, state.config.intervalMs], [undefined, 5000]);
  assertEquals((state.file as Record<string, unknown>).brain, { on: true });
});

Deno.test("variables override the file, and what is unusable in them is told and passed over", async () => {
  const state = await load('{"interval": "5m", "max_workers": 3}', {
    LOOOP_INTERVAL: "20",
    LOOOP_SESSION_TTL: "2h",
    LOOOP_SENSOR_TIMEOUT: "soon",
    LOOOP_MAX_WORKERS: "-4",
    LOOOP_LOG_FORMAT: "json",
  });
  assertEquals(state.config.intervalMs, 20_000);
  assertEquals(state.config.sessionTtlMs, 7_200_000);
  assertEquals(state.config.sensorTimeoutMs, 60_000);
  assertEquals(state.config.maxWorkers, 3);
  assertEquals(state.config.logFormat, "json");
  assertEquals(state.sources.interval, { from: "environment", name: "LOOOP_INTERVAL" });
  assertEquals(state.sources.max_workers, { from: "file" });
  assertEquals(state.warnings.map((line) => line.split(" ")[0]), ["LOOOP_SENSOR_TIMEOUT", "LOOOP_MAX_WORKERS"]);
});

Deno.test("an interval below a second is a second", async () => {
  assertEquals((await load('{"interval": 0}')).config.intervalMs, 1000);
  assertEquals((await load(undefined, { LOOOP_INTERVAL: "1ms" })).config.intervalMs, 1000);
});
