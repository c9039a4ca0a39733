import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileArguments } from "../../../scripts/compile_arguments.ts";
import { readGrants } from "../../../scripts/read_grants.ts";
import { assert, assertEquals, assertIncludes } from "../../kit/assert.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** The machines that executables are made for, as Deno names them. */
const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
];

/** What makes a release: each of them is named there. */
const RELEASED = Deno.readTextFileSync(join(ROOT, "scripts/release.ts"));

for (const target of TARGETS) {
  Deno.test(`an executable for ${target} has the grants of the file, carries what belongs to it, and is released`, () => {
    const args = compileArguments(ROOT, { output: "out/looop", target, carried: ["seeds", "demo"] });
    assertEquals(args[0], "compile");
    for (const grant of readGrants(ROOT)) assert(args.includes(grant), `${grant} is missing`);
    // Nothing is granted beside it.
    assertEquals(args.filter((word) => /^(--(allow|deny)|-A)/.test(word) && !readGrants(ROOT).includes(word)), []);
    assertIncludes(args.join(" "), `--include seeds --include demo --target ${target} --output out/looop main.js`);
    assertIncludes(RELEASED, target);
  });
}

Deno.test("a word that compile does not know is refused, with how it is called", async () => {
  const { code, stderr } = await new Deno.Command(join(ROOT, "scripts/compile"), {
    args: ["--targets", "x"],
    env: { LOOOP_DENO: Deno.execPath() },
    stdin: "null",
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr).split(":")[0]], [2, "usage"]);
});
