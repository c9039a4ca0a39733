import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assertEquals } from "../../kit/assert.ts";
import { readGrants } from "../../../scripts/read_grants.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** What the program below tries, and what must come of it. */
const WANT: Readonly<Record<string, string>> = {
  "read a file": "done",
  "write a file": "done",
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

const PROGRAM = `
const home = Deno.env.get("HOME") ?? "";
const tries: Record<string, () => unknown> = {
  "read a file": () => Deno.readTextFileSync(new URL(import.meta.url)),
  "write a file": () => Deno.writeTextFileSync(home + "/written", ""),
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
const came: Record<string, string> = {};
for (const [name, attempt] of Object.entries(tries)) {
  try {
    await attempt();
    came[name] = "done";
  } catch (error) {
    const text = String(error);
    came[name] = error instanceof Deno.errors.NotCapable || text.includes("Requires import access") ? "refused" : text;
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

Deno.test("the grants allow what looop does and its libraries read, and refuse the rest", async () => {
  const { imports } = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")));
  const libraries = Object.keys(imports)
    .filter((name) => !["esbuild", "fast-check"].includes(name))
    .map((name) => name === "@noble/hashes" ? "@noble/hashes/sha2.js" : name); // it has no root
  const home = await Deno.makeTempDir({ prefix: "a home " });
  try {
    const program = join(home, "try.ts");
    await Deno.writeTextFile(program, PROGRAM);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", ...readGrants(ROOT), "--config", join(ROOT, "deno.json"), program, ...libraries],
      env: { HOME: home, LD_PRELOAD: "/dev/null", NO_COLOR: "1", ...packages() },
      stdin: "null",
    }).output();
    const told = new TextDecoder().decode(stdout);
    assertEquals(new TextDecoder().decode(stderr).replace(/^.*LD_PRELOAD.*\n/gm, ""), "");
    // Before 2.8 a socket in the file system was held by the grants for files alone.
    const sockets = Deno.version.deno.startsWith("2.7.") ? { "listen on a socket file": "done" } : {};
    assertEquals(JSON.parse(told), {
      ...WANT,
      ...sockets,
      ...Object.fromEntries(libraries.map((name) => [name, "done"])),
    });
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

/** The packages that are here already serve a program with another home, too. */
function packages(): Record<string, string> {
  const dir = Deno.env.get("DENO_DIR");
  return dir === undefined ? {} : { DENO_DIR: dir };
}
