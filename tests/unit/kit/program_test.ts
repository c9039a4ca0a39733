import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assertEquals, assertIncludes } from "../../kit/assert.ts";
import { binaryOf } from "../../kit/program.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

Deno.test("the executable under test has a whole path, wherever its test starts it", () => {
  assertEquals(binaryOf("LOOOP_TEST_BINARY", "bin/looop"), join(ROOT, "bin/looop"));
  assertEquals(binaryOf("LOOOP_TEST_BINARY", join(ROOT, "bin/looop")), join(ROOT, "bin/looop"));
  assertEquals(binaryOf("LOOOP_TEST_BINARY", ""), undefined);
});

Deno.test("an executable that is not there is told once, by the name of its variable", () => {
  let told = "";
  try {
    binaryOf("LOOOP_TEST_BINARY", "dist/nothing");
  } catch (error) {
    told = String(error);
  }
  assertIncludes(told, `LOOOP_TEST_BINARY names ${join(ROOT, "dist/nothing")}, which is no file`);
});

Deno.test("the fault walk says what it wants when it can walk nothing", async () => {
  const { code, stdout, stderr } = await new Deno.Command(join(ROOT, "scripts/test"), {
    args: ["--no-check", "tests/faults", "--filter", "goal write"],
    env: { LOOOP_DENO: Deno.execPath(), LOOOP_TEST_BINARY: "", NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assertIncludes(said, "Nothing is walked: ");
  if (Deno.build.os === "linux") assertIncludes(said, "LOOOP_TEST_BINARY=dist/looop");
  assertEquals(code, 1, said); // what was asked for did not run
});
