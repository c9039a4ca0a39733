/** The last job of the release workflow, with stand-ins for GitHub and for npm's registry. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertIncludes } from "../../kit/assert.ts";

const WORKFLOW = fileURLToPath(new URL("../../../.github/workflows/release.yml", import.meta.url));

/** What the job's steps tell a shell, in order. */
function lines(): readonly string[] {
  const text = Deno.readTextFileSync(WORKFLOW);
  const steps = text.slice(text.indexOf("\n  publish:\n")).split(/^ {6}- /m).slice(1);
  return steps.flatMap((step) => {
    const [, line = "", block = ""] = /^(?: {8})?run: (?!\|)(.*)$|^ {8}run: \|\n((?: {10}.*\n)+)/m.exec(step) ?? [];
    return line + block === "" ? [] : [line + block.replaceAll(/^ {10}/gm, "")];
  });
}

/** Notes each call in `calls`, and fails the one that `fails` names. What GitHub and the registry hold are files. */
const STAND_IN = `#!/bin/sh
call="\${0##*/} $*"
case $call in
  "gh release view"*) [ -e draft ] || exit 1; exit ;;
  "npm view"*) cat npm 2>/dev/null; exit ;;
esac
echo "$call" >>calls
case $call in *"$(cat fails)"*) exit 1 ;; esac
case $call in
  "gh release create"*) : >draft ;;
  npx*publish*) echo 1.2.3 >npm ;;
esac
`;

/** Runs the steps as the workflow does, up to the first that fails, and gives the calls that this came to: the word that tells them. */
async function publish(dir: string, fails: string): Promise<readonly string[]> {
  await Deno.writeTextFile(join(dir, "fails"), fails);
  await Deno.writeTextFile(join(dir, "calls"), "");
  const env = { PATH: `${join(dir, "tools")}:${Deno.env.get("PATH")}`, GITHUB_REF_NAME: "v1.2.3" };
  for (const line of lines()) {
    const { success } = await new Deno.Command("bash", { args: ["-e", "-c", line], cwd: dir, env }).output();
    if (!success) break;
  }
  const calls = (await Deno.readTextFile(join(dir, "calls"))).trim().split("\n");
  return calls.map((call) =>
    /create .*--draft|upload|publish|edit .*--draft=false/.exec(call)?.[0].split(" ")[0] ?? call
  );
}

Deno.test("whatever step of publishing fails, nothing is public by halves, and the next run takes it up", async () => {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(dir, "tools"));
    for (const name of ["gh", "npm", "npx"]) {
      await Deno.writeTextFile(join(dir, "tools", name), STAND_IN, { mode: 0o755 });
    }
    assertEquals(await publish(dir, "create"), ["create"]);
    assertEquals(await publish(dir, "upload"), ["create", "upload"]);
    assertEquals(await publish(dir, "publish"), ["upload", "publish"]);
    assertEquals(await publish(dir, "edit"), ["upload", "publish", "edit"]);
    // A registry takes a version once.
    assertEquals(await publish(dir, "nothing"), ["upload", "edit"]);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("npm takes what it is given to publish for the file that was packed", async () => {
  const line = lines().flatMap((text) => text.split("\n")).find((text) => text.includes("npm@latest publish")) ?? "";
  const [, args = ""] = /npx --yes npm@latest (publish .*)/.exec(line) ?? [];
  assert(/ \.\/dist\/\*\.tgz$/.test(args), line);
  if (!new Deno.Command("sh", { args: ["-c", "command -v npm"], stdout: "null" }).outputSync().success) return;
  const dir = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(dir, "dist"));
    await Deno.writeTextFile(join(dir, "package.json"), '{ "name": "looop-to-publish", "version": "1.2.3" }');
    // No registry is asked: only what npm makes of the argument counts.
    const offline = "--dry-run --registry http://127.0.0.1:9 --fetch-retries 0 --ignore-scripts";
    const script = `npm pack --silent --pack-destination dist && rm package.json && npm ${args} ${offline}`;
    const { code, stdout, stderr } = await new Deno.Command("sh", {
      args: ["-c", script],
      cwd: dir,
      env: { HOME: dir, npm_config_cache: join(dir, "cache") },
      stdin: "null",
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    assertIncludes(new TextDecoder().decode(stdout), "+ looop-to-publish@1.2.3");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
