/** The npm package, made and installed by npm itself. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assertEquals, assertMatch } from "../kit/assert.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

function has(program: string): boolean {
  return new Deno.Command("sh", { args: ["-c", 'command -v "$1" >/dev/null', "sh", program] }).outputSync().success;
}

async function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
) {
  const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args], stdin: "null", ...options })
    .output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test({
  name: "the npm package brings its own Deno, and shows the whole loop",
  ignore: !has("npm"),
  fn: async () => {
    const base = await Deno.realPath(await Deno.makeTempDir({ prefix: "looop npm " }));
    try {
      const dir = join(base, "package");
      assertEquals((await run(join(ROOT, "scripts/release"), ["package", dir])).code, 0);
      const packed = await run("npm", ["pack", dir, "--silent"], { cwd: base });
      assertEquals(packed.code, 0, packed.stderr);
      const tarball = join(base, packed.stdout.trim());
      const prefix = join(base, "a prefix");
      const installed = await run("npm", [
        "install",
        "--global",
        "--silent",
        "--no-audit",
        "--no-fund",
        "--prefix",
        prefix,
        tarball,
      ]);
      assertEquals(installed.code, 0, installed.stderr);
      // Nothing of what is on this machine helps it: no Deno on PATH, a home of its own.
      const env = { PATH: "/usr/bin:/bin", HOME: base, TMPDIR: base };
      const looop = (...args: readonly string[]) =>
        run(join(prefix, "bin/looop"), args, {
          env: { ...env, LOOOP_DENO: "", DENO_DIR: join(base, "cache") },
          cwd: base,
        });
      const { version } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
      const said = await looop("version", "--json");
      assertEquals([JSON.parse(said.stdout).version, said.stderr], [version, ""]);
      const demo = await looop("demo", "--fast");
      assertEquals(demo.code, 0, demo.stdout + demo.stderr);
      assertMatch(demo.stdout, /7\. Everything is down/);
      const upgrade = JSON.parse((await looop("upgrade", "--json")).stdout);
      assertEquals([upgrade.installed, upgrade.line], ["npm", "npm install -g looop@latest"]);
    } finally {
      await Deno.remove(base, { recursive: true });
    }
  },
});
