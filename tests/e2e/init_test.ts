import { join } from "node:path";
import { assert, assertEquals, assertIncludes } from "../kit/assert.ts";
import { makeRig, type Rig } from "../kit/rig.ts";

/** What a profile of a forerunner's era held, as its own program wrote it. */
interface Era {
  readonly name: string;
  /** Path below the data dir (or, with `~/`, the home) → text. */
  readonly files: Readonly<Record<string, string>>;
  /** What `config show` says of the default runner afterwards, and of another key. */
  readonly runner: string;
  readonly spent: string;
}

const SENSOR = `#!/bin/sh\necho '{"signal":{"n":1}}'\n`;
const COMMON: Readonly<Record<string, string>> = {
  "PLAYBOOK.md": "# mine\n\nDo little.\n",
  "goals/green-ci.md": "# CI is green\n",
  "goals/archive/old.md": "# done\n",
  "sensors/ci.sh": SENSOR,
  "journal.md": "- 2026-06-20 10:00 looked around\n",
  "reports/green-ci.md": "# a report\n",
};

const ERAS: readonly Era[] = [
  {
    name: "0.1",
    files: {
      ...COMMON,
      "~/.config/looop.json": JSON.stringify({
        default: "claude",
        interval: 90,
        runners: { claude: { tick: "claude -p", interactive: 'claude "$(cat {{prompt_file}})"' } },
      }),
      "cost.jsonl": `{"ts":"2026-06-20T10:00:00Z","kind":"tick","id":"t1","runner":"pi","cost_usd":0.25}\n`,
      ".lock/pid": "1\n",
      paused: "",
      "attention.md": "look\n",
      ".last-tick-hash": "abc\n",
      "snapshots/sensor-ci.json": "{}",
    },
    runner: "claude",
    spent: "$0.25",
  },
  {
    name: "0.11",
    files: {
      ...COMMON,
      "looop.json": JSON.stringify({
        default: "pi",
        max_daily_usd: 7.5,
        session_ttl: 3600,
        runners: { pi: { tick: "pi -p", interactive: "pi @{{prompt_file}}", resume: "pi -c" } },
      }),
      "cost.jsonl": `{"ts":"2026-06-22T10:00:00Z","kind":"session","id":"w","runner":"pi","cost_usd":1.5}\n`,
      ".next-interval": "60\n",
      "sessions/w/meta.json": `{"id":"w","cmd":["sh"],"babysit_pid":999999,"started_at":"2026-06-22T10:00:00Z"}`,
      "sessions/w/status.json":
        `{"state":"exited","child_pid":999998,"exit_code":0,"last_change":"2026-06-22T10:00:00Z"}`,
    },
    runner: "pi",
    spent: "$1.50",
  },
  {
    name: "0.16",
    files: {
      ...COMMON,
      "config.json": JSON.stringify({
        default: "mine",
        runners: { mine: { interactive: "mine {{prompt_file}}" } },
        notification: "x",
      }),
      "cost.jsonl": "",
      "asks/fix-3.json": `{"v":1,"id":"fix-3","worker":"fix","prompt":"Which?","ts":1781000000}`,
      "answers/fix-3.json": `{"answer":"the first","ts":1781000100}`,
      "claims/x.json": `{"session":"fix","name":"x"}`,
    },
    runner: "mine",
    spent: "nothing recorded",
  },
  {
    name: "1.1",
    files: {
      ...COMMON,
      "config.json": JSON.stringify({
        tick_command: "claude -p",
        worker_command: 'claude --dangerously-skip-permissions "$(cat {{prompt_file}})"',
        interval: 30,
      }),
      "playbook.d/20260701-120000.md": "# older\n",
      "asks/fix-7.json": `{"v":1,"id":"fix-7","worker":"fix","prompt":"Which?","ts":1781000000}`,
      "schedules/daily.json": `{"v":1,"every_s":86400,"anchor":1781000000}`,
      ".worker-goals.json": `{"fix":"green-ci"}`,
      ".goal-activity.json": "{}",
      "verify/fix.cmd": "true",
    },
    runner: "claude",
    spent: "nothing recorded",
  },
];

for (const era of ERAS) {
  Deno.test(`init --adopt takes over a profile of ${era.name} and keeps every original`, async () => {
    await using rig = await makeRig();
    build(rig, era.files);
    const refused = await rig.run(["up"]);
    assertEquals(refused.code, 5, refused.stderr);
    assertIncludes(refused.stderr, "init --adopt");
    const adopted = await rig.ok(["init", "--adopt", "--yes"]);
    assertIncludes(adopted.stdout, "adopted");
    assertEquals(rig.file("PLAYBOOK.md"), COMMON["PLAYBOOK.md"] as string);
    assertIncludes((await rig.ok(["_", "goal", "list"])).stdout, "green-ci");
    assertEquals(rig.file("goals", "archive", "old.md"), COMMON["goals/archive/old.md"] as string);
    assertIncludes(rig.file("journal.md"), "looked around");
    assertEquals(rig.file("reports", "green-ci.md"), COMMON["reports/green-ci.md"] as string);
    assertIncludes((await rig.ok(["_", "sensor", "test", "ci"])).stdout, '"n": 1');
    assertIncludes((await rig.ok(["cost"])).stdout, era.spent);
    const config = (await rig.ok(["config", "show", "--json"])).stdout;
    assertIncludes(config, `"${era.runner}"`);
    const [day] = rig.names("adopted");
    assert(day !== undefined);
    for (const [path, text] of Object.entries(era.files)) {
      if (path.startsWith("~/")) assertEquals(Deno.readTextFileSync(join(rig.home, path.slice(2))), text);
      else assertEquals(rig.file("adopted", day, path), text, path);
    }
    // An id of the old life is never given out again.
    if ("asks/fix-7.json" in era.files) {
      assertEquals((await rig.ok(["_", "ask", "fix", "--no-wait", "--prompt", "New?"])).stdout, "fix-8\n");
    }
    await rig.ok(["init", "--adopt", "--yes"]);
    assertEquals(rig.names("adopted"), [day], "repeating it does nothing");
    await rig.ok(["up"]);
  });
}

Deno.test("a directory that is somebody else's is refused and left as it is", async () => {
  await using rig = await makeRig();
  rig.write("thesis.tex", "\\begin{document}");
  Deno.chmodSync(rig.dir, 0o700);
  for (
    const args of [["up"], ["init", "--yes"], ["init", "--adopt", "--yes"], [
      "_",
      "goal",
      "write",
      "a",
      "---\ngoal: x\n---\n",
    ]]
  ) {
    const refused = await rig.run(args);
    assertEquals([refused.code, rig.names()], [5, ["thesis.tex"]], `${args.join(" ")}: ${refused.stderr}`);
  }
});

Deno.test("init picks a runner among those on the PATH, and says it again without a change", async () => {
  await using rig = await makeRig();
  const bin = join(rig.home, "bin");
  Deno.mkdirSync(bin);
  Deno.writeTextFileSync(join(bin, "codex"), "#!/bin/sh\n", { mode: 0o755 });
  const env = { PATH: `${bin}:${rig.env["PATH"]}` };
  const first = (await rig.ok(["init", "--yes", "--json"], { env })).json<{ runner: string; profile: string }>();
  assertEquals([first.runner, first.profile], ["codex", "made"]);
  const second = (await rig.ok(["init", "--yes", "--json"], { env })).json<
    { runner: string; profile: string; changed: boolean }
  >();
  assertEquals([second.runner, second.profile, second.changed], ["codex", "was there", false]);
  const unknown = await rig.run(["init", "--runner", "nope"], { env });
  assertEquals(unknown.code, 2);
});

Deno.test("a broken config: up refuses with line and column, a running pulse keeps the last good one", async () => {
  await using rig = await makeRig();
  await rig.ok(["up"]);
  const good = rig.file("config.json");
  rig.write("config.json", `{\n  "interval": "5s",\n  oops\n}\n`);
  const { waitUntil } = await import("../kit/wait_until.ts");
  await waitUntil("the notice", async () => (await rig.ok(["notices"])).stdout.includes("config"));
  assertEquals((await rig.ok(["status", "--json"])).json<{ pulse: { running: boolean } }>().pulse.running, true);
  await rig.ok(["down"]);
  const refused = await rig.run(["up"]);
  assert(refused.code !== 0);
  assertIncludes(refused.stderr, "line 3");
  rig.write("config.json", good);
  await rig.ok(["up"]);
});

function build(rig: Rig, files: Era["files"]): void {
  for (const [path, text] of Object.entries(files)) {
    if (path.startsWith("~/")) Deno.writeTextFileSync(join(rig.home, path.slice(2)), text);
    else rig.write(path, text, path.endsWith(".sh") ? 0o755 : 0o600);
  }
  Deno.chmodSync(rig.dir, 0o700);
}
