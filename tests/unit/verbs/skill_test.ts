import { join } from "node:path";
import { assert, assertEquals, assertIncludes } from "../../kit/assert.ts";
import { makeRig } from "../../kit/rig.ts";
import { isSealed, skillText } from "../../../src/verbs/skill/text.ts";
import { shownVerbs } from "../../../src/verbs/help/verb_list.ts";

Deno.test("skillText() has front matter, every verb of a root agent, and a seal that breaks when it is changed", () => {
  const text = skillText(shownVerbs());
  assert(text.startsWith("---\nname: looop\ndescription: "));
  for (const entry of shownVerbs()) {
    if (entry.audience === "root" && entry.path[0] === "_") assertIncludes(text, `looop ${entry.path.join(" ")}`);
  }
  assert(isSealed(text));
  assert(!isSealed(text.replace("## Your verbs", "## My verbs")));
  assert(!isSealed("# mine\n"));
});

Deno.test("skill install writes, repeats, upgrades its own text, and never overwrites a changed one silently", async () => {
  await using rig = await makeRig();
  const path = join(rig.home, ".claude", "skills", "looop", "SKILL.md");
  await rig.ok(["skill", "install"]);
  const text = Deno.readTextFileSync(path);
  assertEquals((await rig.ok(["skill", "install", "--json"])).json()["changed"], false);
  Deno.writeTextFileSync(path, text + "\nmine\n");
  const refused = await rig.run(["skill", "install"]);
  assertEquals(refused.code, 4);
  assertIncludes(refused.stderr, "-mine");
  assertIncludes(Deno.readTextFileSync(path), "mine");
  const forced = (await rig.ok(["skill", "install", "--force", "--json"])).json<{ kept: string }>();
  assertIncludes(Deno.readTextFileSync(forced.kept), "mine");
  assertEquals(Deno.readTextFileSync(path), text);
  assertEquals(rig.exists(), false);
});

Deno.test("skill install keeps what it replaces byte for byte, and takes no empty directory for this one", async () => {
  await using rig = await makeRig();
  const dir = rig.path("..", "skill");
  Deno.mkdirSync(dir);
  const bytes = new Uint8Array([0xff, 0xfe, 0x0a, 0x00, 0x41]);
  Deno.writeFileSync(join(dir, "SKILL.md"), bytes);
  const forced = await rig.ok(["skill", "install", "--force", "--dir", dir, "--json"]);
  assertEquals(Deno.readFileSync(forced.json<{ kept: string }>().kept), bytes);
  const refused = await rig.run(["skill", "install", "--dir", ""]);
  assertEquals(refused.code, 2);
  assertIncludes(refused.stderr, "--dir is empty");
});
