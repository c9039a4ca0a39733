import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { notesOf, TARGETS } from "../../../scripts/release.ts";
import { assert, assertEquals, assertIncludes } from "../../kit/assert.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

Deno.test("the notes of a release are its section of the changelog", () => {
  const log =
    "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-01-02\n\n### Added\n\n- this\n\n## [0.1.0]\n\n- that\n";
  assertEquals(notesOf(log, "0.2.0"), "### Added\n\n- this");
  assertEquals(notesOf(log, "0.1.0"), "- that");
  assertEquals([notesOf(log, "Unreleased"), notesOf(log, "0.3.0"), notesOf(log, "0.2")], [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("the release workflow tests, builds, proves, tries and publishes, in this order, with scripts that are there", async () => {
  const text = await Deno.readTextFile(join(ROOT, ".github/workflows/release.yml"));
  const jobs = text.slice(text.indexOf("\njobs:\n")).split(/^ {2}(?=[a-z]+:$)/m).slice(1);
  assertEquals(jobs.map((job) => [job.slice(0, job.indexOf(":")), /^ {4}needs: (.*)$/m.exec(job)?.[1] ?? ""]), [
    ["test", ""],
    ["build", "test"],
    ["smoke", "build"],
    ["publish", "smoke"],
  ]);
  const uses = [...text.matchAll(/uses: (.*)$/gm)].map(([, name = ""]) => name);
  assert(uses.some((name) => name.startsWith("actions/attest-build-provenance@")));
  for (const name of uses) assert(/^actions\/[a-z-]+@v\d+$/.test(name), name);
  for (const [path] of text.matchAll(/(?:scripts|\.ci)\/[a-z]+/g)) {
    assert((await Deno.stat(join(ROOT, path))).isFile, path);
  }
  const tried = [...text.matchAll(/asset: (looop-\S+)/g)].map(([, asset]) => asset);
  assertEquals(tried.sort(), [...TARGETS.values()].sort());
});

Deno.test("the installer asks for the names that a release has", async () => {
  const script = await Deno.readTextFile(join(ROOT, "install.sh"));
  for (const name of TARGETS.values()) {
    const [, os = "", ...arch] = name.split("-");
    for (const word of [`os=${os}`, `arch=${arch.join("-")}`]) assertIncludes(script, word);
  }
});
