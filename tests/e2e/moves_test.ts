import { assert, assertEquals, assertIncludes, assertMatch } from "../kit/assert.ts";
import { lives } from "../kit/processes.ts";
import { makeRig } from "../kit/rig.ts";
import { waitUntil } from "../kit/wait_until.ts";

const GOAL = "---\ngoal: CI is green\n---\nLook first.\n";

Deno.test("goals from the command line: written, unchanged, listed, shown, archived, refused", async () => {
  await using rig = await makeRig();
  const added = await rig.ok(["_", "goal", "write", "ci", "-", "--json"], { stdin: GOAL });
  assertEquals(added.json(), { changed: true, id: "ci", title: "CI is green", written: "added" });
  assertEquals(added.stderr, "");
  assertIncludes((await rig.ok(["_", "goal", "write", "ci", GOAL])).stdout, "unchanged");
  assertMatch((await rig.ok(["_", "goal", "list"])).stdout, /^ci +CI is green$/m);
  assertEquals((await rig.ok(["_", "goal", "show", "ci"])).stdout, GOAL);
  await rig.ok(["_", "goal", "archive", "ci"]);
  const again = await rig.run(["_", "goal", "archive", "ci", "--json"]);
  assertEquals(again.code, 3);
  assertMatch(again.json<{ error: { hint: string } }>().error.hint, /goals\/archive\/ci\.md/);
  const shown = await rig.ok(["_", "goal", "show", "ci", "--json"]);
  assertEquals(shown.json()["archived"], true);
  assertIncludes(shown.stderr, "archived");
  for (
    const [args, stdin] of [
      [["_", "goal", "write", "../x", "-"], GOAL],
      [["_", "goal", "write", "x", "-"], ""],
      [["_", "goal", "write", "x", "-"], new Uint8Array([0xff, 0xfe, 0x00])],
      [["_", "goal", "write", "x", "-"], GOAL + "x".repeat(11 * 1024 * 1024)],
      [["_", "goal", "write", "x", "no front matter"], ""],
      [["_", "goal", "write"], ""],
      [["_", "goal", "write", "x", "--nope"], ""],
    ] as const
  ) {
    const refused = await rig.run(args, { stdin });
    assertEquals([refused.code, refused.stdout], [2, ""], args.join(" "));
    assertMatch(refused.stderr, /^looop: Cannot /);
  }
  assertEquals(rig.names("goals").filter((name) => name.endsWith(".md")).includes("x.md"), false);
});

Deno.test("run: output and code, as text and as JSON, refused with 5, told when the process is killed", async () => {
  await using rig = await makeRig();
  await rig.ok(["_", "goal", "write", "ci", GOAL]);
  const done = await rig.ok(["_", "run", "--reason", "look", "echo one; echo two >&2"]);
  assertEquals([done.stdout, done.stderr], ["one\ntwo\n", ""]);
  // Words behind the first are the command's own, options too.
  assertEquals((await rig.ok(["_", "run", "printf", "%s|", "a b", "--json", "$HOME"])).stdout, "a b|--json|$HOME|\n");
  const failed = await rig.run(["_", "run", "echo why; exit 7"]);
  assertEquals([failed.code, failed.stdout], [1, "why\n"]);
  assertMatch(failed.stderr, /^looop: Cannot run "echo why; exit 7": it exited with 7$/m);
  const json = await rig.run(["_", "run", "--json", "echo why; exit 7"]);
  const { error } = json.json<{ error: { code: number; data: Record<string, unknown> } }>();
  assertEquals([json.code, error.code, error.data["exit_code"], error.data["output"]], [1, 1, 7, "why\n"]);
  for (
    const args of [["sudo", "id"], ["sudo id"], ["--", "sudo", "id"], ["rm", "-rf", "/"], ["sh", "-c", "su''do id"]]
  ) {
    const refused = await rig.run(["_", "run", ...args]);
    assertEquals([refused.code, refused.stdout], [5, ""], args.join(" "));
    assertIncludes(refused.stderr, "looop _ notify");
  }
  const running = rig.start(["_", "run", "echo $$ > pid; exec sleep 600"]);
  await waitUntil("the command's start", () => rig.exists("pid") && rig.file("pid").trim() !== "");
  running.signal("SIGKILL");
  await running.end;
  const [intent] = rig.names("runs").filter((name) => name.startsWith("intent-"));
  assert(intent !== undefined);
  assertIncludes(rig.file("runs", intent), "sleep 600");
  const pid = rig.file("pid").trim();
  await waitUntil("the end of the command", async () => !(await lives(Number(pid))));
  const interrupted = rig.start(["_", "run", "echo $$ > second; exec sleep 600"]);
  await waitUntil("the second command's start", () => rig.exists("second") && rig.file("second").trim() !== "");
  interrupted.signal("SIGINT");
  assertEquals((await interrupted.end).code, 130);
  assertEquals(rig.names("runs").filter((name) => name.startsWith("intent-")), [intent]);
  assertIncludes((await rig.ok(["journal", "-n", "1"])).stdout, "may have been carried out in part");
  const journal = (await rig.ok(["journal", "-n", "4", "--json"])).json<string[]>().slice(0, -1);
  assertEquals(journal.length, 3);
  assertIncludes(journal.at(-1) ?? "", "it exited with 7");
});

Deno.test("cost: twenty report at once, nothing is torn; totals by day, kind, worker and runner", async () => {
  await using rig = await makeRig();
  await rig.ok(["_", "goal", "write", "ci", GOAL]);
  const reports = Array.from(
    { length: 20 },
    (_, n) =>
      rig.ok(
        n % 2 === 0 ? ["_", "cost", "0.1", "--runner", "claude"] : ["_", "cost", "session", "fix-ci", "pi", "0.2"],
        {
          env: n % 2 === 0 ? { LOOOP_SESSION_ID: "review" } : {},
        },
      ),
  );
  await Promise.all(reports);
  const lines = rig.file("cost.jsonl").trimEnd().split("\n");
  assertEquals(lines.length, 20);
  for (const line of lines) JSON.parse(line);
  const cost = (await rig.ok(["cost", "all", "--json"])).json<Record<string, unknown>>();
  assertEquals([cost["usd"], cost["calls"], cost["skipped"]], [3, 20, 0]);
  assertEquals(cost["by_worker"], [
    { name: "fix-ci", usd: 2, calls: 10, tokens: 0 },
    { name: "review", usd: 1, calls: 10, tokens: 0 },
  ]);
  assertIncludes((await rig.ok(["cost", "today"])).stdout, "$3.00");
  for (const amount of ["NaN", "abc", "1e99", ""]) {
    const refused = await rig.run(["_", "cost", amount]);
    assertEquals(refused.code, 2, amount);
  }
  assertEquals((await rig.run(["_", "cost", "--", "-1"])).code, 2);
  assertEquals((await rig.run(["_", "cost", "goal", "x", "pi", "1"])).code, 2);
  assertEquals((await rig.run(["cost", "yesterday"])).code, 2);
});

Deno.test("notices: raised, handed to notify.d without a pulse, shown, acknowledged", async () => {
  await using rig = await makeRig();
  await rig.ok(["_", "goal", "write", "ci", GOAL]);
  rig.write("notify.d/keep", '#!/bin/sh\ncat > "$LOOOP_DATA_DIR/got.json"\n', 0o700);
  rig.write("notify.d/broken", "#!/bin/sh\necho no route >&2; exit 1\n", 0o700);
  const raised = await rig.ok(["_", "notify", "the build", "is red", "\x1b[31m!", "--json"]);
  assertEquals(raised.json(), { n: 1, message: "the build is red \x1b[31m!" });
  assertIncludes(raised.stderr, "notify.d/broken exited with 1: no route");
  assertEquals(JSON.parse(rig.file("got.json")).message, "the build is red !");
  const shown = (await rig.ok(["notices"])).stdout;
  assertMatch(shown, /^1 .*notify: the build is red !$/m);
  assertIncludes(shown, "notify.d/broken failed");
  assertEquals((await rig.ok(["notices", "ack", "1"])).stdout, "acknowledged 1\n");
  assertEquals((await rig.ok(["notices", "ack", "1"])).stdout, "already acknowledged\n");
  assertEquals((await rig.run(["notices", "ack", "9"])).code, 3);
  assertEquals((await rig.run(["notices", "ack", "one"])).code, 2);
  assertEquals((await rig.run(["notices", "ack"])).code, 2);
  assertEquals((await rig.ok(["notices"])).stdout, "no notices\n");
});

Deno.test("a session may not change policy; a profile that is not there is 3 for reads", async () => {
  await using rig = await makeRig();
  for (const args of [["_", "goal", "list"], ["journal"], ["cost"], ["notices"], ["_", "playbook", "show"]]) {
    const none = await rig.run(args);
    assertEquals([none.code, none.stdout], [3, ""], args.join(" "));
  }
  assert(!rig.exists());
  await rig.ok(["_", "goal", "write", "ci", GOAL]);
  const env = { LOOOP_SESSION_ID: "fix-ci" };
  for (
    const args of [["_", "goal", "write", "x", GOAL], ["_", "playbook", "write", "x"], ["_", "run", "true"], [
      "_",
      "notify",
      "x",
    ]]
  ) {
    assertEquals((await rig.run(args, { env })).code, 5, args.join(" "));
  }
  assertEquals((await rig.run(["_", "goal", "show", "ci"], { env })).code, 0);
});
