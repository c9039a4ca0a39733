import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { peerProblem } from "../../../scripts/figures/measurable.ts";
import { assertEquals } from "../../kit/assert.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

async function bench(...args: readonly string[]): Promise<readonly [number, string]> {
  const { code, stderr } = await new Deno.Command(join(ROOT, "scripts/bench"), {
    args: [...args, "--runs", "1", "--json", "empty-start"],
    env: { LOOOP_DENO: Deno.execPath(), LOOOP_COMPILE_DENO: "/nonexist/deno", NO_COLOR: "1" },
    stdin: "null",
  }).output();
  return [code, new TextDecoder().decode(stderr)];
}

const HINT = "  name the program: $(command -v looop), or dist/looop that scripts/compile makes\n";

const cases: readonly { readonly name: string; readonly args: readonly string[]; readonly want: string }[] = [
  {
    name: "a peer that is not there",
    args: ["--peer", "/nonexist"],
    want: `Cannot measure /nonexist: there is no such file\n${HINT}`,
  },
  {
    name: "an executable that is not there",
    args: ["--binary", "/nonexist"],
    want: `Cannot measure /nonexist: there is no such file\n${HINT}`,
  },
  {
    name: "a peer that cannot be started",
    args: ["--peer", "/etc/passwd"],
    want: `Cannot measure /etc/passwd: it cannot be started\n${HINT}`,
  },
  {
    name: "a peer that does everything at once, and nothing",
    args: ["--peer", "/bin/echo"],
    want: `Cannot measure /bin/echo: it is no looop, \`version\` does not say so\n${HINT}`,
  },
  {
    name: "a machine that can compile nothing to compare with",
    args: ["--binary", join(ROOT, "bin/looop")],
    want:
      "Cannot measure an executable: deno compile makes none to compare it with: /nonexist/deno cannot be started\n" +
      "  DENORT_BIN may name a local runtime, LOOOP_COMPILE_DENO the Deno that it belongs to\n",
  },
];

for (const { name, args, want } of cases) {
  Deno.test(`scripts/bench says in a sentence what it cannot measure: ${name}`, async () => {
    assertEquals(await bench(...args), [1, want]);
  });
}

Deno.test("what a peer cannot do is told without errors of the system", () => {
  assertEquals(
    peerProblem(new Deno.errors.NotFound("No such file or directory (os error 2): readfile '/tmp/x'")),
    "not measured: it leaves no such file",
  );
  assertEquals(
    peerProblem(new Error("looop _ state ended with 2: no such verb\nmore")),
    "looop _ state ended with 2: no such verb",
  );
});
