import { assert, assertEquals } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import { ownSpan, running } from "../../kit/processes.ts";
import { foundSensor, outcomeWord, placeSensor, runScript } from "../../kit/sensor.ts";
import { waitUntil } from "../../kit/wait_until.ts";
import { runSensor } from "../../../src/sensors/process.ts";

const SCRIPTS: readonly (readonly [string, string, string])[] = [
  ["prints an object", `echo '{"signal":{"n":1}}'`, "reading"],
  ["prints two objects", `echo '{"a":1}'; echo '{"b":2}'`, "two-objects"],
  ["prints garbage", "echo disk is full", "not-json"],
  ["prints nothing", "true", "empty"],
  ["prints an array", "echo '[1]'", "not-an-object"],
  ["prints too much", `printf '{"a":"'; head -c 9000 /dev/zero | tr '\\0' x; printf '"}'`, "too-large"],
  ["floods stdout", "yes", "too-large"],
  ["floods stderr", `yes >&2 & head -c 20000000 /dev/zero >&2; echo '{}'`, "reading"],
  ["exits 3", `echo '{"a":1}'; echo why >&2; exit 3`, "exit"],
  ["kills itself", "kill -s KILL $$", "exit"],
  ["outlives its deadline", "# looop:timeout=300ms\nsleep 30", "timeout"],
  ["ignores every polite signal", "# looop:timeout=300ms\ntrap '' TERM INT HUP; sleep 30 & wait; sleep 30", "timeout"],
  ["reads stdin", `read -r line; echo "{\\"got\\":\\"$line\\"}"`, "reading"],
];

for (const [name, script, want] of SCRIPTS) {
  Deno.test(`runSensor() of one that ${name}: ${want}`, async () => {
    await using test = await makeContext();
    const outcome = await runScript(test.context, test.dir, script);
    assertEquals(outcomeWord(outcome), want, JSON.stringify(outcome));
    if (outcome.kind === "error" && want === "exit" && script.includes("why")) {
      assertEquals([outcome.message, outcome.stderrTail], ["exit code 3", "why"]);
    }
  });
}

Deno.test("runSensor() runs in the data dir, tells where looop is, and speaks for no client", async () => {
  await using test = await makeContext({ env: { LOOOP_CLIENT: "root" } });
  const outcome = await runScript(
    test.context,
    test.dir,
    `printf '{"cwd":"%s","data":"%s","bin":"%s","client":"%s"}' "$PWD" "$LOOOP_DATA_DIR" "$LOOOP_BIN" "$LOOOP_CLIENT"`,
  );
  assert(outcome.kind === "reading");
  assertEquals(outcome.reading, {
    cwd: test.dir,
    data: test.dir,
    bin: test.os.environment.selfPath(),
    client: "",
  });
});

const SHEBANGS: readonly (readonly [string, string, string])[] = [
  ["python3", "x.py", `#!/usr/bin/env python3\nimport json\nprint(json.dumps({"a": 1}))\n`],
  [
    "deno",
    "x.ts",
    `#!/usr/bin/env -S ${Deno.execPath()} run --no-lock --no-config\nconsole.log(JSON.stringify({ a: 1 }));\n`,
  ],
  ["bash", "x", `#!/usr/bin/env bash\nset -o pipefail\necho '{"a":1}'\n`],
];

for (const [program, file, script] of SHEBANGS) {
  Deno.test({
    name: `runSensor() runs a script of ${program}`,
    ignore: !await has(program),
    fn: async () => {
      await using test = await makeContext();
      placeSensor(test.dir, file, script);
      const outcome = await runSensor(test.context, foundSensor(test.context, "x"), crypto.randomUUID()).end;
      assert(outcome.kind === "reading", JSON.stringify(outcome));
      assertEquals(outcome.reading, { a: 1 });
    },
  });
}

Deno.test("runSensor() says what cannot be started", async () => {
  await using test = await makeContext();
  placeSensor(test.dir, "x.sh", "#!/no/such/interpreter\n");
  assertEquals(
    outcomeWord(await runSensor(test.context, foundSensor(test.context, "x"), crypto.randomUUID()).end),
    "not-startable",
  );
  const gone = await runScript(test.context, test.dir, "no_such_command_of_anybody");
  assertEquals(outcomeWord(gone), "exit");
});

Deno.test("runSensor() leaves nothing of what a sensor forked, in its group or fled from it", async () => {
  await using test = await makeContext();
  // A child in the group; one that fled with the pipe; one whose parent is killed at the deadline.
  const ended = await runScript(
    test.context,
    test.dir,
    `sleep ${ownSpan(4721)} >/dev/null 2>&1 & setsid sleep ${ownSpan(4722)} & echo '{"a":1}'`,
  );
  assertEquals(outcomeWord(ended), "reading");
  const late = await runScript(
    test.context,
    test.dir,
    `# looop:timeout=300ms\nsetsid sleep ${ownSpan(4723)} </dev/null >/dev/null 2>&1 & sleep 30`,
  );
  assertEquals(outcomeWord(late), "timeout");
  if (Deno.build.os !== "linux") return;
  for (const seconds of [4721, 4722, 4723]) {
    await waitUntil("nothing is left", async () => (await running(`sleep ${ownSpan(seconds)}`)).length === 0);
  }
});

Deno.test("runSensor() runs neither of two files of one name", async () => {
  await using test = await makeContext();
  placeSensor(test.dir, "x.sh", "#!/bin/sh\ntouch ran\n");
  placeSensor(test.dir, "x.py", "#!/bin/sh\ntouch ran\n");
  const outcome = await runSensor(test.context, foundSensor(test.context, "x"), crypto.randomUUID()).end;
  assert(outcome.kind === "error" && outcome.error === "two-files");
  assert(outcome.message.includes("x.py, x.sh"));
  assertEquals(test.os.files.stat(`${test.dir}/ran`).ok, false);
});

Deno.test("runSensor() can be cut off", async () => {
  await using test = await makeContext();
  placeSensor(test.dir, "x.sh", "#!/bin/sh\nsleep 30\n");
  const run = runSensor(test.context, foundSensor(test.context, "x"), crypto.randomUUID());
  run.kill();
  assertEquals(outcomeWord(await run.end), "killed");
});

async function has(program: string): Promise<boolean> {
  if (program === "deno") return true;
  const { success } = await new Deno.Command("sh", { args: ["-c", `command -v ${program}`], stdout: "null" }).output();
  return success;
}
