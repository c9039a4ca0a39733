import { assertEquals, assertIncludes } from "../kit/assert.ts";
import { makeRig } from "../kit/rig.ts";

Deno.test("the command line refuses what it does not understand with 2, and says what to type", async () => {
  await using rig = await makeRig();
  const version = await rig.ok(["version", "--json"]);
  assertEquals(Object.keys(version.json()), ["version", "commit"]);
  const unknown = await rig.run(["verzion"]);
  assertEquals([unknown.code, unknown.stdout], [2, ""]);
  assertIncludes(unknown.stderr, "looop version");
});
