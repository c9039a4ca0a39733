import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assertEquals } from "../../kit/assert.ts";
import { readGrants } from "../../../scripts/read_grants.ts";
import { placeLauncher } from "../../../scripts/release.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** The forms that have a launcher: what lays it down, what it runs, and what it tells Deno first. */
const FORMS = [
  {
    form: "a checkout",
    lay: async (root: string) => {
      for (const dir of ["bin", "scripts"]) await Deno.mkdir(join(root, dir));
      for (const file of ["bin/looop", "scripts/deno", "scripts/grants", "scripts/launch"]) {
        await Deno.copyFile(join(ROOT, file), join(root, file));
      }
    },
    main: "main.ts",
    first: (root: string) => ["run", "--quiet", "--config", join(root, "deno.json")],
  },
  {
    form: "the npm package",
    lay: placeLauncher,
    main: "main.js",
    first: () => ["run", "--quiet", "--no-config"],
  },
] as const;

/** A directory with spaces in its path that holds nothing but a launcher, and a Deno that tells what it was started with. */
async function makeRoot(
  { lay }: Pick<typeof FORMS[number], "lay">,
): Promise<{ readonly root: string; readonly env: Record<string, string> } & Disposable> {
  const root = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "a check out " }));
  await lay(root);
  Deno.mkdirSync(join(root, "elsewhere"));
  const deno = join(root, "my deno");
  Deno.writeTextFileSync(deno, '#!/bin/sh\nprintf "%s\\n" "$PWD" "$LOOOP_BIN" "$LOOOP_DENO" "$@"\n');
  Deno.chmodSync(deno, 0o755);
  return {
    root,
    env: { LOOOP_DENO: deno, PATH: `${join(root, "elsewhere")}:/usr/bin:/bin`, HOME: root, TMPDIR: root },
    [Symbol.dispose]: () => Deno.removeSync(root, { recursive: true }),
  };
}

async function lines(program: string, args: readonly string[], options: Deno.CommandOptions): Promise<string[]> {
  const output = await new Deno.Command(program, { args: [...args], clearEnv: true, stdin: "null", ...options })
    .output();
  const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals([output.code, stderr], [0, ""]);
  return (stdout ?? "").trimEnd().split("\n");
}

const ways: readonly {
  readonly name: string;
  readonly call: (root: string) => readonly [string, readonly string[]];
}[] = [
  { name: "its path", call: (root) => [join(root, "bin/looop"), []] },
  { name: "a relative path", call: () => ["../bin/looop", []] },
  { name: "a shell that reads it", call: () => ["/bin/sh", ["../bin/looop"]] },
  { name: "a name on PATH that is a link to a link", call: () => ["/bin/sh", ["-c", 'exec linked "$@"', "sh"]] },
];

for (const form of FORMS) {
  for (const { name, call } of ways) {
    Deno.test(`the launcher of ${form.form}, called by ${name}, finds itself and hands everything on`, async () => {
      using made = await makeRoot(form);
      const { root, env } = made;
      const here = join(root, "elsewhere");
      Deno.symlinkSync("../bin/looop", join(here, "first link"));
      Deno.symlinkSync("first link", join(here, "linked"));
      const [program, args] = call(root);
      const [cwd, bin, deno, ...rest] = await lines(program, [...args, "a b", "", "-n", "--", "*"], { env, cwd: here });
      assertEquals([cwd, bin, deno], [here, join(root, "bin/looop"), env["LOOOP_DENO"]]);
      const main = rest.indexOf(join(root, form.main));
      assertEquals(rest.slice(main + 1), ["a b", "", "-n", "--", "*"]);
      const first = form.first(root);
      assertEquals(rest.slice(0, first.length), first);
      const narrowed = readGrants(ROOT).map((flag) =>
        flag === "--allow-write" ? `${flag}=${join(root, ".local")},${root}` : flag
      );
      assertEquals(rest.slice(first.length, main).sort(), narrowed.sort());
    });
  }
}

const places: readonly {
  readonly name: string;
  readonly env: (root: string) => Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly want: (root: string) => string;
}[] = [
  {
    name: "a profile that is there, and one for temporary files",
    env: (root) => ({ LOOOP_DATA_DIR: join(root, "scripts"), TMPDIR: join(root, "bin") }),
    want: (root) => `=${join(root, "scripts")},${join(root, "bin")}`,
  },
  {
    name: "what has to be made for one that is not there",
    env: (root) => ({ LOOOP_DATA_DIR: join(root, "state", "deep", "profile"), TMPDIR: join(root, "bin") }),
    want: (root) => `=${join(root, "state")},${join(root, "bin")}`,
  },
  {
    name: "a relative one, behind a link",
    env: (root) => ({ LOOOP_DATA_DIR: "linked/profile", TMPDIR: join(root, "bin") }),
    want: (root) => `=${join(root, "scripts", "profile")},${join(root, "bin")}`,
  },
  {
    name: "the directory of the config",
    env: (root) => ({
      LOOOP_DATA_DIR: join(root, "scripts"),
      LOOOP_CONFIG: join(root, "elsewhere", "looop.json"),
      TMPDIR: join(root, "bin"),
    }),
    want: (root) => `=${join(root, "scripts")},${join(root, "elsewhere")},${join(root, "bin")}`,
  },
  {
    name: "anywhere, for a path with a comma, which Deno cannot be told",
    env: (root) => ({ LOOOP_DATA_DIR: join(root, "a,b"), TMPDIR: join(root, "bin") }),
    want: () => "",
  },
  {
    name: "anywhere, for the verb that writes where it is told to",
    env: (root) => ({ LOOOP_DATA_DIR: join(root, "scripts") }),
    args: ["skill", "install"],
    want: () => "",
  },
];

for (const form of FORMS) {
  for (const { name, env, args = ["version"], want } of places) {
    Deno.test(`the launcher of ${form.form} lets it write to: ${name}`, async () => {
      using made = await makeRoot(form);
      const { root } = made;
      const here = join(root, "elsewhere");
      Deno.symlinkSync(join(root, "scripts"), join(here, "linked"));
      const told = await lines(join(root, "bin/looop"), args, { env: { ...made.env, ...env(root) }, cwd: here });
      assertEquals(told.filter((word) => word.startsWith("--allow-write")), [`--allow-write${want(root)}`]);
    });
  }
}

Deno.test("tasks are those of the checkout, wherever one stands", async () => {
  using made = await makeRoot(FORMS[0]);
  const { root, env } = made;
  const args = ["task", "start", "a b"];
  const told = await lines(join(root, "scripts/deno"), args, { env, cwd: join(root, "elsewhere") });
  assertEquals(told.slice(3), ["task", "--config", join(root, "deno.json"), "start", "a b"]);
});
