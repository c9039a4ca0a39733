import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../../scripts/bundle.ts";
import { readGrants } from "../../scripts/read_grants.ts";
import { assert, assertEquals } from "../kit/assert.ts";
import { makeRig, type Rig } from "../kit/rig.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What agents call all day, in an order in which each has something to do and none has to wait. */
const HOT: readonly (readonly string[])[] = [
  ["_", "ask", "w1", "--no-wait", "--prompt", "Merge it?"],
  ["_", "state", "--json"],
  ["_", "state"],
  ["_", "wait", "--json"],
  ["_", "answer", "w1-1", "yes"],
  ["_", "ask", "w1", "--prompt", "Merge it?"],
];

/** The packages that a hot verb may load. Whatever else one needs is imported where it is needed, late. */
const LIGHT = ["zod", "@noble/hashes", "fast-string-truncated-width"];

/** Node's modules are set up one by one when they are first named, and cost milliseconds each. */
const LIGHT_BUILTINS = ["node:path"];

/** Runs looop by a Deno whose engine writes down what it evaluates: the addresses of the modules, without the runtime's own. */
async function evaluated(rig: Rig, main: readonly string[], args: readonly string[]): Promise<readonly string[]> {
  const log = join(rig.home, "engine.log");
  const flags = ["--log-function-events", `--logfile=${log}`, "--no-logfile-per-isolate"];
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", `--v8-flags=${flags.join(",")}`, ...readGrants(ROOT), ...main, ...args],
    clearEnv: true,
    env: { ...rig.env, LOOOP_BIN: join(ROOT, "bin/looop") },
    cwd: rig.home,
    stdin: "null",
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""], args.join(" "));
  const lines = Deno.readTextFileSync(log).split("\n").filter((line) => line.startsWith("script-details,"));
  return [...new Set(lines.map((line) => line.split(",")[2] ?? ""))].filter((url) => url.startsWith("file://"));
}

Deno.test("the hot verbs evaluate nothing heavy", async (t) => {
  await using rig = await makeRig();
  await rig.ok(["init", "--runner", "sh", "--yes"]);
  for (const args of HOT) {
    await t.step(`looop ${args.join(" ")}`, async () => {
      const urls = await evaluated(rig, ["--config", join(ROOT, "deno.json"), join(ROOT, "main.ts")], args);
      const own = urls.filter((url) => !url.includes("/npm/")).map((url) => fileURLToPath(url));
      assert(own.length > 20 && own.includes(join(ROOT, "main.ts")), `only ${own.length} modules were seen`);
      const packages = urls.flatMap((url) => /\/npm\/[^/]+\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? []);
      assertEquals([...new Set(packages)].filter((name) => !LIGHT.includes(name)), []);
      const builtins = own.flatMap((path) =>
        [...Deno.readTextFileSync(path).matchAll(/^(?:import|export)\b[^;]*?from "(node:[^"]+)";/gm)].map(([, name]) =>
          name
        )
      );
      assertEquals([...new Set(builtins)].filter((name) => !LIGHT_BUILTINS.includes(name ?? "")), []);
    });
  }
});

Deno.test("in the executable the hot verbs load a few files, without parser and zod", async (t) => {
  await using rig = await makeRig();
  await rig.ok(["init", "--runner", "sh", "--yes"]);
  const outdir = join(rig.home, "bundle");
  await bundle({ root: ROOT, outdir, commit: "" });
  for (const args of HOT) {
    await t.step(`looop ${args.join(" ")}`, async () => {
      const urls = await evaluated(rig, ["--no-config", join(outdir, "main.js")], args);
      // Answering is not done all day, and is left out of the one file of the others.
      assert(urls.length <= (args[1] === "answer" ? 20 : 8), `${urls.length} files: ${urls.join(" ")}`);
      const text = urls.map((url) => Deno.readTextFileSync(new URL(url))).join("\n");
      for (const heavy of ["commander.", "node:path", "_zod", "@xterm"]) {
        assert(!text.includes(heavy), `${heavy} is in them`);
      }
      const builtins = [...text.matchAll(/from\s*"(node:[^"]+)"/g)].map(([, name]) => name);
      assertEquals(builtins, []);
    });
  }
});
