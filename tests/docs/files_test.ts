import { join } from "node:path";
import { assert, assertEquals } from "../kit/assert.ts";
import { documentedFiles, undocumentedFiles } from "../kit/known_files.ts";
import { makeRig } from "../kit/rig.ts";

Deno.test("every file that a loop leaves behind is in the documents", async () => {
  await using rig = await makeRig();
  const tmp = rig.path("..", "tmp");
  Deno.mkdirSync(tmp);
  await rig.ok(["demo", "--fast", "--keep"], { env: { TMPDIR: tmp }, deadlineMs: 60_000 });
  const [kept] = [...Deno.readDirSync(tmp)].filter(({ name }) => name.startsWith("looop-demo-"));
  assert(kept !== undefined);
  assertEquals(undocumentedFiles(join(tmp, kept.name, "profile")), []);
});

Deno.test("every file in the documents is one that the code speaks of", () => {
  const code = sources(new URL("../../src/", import.meta.url)).join("\n");
  const unknown = documentedFiles().filter((name) =>
    name.split("/").filter((part) => part !== "" && !part.startsWith("<")).some((part) =>
      part.split(/<[^>]+>/).some((fixed) => !code.includes(fixed.replace(/[.-]$/, "")))
    )
  );
  assertEquals(unknown, []);
});

function sources(dir: URL): readonly string[] {
  return [...Deno.readDirSync(dir)].flatMap(({ name, isDirectory }) =>
    isDirectory
      ? sources(new URL(`${name}/`, dir))
      : name.endsWith(".ts")
      ? [Deno.readTextFileSync(new URL(name, dir))]
      : []
  );
}
