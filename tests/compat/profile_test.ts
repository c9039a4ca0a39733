import { join } from "node:path";
import { assert, assertEquals, assertIncludes } from "../kit/assert.ts";
import { makeRig } from "../kit/rig.ts";

const FROZEN = new URL("./profile-1/", import.meta.url).pathname;

Deno.test("a frozen profile, with keys that this version does not know, answers to every read and keeps them", async () => {
  await using rig = await makeRig();
  thaw(FROZEN, rig.dir);
  const reads: readonly (readonly [readonly string[], string])[] = [
    [["_", "state", "--json"], '"night-2"'],
    [["_", "state"], "night-2"],
    [["status", "--json"], '"cost_today_usd"'],
    [["status", "--line"], "ask"],
    [["asks", "--json"], "Really?"],
    [["asks", "--all"], "night-1"],
    [["log", "--asks"], "night-1  Go on? → yes"],
    [["notices"], "look here"],
    [["journal"], "green-ci"],
    [["cost", "--json"], "0.5"],
    [["_", "goal", "list"], "CI on main is green"],
    [["_", "goal", "show", "green-ci"], "owner: nobody"],
    [["_", "sensor", "list"], "ci"],
    [["_", "schedule", "list"], "standup"],
    [["_", "playbook", "show"], "Second text."],
    [["config", "show", "--json"], '"sh"'],
    [["ls", "-a", "--json"], "[]"],
  ];
  for (const [args, part] of reads) assertIncludes((await rig.ok(args)).stdout, part, args.join(" "));
  await rig.ok(["config", "set", "interval", "30s"]);
  assertEquals(JSON.parse(rig.file("config.json")).later, { kept: true });
  await rig.ok(["notices", "ack", "--all"]);
  await rig.ok(["answer", "night-2", "yes"]);
  assertEquals((await rig.ok(["_", "ask", "night", "--prompt", "Really?"])).stdout, "yes");
  // Ids go on where they were.
  assertEquals((await rig.ok(["_", "ask", "night", "--no-wait", "--prompt", "More?"])).stdout, "night-3\n");
});

Deno.test("what a newer version wrote is refused with a sentence, and left alone", async () => {
  await using rig = await makeRig();
  thaw(FROZEN, rig.dir);
  const marker = JSON.stringify({ ...JSON.parse(rig.file("profile.json")), v: 99 });
  rig.write("profile.json", marker);
  for (const args of [["_", "state"], ["_", "goal", "archive", "green-ci"], ["up"]]) {
    const refused = await rig.run(args);
    assert(refused.code === 1, `${args.join(" ")} ended with ${refused.code}`);
    assertIncludes(refused.stderr, "version 99");
  }
  assertEquals(rig.file("profile.json"), marker);
  rig.write("profile.json", Deno.readTextFileSync(join(FROZEN, "profile.json"))); // so that the rig can take it down
});

function thaw(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true, mode: 0o700 });
  Deno.chmodSync(to, 0o700);
  for (const entry of Deno.readDirSync(from)) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory) {
      thaw(source, target);
      continue;
    }
    Deno.copyFileSync(source, target);
    Deno.chmodSync(target, entry.name.endsWith(".sh") ? 0o700 : 0o600);
  }
}
