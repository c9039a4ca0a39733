import { join } from "node:path";
import { assertEquals, assertIncludes } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import { contentChecks } from "../../../src/verbs/doctor/contents.ts";

Deno.test("doctor names what lies where every name is an id and has none", async () => {
  await using test = await makeContext();
  const names = () => contentChecks(test.context).find(({ name }) => name === "names");
  for (const dir of ["sessions/fine", "goals/archive", "sessions/.ends"]) {
    Deno.mkdirSync(join(test.dir, dir), { recursive: true });
  }
  assertEquals(names()?.state, "ok", names()?.message);
  const debris: readonly (readonly [string, "file" | "dir"])[] = [
    ["workers/bad name.json", "file"],
    ["sessions/bad name", "dir"],
    ["sessions/fine.txt", "file"],
  ];
  for (const [path, kind] of debris) {
    const full = join(test.dir, path);
    if (kind === "dir") Deno.mkdirSync(full);
    else Deno.writeTextFileSync(full, "");
    assertEquals(names()?.state, "warn", path);
    assertIncludes(names()?.message ?? "", full);
    Deno.removeSync(full);
  }
});
