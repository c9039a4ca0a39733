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

/** The package depends on Deno, which npm fetches: without npm, or where its registry is out of reach, there is nothing to try. */
function reachesRegistry(): boolean {
  const args = ["view", "deno", "version", "--fetch-retries=1", "--fetch-timeout=10000"];
  return has("npm") &&
    new Deno.Command("npm", { args, stdin: "null", stdout: "null", stderr: "null" }).outputSync().success;
}

Deno.test({
  name: "the npm package brings its own Deno, and shows the whole loop; install.sh takes it where no executable fits",
  ignore: !reachesRegistry(),
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
      const checks = JSON.parse((await looop("doctor", "--json")).stdout).checks as { name: string; message: string }[];
      assertMatch(
        checks.find(({ name }) => name === "grants")?.message ?? "",
        /write only its profile, the directory of its config and the temporary one/,
      );
      const demo = await looop("demo", "--fast");
      assertEquals(demo.code, 0, demo.stdout + demo.stderr);
      assertMatch(demo.stdout, /7\. Everything is down/);
      const upgrade = JSON.parse((await looop("upgrade", "--json")).stdout);
      assertEquals([upgrade.installed, upgrade.line], [
        "npm",
        `npm install -g --prefix '${prefix}' looop@latest`,
      ]);

      // A machine for which there is no executable, going by its name.
      const tools = join(base, "tools");
      await Deno.mkdir(tools);
      await Deno.writeTextFile(join(tools, "uname"), "#!/bin/sh\necho Plan9\n", { mode: 0o755 });
      const bin = join(base, "a bin");
      const data = join(base, "it's data");
      const install = (source: string) =>
        run("sh", [join(ROOT, "install.sh"), "--release"], {
          cwd: base,
          env: {
            HOME: base,
            PATH: `${tools}:${Deno.env.get("PATH")}`,
            XDG_DATA_HOME: data,
            LOOOP_INSTALL_DIR: bin,
            LOOOP_PACKAGE: source,
            LOOOP_DENO: "",
          },
        });
      const first = await install(tarball);
      assertEquals([first.code, first.stderr], [0, ""]);
      const program = join(bin, "looop");
      assertMatch(first.stdout, new RegExp(`^Installed looop ${version.replaceAll(".", "\\.")}.* at `, "m"));
      const packages = () =>
        [...Deno.readDirSync(join(data, "looop"))].map(({ name }) => join(data, "looop", name)).sort();
      const [inUse = ""] = packages();
      // Old as it is: it is what runs, and it goes on running when the next one cannot be had.
      const longAgo = Date.now() / 1000 - 40 * 86_400;
      await Deno.utime(inUse, longAgo, longAgo);
      const failed = await install(join(base, "no package"));
      assertEquals([failed.code, packages()], [1, [inUse]]);
      assertMatch(failed.stderr, /npm install .* failed/);
      assertEquals((await run(program, ["version"], { env })).code, 0);
      // Replaced, it stays for the pulse that may still run from it, and goes with the one after the next.
      const older = join(data, "looop", "npm-older");
      await Deno.mkdir(older);
      await Deno.writeTextFile(join(older, "launcher"), `${program}\n`);
      await Deno.utime(older, longAgo, longAgo);
      assertEquals((await install(tarball)).code, 0);
      assertEquals([packages().length, packages().includes(inUse), packages().includes(older)], [2, true, false]);
      assertEquals((await run(program, ["version"], { env })).stdout, said.stdout === "" ? "" : `looop ${version}\n`);
      const gone = await run("sh", [join(ROOT, "install.sh"), "--uninstall"], {
        env: { ...env, XDG_DATA_HOME: data, LOOOP_INSTALL_DIR: bin },
      });
      assertEquals([gone.code, packages(), has(program)], [0, [], false]);
    } finally {
      await Deno.remove(base, { recursive: true });
    }
  },
});
