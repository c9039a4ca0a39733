import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assertEquals, assertIncludes } from "../../kit/assert.ts";

const SCRIPT = fileURLToPath(new URL("../../../scripts/test", import.meta.url));

const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="10" failures="3" errors="2" time="0.203">
  <testsuite name="./a_test.ts" tests="7" disabled="2" errors="0" failures="3">
    <testcase name="says &lt;skipped/&gt; tests=&quot;9&quot;" classname="./a_test.ts">
      <failure message="x">&lt;testsuites tests=&quot;1&quot; failures=&quot;0&quot;</failure>
    </testcase>
    <testcase name="a"><skipped/>
    </testcase>
    <testcase name="b">
      <skipped/>
    </testcase>
  </testsuite>
</testsuites>
`;

const cases: readonly {
  readonly name: string;
  readonly report: string;
  readonly code: number;
  readonly want: { readonly last: string; readonly code: number };
}[] = [
  { name: "counts of every kind", report: REPORT, code: 1, want: { last: "3 passed, 5 failed, 2 skipped", code: 1 } },
  { name: "all well", report: suites(7, 0), code: 0, want: { last: "7 passed, 0 failed", code: 0 } },
  {
    name: "failures that the exit code does not tell",
    report: suites(7, 1),
    code: 0,
    want: { last: "6 passed, 1 failed", code: 1 },
  },
  { name: "a file that did not load", report: suites(7, 0), code: 1, want: { last: "7 passed, 1 failed", code: 1 } },
  { name: "types that do not fit: no report", report: "", code: 1, want: { last: "0 passed, 1 failed", code: 1 } },
  { name: "nothing ran", report: suites(0, 0), code: 0, want: { last: "0 passed, 0 failed", code: 1 } },
];

function suites(tests: number, failures: number): string {
  return `<testsuites name="deno test" tests="${tests}" failures="${failures}" errors="0" time="1">\n</testsuites>\n`;
}

/** Runs the script with a Deno that hands back this report. */
async function run(
  report: string,
  code: number,
  args: readonly string[] = [],
): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
  const dir = await Deno.makeTempDir({ prefix: "a fake " });
  try {
    const deno = join(dir, "deno");
    await Deno.writeTextFile(join(dir, "report"), report);
    await Deno.writeTextFile(
      deno,
      `#!/bin/sh
for arg in "$@"; do case $arg in --junit-path=*) cat "${dir}/report" >"\${arg#*=}" ;; esac; done
env | grep '^LOOOP_'
printf '<%s>' "$@"
echo
exit ${code}
`,
    );
    await Deno.chmod(deno, 0o755);
    const output = await new Deno.Command(SCRIPT, {
      args: [...args],
      env: {
        LOOOP_DENO: deno,
        DENO_DIR: dir,
        LOOOP_DATA_DIR: "/mine",
        LOOOP_TEST_BINARY: "/some",
        LOOOP_COMPILE_DENO: "/nowhere",
      },
      stdin: "null",
    }).output();
    return { code: output.code, lines: new TextDecoder().decode(output.stdout).trimEnd().split("\n") };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

for (const { name, report, code, want } of cases) {
  Deno.test(`the counts of scripts/test: ${name}`, async () => {
    const ran = await run(report, code);
    assertEquals({ last: ran.lines.at(-1), code: ran.code }, want);
  });
}

Deno.test("scripts/test forgets what the caller's looop is told, and runs what is named", async () => {
  const named = await run(suites(1, 0), 0, ["--filter", "x y", "tests/unit/scripts"]);
  const variables = named.lines.filter((line) => line.startsWith("LOOOP_")).map((line) => line.split("=")[0]);
  assertEquals(variables.sort(), ["LOOOP_COMPILE_DENO", "LOOOP_DENO", "LOOOP_TEST_BINARY"]);
  const args = named.lines.find((line) => line.startsWith("<")) ?? "";
  assertIncludes(args, "<--filter><x y><tests/unit/scripts>");
  assertEquals(args.match(/<tests\//g)?.length, 1);
  const all = (await run(suites(1, 0), 0)).lines.find((line) => line.startsWith("<")) ?? "";
  assertIncludes(all, "<tests/unit>");
});
