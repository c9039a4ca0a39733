import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assertEquals } from "../../kit/assert.ts";
import { readGrants } from "../../../scripts/read_grants.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** A checkout with spaces in its path that holds nothing but the launcher, and a Deno that tells what it was started with. */
function makeCheckout(): { readonly root: string; readonly env: Record<string, string> } & Disposable {
  const root = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "a check out " }));
  for (const dir of ["bin", "scripts", "elsewhere"]) Deno.mkdirSync(join(root, dir));
  for (const file of ["bin/looop", "scripts/deno", "scripts/grants"]) {
    Deno.copyFileSync(join(ROOT, file), join(root, file));
    Deno.chmodSync(join(root, file), 0o755);
  }
  const deno = join(root, "my deno");
  Deno.writeTextFileSync(deno, '#!/bin/sh\nprintf "%s\\n" "$PWD" "$LOOOP_BIN" "$LOOOP_DENO" "$@"\n');
  Deno.chmodSync(deno, 0o755);
  return {
    root,
    env: { LOOOP_DENO: deno, PATH: `${join(root, "elsewhere")}:/usr/bin:/bin` },
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

for (const { name, call } of ways) {
  Deno.test(`the launcher, called by ${name}, finds itself and hands everything on`, async () => {
    using checkout = makeCheckout();
    const { root, env } = checkout;
    const here = join(root, "elsewhere");
    Deno.symlinkSync("../bin/looop", join(here, "first link"));
    Deno.symlinkSync("first link", join(here, "linked"));
    const [program, args] = call(root);
    const [cwd, bin, deno, ...rest] = await lines(program, [...args, "a b", "", "-n", "--", "*"], { env, cwd: here });
    assertEquals([cwd, bin, deno], [here, join(root, "bin/looop"), env["LOOOP_DENO"]]);
    const main = rest.indexOf(join(root, "main.ts"));
    assertEquals(rest.slice(main + 1), ["a b", "", "-n", "--", "*"]);
    assertEquals(rest.slice(0, 4), ["run", "--quiet", "--config", join(root, "deno.json")]);
    assertEquals(rest.slice(4, main).sort(), [...readGrants(ROOT)].sort());
  });
}

Deno.test("tasks are those of the checkout, wherever one stands", async () => {
  using checkout = makeCheckout();
  const { root, env } = checkout;
  const args = ["task", "start", "a b"];
  const told = await lines(join(root, "scripts/deno"), args, { env, cwd: join(root, "elsewhere") });
  assertEquals(told.slice(3), ["task", "--config", join(root, "deno.json"), "start", "a b"]);
});
