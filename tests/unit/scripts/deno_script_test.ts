import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertIncludes, assertMatch } from "../../kit/assert.ts";

const SCRIPT = fileURLToPath(new URL("../../../scripts/deno", import.meta.url));
const PINNED = /^pinned=(.*)$/m.exec(Deno.readTextFileSync(SCRIPT))?.[1] ?? "";

/** A machine on which every program that the script could find is ours. Paths have spaces in them on purpose. */
class Machine implements Disposable {
  readonly root = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "a machine " }));
  readonly home = this.dir("home of mine");
  readonly cache = join(this.home, ".cache/looop");
  readonly copy = join(this.cache, `deno-${PINNED}/deno`);
  /** The tools of any system, and nothing else: no npm, no curl, no deno. */
  readonly tools = this.dir("tools");
  readonly path = [this.tools];

  constructor() {
    for (const tool of ["sh", "mktemp", "rm", "mv", "mkdir", "find", "ls", "tail", "chmod", "cat", "cp"]) {
      const found = ["/bin", "/usr/bin"].map((dir) => join(dir, tool)).find(exists);
      assert(found !== undefined, `${tool} is not where systems have it`);
      Deno.symlinkSync(found, join(this.tools, tool));
    }
  }

  dir(name: string): string {
    const path = join(this.root, name);
    Deno.mkdirSync(path, { recursive: true });
    return path;
  }

  program(dir: string, name: string, text: string): string {
    const path = join(this.dir(dir), name);
    Deno.writeTextFileSync(path, `#!/bin/sh\n${text}`);
    Deno.chmodSync(path, 0o755);
    return path;
  }

  /** A Deno that says it has that version, counts how often it was asked for it, and tells what it was run with. */
  deno(dir: string, version: string): string {
    return this.program(dir, "deno", fakeDeno(version, join(this.root, dir)));
  }

  asked(dir: string): number {
    const path = join(this.root, dir, "asked");
    return exists(path) ? Deno.readTextFileSync(path).length : 0;
  }

  /** Puts an npm on PATH that installs a Deno of that version, without node_modules/.bin and without its execute bit. */
  npm(version: string): void {
    this.path.unshift(join(this.root, "npm bin"));
    this.program(
      "npm bin",
      "npm",
      `while [ $# -gt 0 ]; do case $1 in --prefix) prefix=$2 ;; esac; shift; done
printf . >>"${this.root}/installed"
mkdir -p "$prefix/node_modules/@deno/here"
cat >"$prefix/node_modules/@deno/here/deno" <<'END'
#!/bin/sh
${fakeDeno(version, this.root)}
END
`,
    );
  }

  async run(
    args: readonly string[] = ["run", "a b"],
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
    const { code, stdout, stderr } = await new Deno.Command(SCRIPT, {
      args: [...args],
      clearEnv: true,
      env: { HOME: this.home, PATH: this.path.join(":"), ...env },
      cwd: this.root,
      stdin: "null",
    }).output();
    return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.root, { recursive: true });
  }
}

function fakeDeno(version: string, dir: string): string {
  return `case $1 in
  eval) printf . >>"${dir}/asked"; echo "${version} ${dir}/deno" ;;
  --version) echo "deno ${version} (stable)" ;;
  *) printf '%s' "${version}"; printf ' <%s>' "$@"; echo " as $LOOOP_DENO" ;;
esac
`;
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

Deno.test("LOOOP_DENO is used as it is", async () => {
  using machine = new Machine();
  const deno = machine.deno("my deno", "0.1.0");
  const ran = await machine.run(["run", "a b", ""], { LOOOP_DENO: deno });
  assertEquals(ran, { code: 0, stdout: `0.1.0 <run> <a b> <> as ${deno}\n`, stderr: "" });
});

Deno.test("a LOOOP_DENO that is none is told and passed over", async () => {
  using machine = new Machine();
  machine.path.unshift(machine.dir("bin"));
  machine.deno("bin", "2.9.6");
  for (const wrong of ["/nowhere/deno", machine.root, "deno"]) {
    const ran = await machine.run([], { LOOOP_DENO: wrong });
    assertEquals(ran.code, 0);
    assertIncludes(ran.stderr, `LOOOP_DENO is ${wrong}, which is not the whole path of a program`);
  }
});

const versions: readonly { readonly name: string; readonly given: string; readonly want: boolean }[] = [
  { name: "the oldest one", given: "2.7.11", want: true },
  { name: "one patch too old", given: "2.7.10", want: false },
  { name: "a patch that is smaller as a text", given: "2.7.100", want: true },
  { name: "a minor that is smaller as a text", given: "2.10.0", want: true },
  { name: "an older minor with a greater patch", given: "2.6.99", want: false },
  { name: "the next major", given: "3.0.0", want: true },
  { name: "an older major with greater numbers", given: "1.46.30", want: false },
  { name: "a candidate of the oldest one", given: "2.7.11-rc.1", want: false },
  { name: "a candidate of a newer one", given: "2.8.0-rc.1", want: true },
  { name: "a canary", given: "2.9.6+a1b2c3d", want: true },
  { name: "no version", given: "two", want: false },
];

for (const { name, given, want } of versions) {
  Deno.test(`on PATH: ${name} (${given}) is ${want ? "taken" : "passed over"}`, async () => {
    using machine = new Machine();
    machine.path.unshift(machine.dir("a bin"));
    const deno = machine.deno("a bin", given);
    machine.deno(`home of mine/.cache/looop/deno-${PINNED}`, PINNED);
    const ran = await machine.run(["x"]);
    assertEquals(ran, {
      code: 0,
      stdout: want ? `${given} <x> as ${deno}\n` : `${PINNED} <x> as ${machine.copy}\n`,
      stderr: "",
    });
  });
}

Deno.test("the second on PATH is taken when the first is too old, and neither is asked twice", async () => {
  using machine = new Machine();
  machine.path.unshift(machine.dir("old"), "relative", "", machine.dir("new"));
  machine.deno("old", "1.0.0");
  const deno = machine.deno("new", "2.9.0");
  for (let i = 0; i < 3; i++) assertEquals((await machine.run(["x"])).stdout, `2.9.0 <x> as ${deno}\n`);
  assertEquals([machine.asked("old"), machine.asked("new")], [1, 1]);

  machine.deno("new", "1.0.0 "); // longer than before, so that it looks different whatever the clock says
  machine.npm(PINNED);
  assertEquals((await machine.run(["x"])).stdout, `${PINNED} <x> as ${machine.copy}\n`);
  assertEquals([machine.asked("old"), machine.asked("new")], [2, 2]);
});

Deno.test("what was remembered is not trusted when it is gone", async () => {
  using machine = new Machine();
  machine.path.unshift(machine.dir("bin"));
  const real = machine.deno("real", "2.9.0");
  machine.program("bin", "deno", `exec "${real}" "$@"`);
  assertEquals((await machine.run(["x"])).stdout, `2.9.0 <x> as ${real}\n`);
  Deno.removeSync(real);
  machine.npm(PINNED);
  assertEquals((await machine.run(["x"])).stdout, `${PINNED} <x> as ${machine.copy}\n`);
});

Deno.test("the script may be on PATH itself", async () => {
  using machine = new Machine();
  machine.path.unshift(join(SCRIPT, ".."), machine.dir("bin"));
  const deno = machine.deno("bin", "2.9.0");
  assertEquals((await machine.run(["x"])).stdout, `2.9.0 <x> as ${deno}\n`);
});

Deno.test("a copy installed before needs no tool at all", async () => {
  using machine = new Machine();
  machine.deno(`home of mine/.cache/looop/deno-${PINNED}`, PINNED);
  const ran = await machine.run(["x"], { PATH: "" });
  assertEquals(ran, { code: 0, stdout: `${PINNED} <x> as ${machine.copy}\n`, stderr: "" });
});

Deno.test("npm installs it once, and leaves nothing else", async () => {
  using machine = new Machine();
  machine.npm(PINNED);
  const first = await machine.run(["x"]);
  assertEquals(first.stdout, `${PINNED} <x> as ${machine.copy}\n`);
  assertMatch(
    first.stderr,
    /^looop: Deno [0-9.]+ or newer is not on PATH: installing Deno [0-9.]+ into .* \(once\)\n$/,
  );
  const second = await machine.run(["x"]);
  assertEquals([second.stderr, second.stdout], ["", first.stdout]);
  assertEquals([...Deno.readDirSync(machine.cache)].map(({ name }) => name), [`deno-${PINNED}`]);
});

Deno.test("a cache elsewhere is obeyed when its path is whole", async () => {
  using machine = new Machine();
  machine.npm(PINNED);
  const elsewhere = join(machine.root, "else where");
  assertIncludes((await machine.run([], { XDG_CACHE_HOME: elsewhere })).stdout, `as ${elsewhere}/looop/`);
  assertIncludes((await machine.run([], { XDG_CACHE_HOME: "else where" })).stdout, `as ${machine.cache}/`);
});

Deno.test("many at once all get a whole one", async () => {
  using machine = new Machine();
  machine.npm(PINNED);
  const all = await Promise.all(Array.from({ length: 6 }, () => machine.run(["x"])));
  for (const { code, stdout } of all) assertEquals([code, stdout], [0, `${PINNED} <x> as ${machine.copy}\n`]);
  assertEquals([...Deno.readDirSync(machine.cache)].map(({ name }) => name), [`deno-${PINNED}`]);
});

Deno.test("an install that was cut off is not used", async () => {
  using machine = new Machine();
  machine.dir(`home of mine/.cache/looop/deno-${PINNED}`);
  machine.dir("home of mine/.cache/looop/install-abcdef/node_modules/@deno/here");
  machine.npm(PINNED);
  assertEquals((await machine.run(["x"])).stdout, `${PINNED} <x> as ${machine.copy}\n`);
});

Deno.test("what npm has but does not run here is passed over for the vendor's installer", async () => {
  using machine = new Machine();
  machine.npm("1.0.0");
  machine.program(
    "npm bin",
    "curl",
    `while [ $# -gt 0 ]; do case $1 in -o) out=$2 ;; esac; shift; done
cat >"$out" <<'END'
mkdir -p "$DENO_INSTALL/bin"
cat >"$DENO_INSTALL/bin/deno" <<'EOS'
#!/bin/sh
${fakeDeno(PINNED, machine.root)}
EOS
chmod +x "$DENO_INSTALL/bin/deno"
echo "$@" >"${machine.root}/vendor-args"
END
`,
  );
  const ran = await machine.run(["x"]);
  assertEquals(ran.stdout, `${PINNED} <x> as ${machine.copy}\n`);
  assertIncludes(ran.stderr, "has no program that runs here");
  assertIncludes(Deno.readTextFileSync(join(machine.root, "vendor-args")), `v${PINNED}`);
});

Deno.test("when nothing works it says what was tried and what to do", async () => {
  using machine = new Machine();
  machine.program("npm bin", "npm", "echo 'no network, says npm' >&2; exit 1\n");
  machine.path.unshift(join(machine.root, "npm bin"));
  const ran = await machine.run();
  assertEquals([ran.code, ran.stdout], [1, ""]);
  for (const part of ["no network, says npm", "curl is not on PATH", `Cannot install Deno ${PINNED}`, "LOOOP_DENO="]) {
    assertIncludes(ran.stderr, part);
  }
  assertEquals([...Deno.readDirSync(machine.cache)].map(({ name }) => name), [`deno-${PINNED}`]);
});

Deno.test("without a place to install into it says so", async () => {
  using machine = new Machine();
  const homeless = await machine.run([], { HOME: "" });
  assertEquals(homeless.code, 1);
  assertIncludes(homeless.stderr, "neither HOME nor XDG_CACHE_HOME is set");
  Deno.writeTextFileSync(join(machine.root, "file"), "");
  const blocked = await machine.run([], { XDG_CACHE_HOME: join(machine.root, "file") });
  assertEquals(blocked.code, 1);
  assertIncludes(blocked.stderr, "cannot be written");
});
