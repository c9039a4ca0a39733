import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileArguments, compiler } from "../../scripts/compile_arguments.ts";
import { placeLauncher } from "../../scripts/release.ts";
import { assertEquals } from "../kit/assert.ts";
import { BINARY } from "../kit/program.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What the program below tries, and what must come of it. */
const WANT: Readonly<Record<string, string>> = {
  "read a file": "done",
  "write to the profile": "done",
  "start sh while LD_PRELOAD is set": "refused",
  "start sh while LD_PRELOAD is blanked": "done",
  "see LOOOP_ANYTHING": "done",
  "see HOME": "done",
  "make a request": "refused",
  "connect": "refused",
  "listen": "refused",
  "listen on a socket file": "refused",
  "start another program": "refused",
  "start another program by its path": "refused",
  "see another variable": "refused",
  "see all variables": "refused",
  "set a variable": "refused",
  "open a library": "refused",
  "ask for the host name": "refused",
  "ask for the addresses": "refused",
  "import from the web": "refused",
  "import from a host that Deno trusts": "refused",
  "import from jsr": "refused",
};

// An executable looks for nothing that it does not carry, so there a remote module is not found.
const PROBE = `
const home = Deno.env.get("HOME") ?? "";
const tries = {
  "read a file": () => Deno.readTextFileSync("/etc/passwd"),
  "write to the profile": () => Deno.mkdirSync(home + "/profile"),
  "write beside it": () => Deno.mkdirSync(home + "/beside"),
  "start sh while LD_PRELOAD is set": () => new Deno.Command("sh", { args: ["-c", ":"] }).output(),
  "start sh while LD_PRELOAD is blanked": () => {
    if (Deno.env.get("LD_PRELOAD") !== "/dev/null") throw new Error("the test has not set it");
    return new Deno.Command("sh", { args: ["-c", ":"], env: { LD_PRELOAD: "" } }).output();
  },
  "see LOOOP_ANYTHING": () => Deno.env.get("LOOOP_ANYTHING"),
  "see HOME": () => Deno.env.get("HOME"),
  "make a request": () => fetch("http://127.0.0.1:18080/"),
  "connect": () => Deno.connect({ hostname: "127.0.0.1", port: 9 }),
  "listen": () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  "listen on a socket file": () => Deno.listen({ transport: "unix", path: home + "/socket" }),
  "start another program": () => new Deno.Command("cat", { stdin: "null" }).output(),
  "start another program by its path": () => new Deno.Command("/bin/cat", { stdin: "null" }).output(),
  "see another variable": () => Deno.env.get("AWS_SECRET_ACCESS_KEY"),
  "see all variables": () => Deno.env.toObject(),
  "set a variable": () => Deno.env.set("AWS_SECRET_ACCESS_KEY", "x"),
  "open a library": () => Deno.dlopen(home + "/lib.so", {}),
  "ask for the host name": () => Deno.hostname(),
  "ask for the addresses": () => Deno.networkInterfaces(),
  "import from the web": () => import("https://" + "example.com/x.ts"),
  "import from a host that Deno trusts": () => import("https://" + "deno.land/x.ts"),
  "import from jsr": () => import("jsr:" + "@std/path@1"),
};
const came = {};
for (const [name, attempt] of Object.entries(tries)) {
  try {
    await attempt();
    came[name] = "done";
  } catch (error) {
    const text = String(error);
    came[name] = error instanceof Deno.errors.NotCapable || /Requires import access|Module not found/.test(text) ? "refused" : text;
  }
}
for (const name of Deno.args) {
  try {
    await import(name);
    came[name] = "done";
  } catch (error) {
    came[name] = String(error);
  }
}
console.log(JSON.stringify(came));
`;

/** A way in which looop is started. */
interface Form {
  readonly name: string;
  readonly ignore?: boolean;
  /** Lays the probe out below `room`; the path of the program and the version of the Deno in it. */
  make(room: string): Promise<{ readonly path: string; readonly deno: string }>;
  readonly libraries: readonly string[];
  /** What comes of the try to write where looop has nothing to write. */
  readonly beside: "done" | "refused";
}

const forms: readonly Form[] = [
  {
    name: "the launcher of a checkout",
    libraries: libraries(),
    beside: "refused",
    // A checkout whose main.ts is the probe.
    make: async (room) => {
      for (const dir of ["bin", "scripts"]) await Deno.mkdir(join(room, dir));
      for (const file of ["bin/looop", "scripts/deno", "scripts/grants", "scripts/launch", "deno.json", "deno.lock"]) {
        await Deno.copyFile(join(ROOT, file), join(room, file));
      }
      await Deno.writeTextFile(join(room, "main.ts"), PROBE);
      return { path: join(room, "bin/looop"), deno: Deno.version.deno };
    },
  },
  {
    name: "the launcher of the npm package",
    // They are in the bundle.
    libraries: [],
    beside: "refused",
    // A package whose main.js is the probe; of Deno it takes the one that is named to it.
    make: async (room) => {
      await placeLauncher(room);
      await Deno.writeTextFile(join(room, "package.json"), '{ "type": "module" }');
      await Deno.writeTextFile(join(room, "main.js"), PROBE);
      return { path: join(room, "bin/looop"), deno: Deno.version.deno };
    },
  },
  {
    name: "the executable",
    // Where no executable is tested none is made, and a runtime for it has to be at hand.
    ignore: BINARY === undefined ||
      (Deno.env.get("DENORT_BIN") ?? Deno.env.get("GITHUB_ACTIONS")) === undefined,
    libraries: [],
    // Its grants are part of it, and where a profile lies is known only when it is started.
    beside: "done",
    // Made by the step that makes looop.
    make: async (room) => {
      await Deno.writeTextFile(join(room, "main.js"), PROBE);
      await ended(compiler(), { args: compileArguments(ROOT, { output: "probe" }), cwd: room });
      const [, deno = ""] = (await ended(compiler(), { args: ["--version"] })).split(" ");
      return { path: join(room, "probe"), deno };
    },
  },
];

function libraries(): readonly string[] {
  const { imports } = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")));
  return Object.keys(imports)
    .filter((name) => !["esbuild", "fast-check"].includes(name))
    .map((name) => name === "@noble/hashes" ? "@noble/hashes/sha2.js" : name); // it has no root
}

async function ended(path: string, options: Deno.CommandOptions): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(path, { stdin: "null", ...options }).output();
  const [said, wrong] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  // Deno says itself that it starts nothing while this is set.
  assertEquals([code, wrong?.replace(/^.*LD_PRELOAD.*\n/gm, "")], [0, ""]);
  return said ?? "";
}

for (const { name, libraries, beside, make } of forms.filter(({ ignore }) => ignore !== true)) {
  Deno.test({
    name: `${name} may do what looop does and its libraries read, and is refused the rest`,
    fn: async () => {
      const home = await Deno.realPath(await Deno.makeTempDir({ prefix: "a home " }));
      try {
        const { path, deno } = await make(home);
        await Deno.mkdir(join(home, "temporary"));
        const told = await ended(path, {
          args: [...libraries],
          cwd: home,
          clearEnv: true,
          env: {
            ...ambient(),
            HOME: home,
            LOOOP_DATA_DIR: join(home, "profile"),
            TMPDIR: join(home, "temporary"),
            LD_PRELOAD: "/dev/null",
            NO_COLOR: "1",
          },
        });
        // Before 2.8 a socket in the file system was held by the grants for files alone.
        const sockets = deno.startsWith("2.7.") ? { "listen on a socket file": beside } : {};
        assertEquals(JSON.parse(told), {
          ...WANT,
          "write beside it": beside,
          ...sockets,
          ...Object.fromEntries(libraries.map((library) => [library, "done"])),
        });
      } finally {
        await Deno.remove(home, { recursive: true });
      }
    },
  });
}

/** What finds programs and packages. */
function ambient(): Record<string, string> {
  const kept: Record<string, string> = { LOOOP_DENO: Deno.execPath(), DENO_NO_UPDATE_CHECK: "1" };
  for (const name of ["PATH", "DENO_DIR"]) {
    const value = Deno.env.get(name);
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
