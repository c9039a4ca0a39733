/** What install.sh and `looop upgrade` do where looop came as its npm package; a script stands for npm. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assertEquals, assertIncludes, assertMatch } from "../kit/assert.ts";
import { layPackage } from "../kit/installed.ts";

const SCRIPT = fileURLToPath(new URL("../../install.sh", import.meta.url));

/** Lays the package down where a real npm would. What it is told lies in `npm-args`, and `npm-fails` makes it fail. */
const NPM = (base: string) =>
  `#!/bin/sh
printf '%s ' "$@" >'${base}/npm-args'
if [ -e '${base}/npm-fails' ]; then
  printf 'npm error %s\\n' 'code EWHY' 'errno -1' 'a good reason' '' 'A complete log of this run can be found in: /the/log' >&2
  exit 1
fi
while [ "$1" != --prefix ]; do shift; done
mkdir -p "$2/node_modules/.bin"
cp -R '${base}/package' "$2/node_modules/looop"
ln -s ../looop/bin/looop "$2/node_modules/.bin/looop"
`;

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A home on a machine for which there is no executable. */
interface Home extends AsyncDisposable {
  readonly base: string;
  run(path: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Said>;
  /** install.sh, told of the directory. */
  install(dir: string, ...args: readonly string[]): Promise<Said>;
  /** Whether the looop in a directory runs. */
  runs(dir: string): Promise<boolean>;
  /** The packages that are there. */
  packages(): readonly string[];
}

/** The package is looop, or a program that says its version and nothing else, which is there sooner. */
async function makeHome(content: "looop" | "a stub"): Promise<Home> {
  const base = await Deno.realPath(await Deno.makeTempDir({ prefix: "looop's npm " }));
  const tools = join(base, "tools");
  await Deno.mkdir(tools);
  await Deno.writeTextFile(join(tools, "uname"), "#!/bin/sh\necho Plan9\n", { mode: 0o755 });
  await Deno.writeTextFile(join(tools, "npm"), NPM(base).replaceAll(`'${base}`, `'${base.replaceAll("'", "'\\''")}`), {
    mode: 0o755,
  });
  if (content === "looop") layPackage(join(base, "package"));
  else {
    await Deno.mkdir(join(base, "package/bin"), { recursive: true });
    await Deno.writeTextFile(join(base, "package/bin/looop"), "#!/bin/sh\necho looop 1.2.3\n", { mode: 0o755 });
  }
  const releases = join(base, "releases", "latest", "download");
  await Deno.mkdir(releases, { recursive: true });
  await Deno.copyFile(SCRIPT, join(releases, "install.sh"));
  const home: Home = {
    base,
    run: async (path, args, env = {}) => {
      const { code, stdout, stderr } = await new Deno.Command(path, {
        args: [...args],
        clearEnv: true,
        cwd: base,
        env: {
          PATH: `${tools}:${Deno.env.get("PATH")}`,
          HOME: base,
          DENO_DIR: Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME") ?? "", ".cache/deno"),
          LOOOP_DENO: Deno.execPath(),
          LOOOP_RELEASES: `file://${join(base, "releases")}`,
          ...env,
        },
        stdin: "null",
      }).output();
      return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
    },
    install: (dir, ...args) => home.run("sh", [SCRIPT, ...args], { LOOOP_INSTALL_DIR: dir }),
    runs: async (dir) => {
      try {
        return (await home.run(join(dir, "looop"), ["version"])).code === 0;
      } catch {
        return false;
      }
    },
    packages: () => {
      const dir = join(base, ".local/share/looop");
      return [...Deno.readDirSync(dir)].map(({ name }) => join(dir, name)).sort();
    },
    [Symbol.asyncDispose]: () => Deno.remove(base, { recursive: true }),
  };
  return home;
}

const longAgo = Date.now() / 1000 - 40 * 86_400;

Deno.test("an uninstall removes what the looop there ran, and nothing of another one", async () => {
  await using home = await makeHome("a stub");
  const [mine, other, links] = [join(home.base, "mine"), join(home.base, "another's"), join(home.base, "links")];
  for (const dir of [mine, other]) assertEquals((await home.install(dir, "--release")).stderr, "");
  assertEquals(home.packages().length, 2);

  const nothing = await home.install(join(home.base, "empty"), "--uninstall");
  assertIncludes(nothing.stdout, "nothing to remove");
  assertEquals([home.packages().length, await home.runs(mine), await home.runs(other)], [2, true, true]);
  await Deno.mkdir(links);
  await Deno.symlink(join(mine, "looop"), join(links, "looop"));
  assertIncludes((await home.install(links, "--uninstall")).stdout, "Removed");
  assertEquals([home.packages().length, await home.runs(mine)], [2, true]);

  // What it ran before goes with it.
  assertEquals((await home.install(mine, "--release")).code, 0);
  assertEquals(home.packages().length, 3);
  assertIncludes((await home.install(mine, "--uninstall")).stdout, "Removed");
  assertEquals([home.packages().length, await home.runs(other)], [1, true]);
  // Also where data lies elsewhere by now.
  const gone = await home.run("sh", [SCRIPT, "--uninstall"], { LOOOP_INSTALL_DIR: other, XDG_DATA_HOME: home.base });
  assertEquals([gone.code, home.packages()], [0, []]);
});

Deno.test("an install forgets what its own looop ran long ago, and nothing that another one runs", async () => {
  await using home = await makeHome("a stub");
  const [mine, other] = [join(home.base, "mine"), join(home.base, "other")];
  await home.install(other, "--release");
  const [others = ""] = home.packages();
  await home.install(mine, "--release");
  const first = home.packages().find((path) => path !== others) ?? "";
  for (const path of [first, others]) await Deno.utime(path, longAgo, longAgo);
  // The one that was just replaced may still run.
  await home.install(mine, "--release");
  assertEquals([home.packages().length, home.packages().includes(first)], [3, true]);
  await home.install(mine, "--release");
  assertEquals([home.packages().length, home.packages().includes(first), home.packages().includes(others)], [
    3,
    false,
    true,
  ]);
  assertEquals([await home.runs(mine), await home.runs(other)], [true, true]);
});

Deno.test("when npm fails, its reason is told, and nothing is left of it", async () => {
  await using home = await makeHome("a stub");
  const mine = join(home.base, "mine");
  await home.install(mine, "--release");
  const before = home.packages();
  await Deno.writeTextFile(join(home.base, "npm-fails"), "");
  const failed = await home.install(mine, "--release");
  assertEquals([failed.code, failed.stdout, home.packages(), await home.runs(mine)], [1, "", before, true]);
  assertEquals(
    failed.stderr,
    "looop: Cannot install looop: npm install looop failed: a good reason\n  more of it: /the/log\n",
  );
});

Deno.test("upgrade brings the next one to where install.sh put this one, and tells why it could not", async () => {
  await using home = await makeHome("looop");
  const [mine, other] = [join(home.base, "mine"), join(home.base, "other")];
  for (const dir of [mine, other]) await home.install(dir, "--release");
  const [before, others] = [mine, other].map((dir) => Deno.readTextFileSync(join(dir, "looop")));
  const looop = join(mine, "looop");
  const told = JSON.parse((await home.run(looop, ["upgrade", "--json"])).stdout);
  assertEquals([told.installed, told.ran], ["npm", false]);
  assertMatch(
    told.line,
    /^curl -fsSL .*\/latest\/download\/install\.sh.* \| LOOOP_INSTALL_DIR='.*\/mine' sh -s -- --release$/,
  );
  const done = await home.run(looop, ["upgrade", "--yes"]);
  assertEquals(done.code, 0, done.stderr);
  assertIncludes(done.stdout, `Installed looop`);
  const now = [mine, other].map((dir) => Deno.readTextFileSync(join(dir, "looop")));
  assertEquals([now[0] === before, now[1] === others, home.packages().length], [false, true, 3]);
  assertEquals([...Deno.readDirSync(join(home.base, ".local"))].map(({ name }) => name), ["share"]);

  await Deno.writeTextFile(join(home.base, "npm-fails"), "");
  const failed = await home.run(looop, ["upgrade", "--yes"]);
  assertEquals([failed.code, failed.stdout], [1, ""]);
  const lines = failed.stderr.split("\n");
  assertEquals(lines.slice(0, 2), [
    "looop: Cannot upgrade looop: npm install looop failed: a good reason",
    "  more of it: /the/log",
  ]);
  assertMatch(lines[2] ?? "", /^ {2}what was installed before is untouched; by hand: curl /);
});

for (
  const { where, dir, line } of [
    { where: "globally", dir: "a prefix/lib/node_modules", line: "install -g --prefix" },
    { where: "into a directory", dir: "a prefix/node_modules", line: "install --prefix" },
    { where: "into a directory that is called lib", dir: "a prefix/lib/node_modules", line: "install --prefix" },
  ]
) {
  Deno.test(`upgrade of what npm installed ${where} is for npm, in that place`, async () => {
    await using home = await makeHome("looop");
    const modules = join(home.base, dir);
    layPackage(join(modules, "looop"));
    const global = line.includes("-g");
    if (!global) await Deno.writeTextFile(join(modules, ".package-lock.json"), "{}");
    const prefix = join(modules, global ? "../.." : "..");
    const looop = join(modules, "looop/bin/looop");
    const told = JSON.parse((await home.run(looop, ["upgrade", "--json"])).stdout);
    const word = `'${prefix.replaceAll("'", "'\\''")}'`;
    assertEquals([told.installed, told.line], ["npm", `npm ${line} ${word} looop@latest`]);
    await Deno.remove(join(home.base, "package"), { recursive: true });
    await home.run(looop, ["upgrade", "--yes"]);
    assertEquals(Deno.readTextFileSync(join(home.base, "npm-args")), `${line} ${prefix} looop@latest `);
  });
}
