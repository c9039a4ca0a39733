import { assert, assertEquals, assertIncludes } from "../kit/assert.ts";
import { readGrants } from "../../scripts/read_grants.ts";
import { makeRig } from "../kit/rig.ts";

/** The names behind a flag of scripts/grants. */
function asked(flag: string): readonly string[] {
  const root = new URL("../../", import.meta.url).pathname;
  return readGrants(root).find((line) => line.startsWith(`${flag}=`))?.slice(flag.length + 1).split(",") ?? [];
}

Deno.test("doctor prints what is granted: each program and each variable, as lists and folded for people", async () => {
  await using rig = await makeRig();
  const { checks } = (await rig.run(["doctor", "--json"])).json<
    { checks: { name: string; state: string; lists?: Record<string, readonly string[]> }[] }
  >();
  const grants = checks.find(({ name }) => name === "grants");
  assertEquals(grants?.state, "ok");
  assertEquals(grants?.lists, { programs: asked("--allow-run"), variables: asked("--allow-env") });

  const { stdout } = await rig.run(["doctor"], { env: { COLUMNS: "80" } });
  const lines = stdout.split("\n");
  const from = lines.findIndex((line) => line.trim().startsWith("variables: "));
  const below = lines.slice(from).filter((_line, i, all) => all.slice(0, i + 1).every((one) => one.startsWith("   ")));
  assert(below.length > 5 && below.every((line) => line.length <= 80), stdout);
  assertEquals(below.join(" ").trim().split(/\s+/), ["variables:", ...asked("--allow-env")]);
  assertIncludes(stdout, "programs: sh\n");
});
