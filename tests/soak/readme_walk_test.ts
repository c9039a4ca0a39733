/**
 * A stranger with a fresh home types the README's lines as they stand, from the checkout to an answered question. With
 * LOOOP_TEST_FRESH=1 nothing is cached: Deno and the packages come through npm, as for the stranger.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertIncludes, assertMatch } from "../kit/assert.ts";
import { type Block, blocksOf, commandsOf, isScript } from "../kit/document_blocks.ts";
import { undocumentedFiles } from "../kit/known_files.ts";
import { allProcesses } from "../kit/processes.ts";
import { openTerminal } from "../kit/typist.ts";
import { waitUntil } from "../kit/wait_until.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Stands for an agent CLI: reads what it is told to read, and does as much of it as this walk needs. */
const AGENT = `#!/bin/sh
set -eu
case $1 in *"Run 'looop help agent'"*) ;; *) exit 9 ;; esac
looop help agent | grep -q 'looop _ wait --json'
export LOOOP_CLIENT=root
looop _ playbook show >/dev/null
looop _ goal list >/dev/null
looop _ state --json | tr -d ' \\n' | grep -q '"id":"setup-1"'
after='' asked='' set_up=''
while :; do
  code=0
  world=$(looop _ wait --json \${after:+--after "$after"} --timeout 100s) || code=$?
  [ "$code" != 75 ] || continue
  [ "$code" = 0 ] || exit "$code"
  world=$(printf '%s' "$world" | tr -d ' \\n')
  after=$(printf '%s' "$world" | sed 's/^{"delivery":"\\([^"]*\\)".*/\\1/')
  # One move a time; the person has been interviewed.
  if [ -z "$set_up" ]; then set_up=1; looop _ goal archive setup; continue; fi
  case $world in *'"id":"hello-1"'*) asked=1 ;; esac
  if [ -n "$asked" ] && looop ls -a | grep -q 'hello.*exited:0'; then looop _ notify 'hello has ended'; exit; fi
done
`;

/** Puts a program where the walk finds it. */
function place(path: string, text: string): void {
  Deno.writeTextFileSync(path, text, { mode: 0o755 });
}

/** What of this checkout would be cloned, uncommitted changes included. */
async function checkOut(to: string): Promise<void> {
  const { code, stderr } = await new Deno.Command("sh", {
    args: [
      "-c",
      'mkdir -p "$2" && cd "$1" && git ls-files -z --cached --others --exclude-standard | tar --null -T - -cf - | tar -C "$2" -xf -',
      "sh",
      ROOT,
      to,
    ],
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
}

/** The environment of somebody who has just logged in. */
function freshEnv(home: string): Record<string, string> {
  const env: Record<string, string> = { HOME: home, SHELL: "/bin/sh", USER: "stranger", NO_COLOR: "1" };
  const path = (Deno.env.get("PATH") ?? "").split(":").filter((dir) => !holds(dir, "deno") && !holds(dir, "looop"));
  env["PATH"] = [join(home, "agents"), ...path].join(":");
  const fresh = Deno.env.get("LOOOP_TEST_FRESH") === "1";
  const kept = fresh ? ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY"] : ["DENO_DIR"];
  for (const name of kept) {
    const value = Deno.env.get(name);
    if (value !== undefined) env[name] = value;
  }
  return fresh ? env : { ...env, LOOOP_DENO: Deno.execPath() };
}

function holds(dir: string, program: string): boolean {
  try {
    return Deno.statSync(join(dir, program)).isFile;
  } catch {
    return false;
  }
}

/** The blocks of a section that one types. */
function typed(blocks: readonly Block[], section: string): readonly Block[] {
  return blocks.filter((block) => block.under.includes(section) && block.language === "sh" && !isScript(block));
}

Deno.test({
  name: "the README's lines, typed as they stand from a fresh home, lead to an answered question",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const home = await Deno.realPath(await Deno.makeTempDir({ prefix: "looop-walk-" }));
    const checkout = join(home, "looop");
    const profile = join(home, ".local/state/looop");
    await checkOut(checkout);
    Deno.mkdirSync(join(home, "agents"));
    place(join(home, "agents/claude"), AGENT);
    const blocks = blocksOf(Deno.readTextFileSync(join(checkout, "README.md")));
    const env = freshEnv(home);
    const seen = new Map<string, string>();
    try {
      await using shell = await openTerminal(env, checkout);
      await using second = await openTerminal(env, home);
      const run = async (command: string) => {
        // A person looks before answering; a question that is not there yet cannot be answered.
        if (command.startsWith("looop answer ")) {
          await waitUntil("the question", () => exists(join(profile, "asks/hello-1.json")));
        }
        const { code, output } = await shell.type(command, 180_000);
        seen.set(command, `${seen.get(command) ?? ""}${output}`);
        assertEquals(code, 0, `${command}\n${output}`);
      };
      for (const block of [...typed(blocks, "Two commands"), ...typed(blocks, "The five-minute start")]) {
        for (const command of commandsOf(block)) {
          if (command.startsWith("scripts/deno task test")) continue; // this is run by it
          if (block.heading === "An agent") {
            await second.type('export PATH="$HOME/.local/bin:$PATH"');
            await second.begin(command);
            await waitUntil("the agent's move", () => !exists(join(profile, "goals/setup.md")), { deadlineMs: 60_000 });
            continue;
          }
          if (command === "looop down") {
            await waitUntil("the agent's notice", () => /hello has ended/.test(journal(profile)), {
              deadlineMs: 60_000,
            });
          }
          await run(command);
        }
      }
    } finally {
      const left = (await allProcesses()).filter(({ whole }) => whole.includes(`HOME=${home}`));
      for (const { pid } of left) end(pid);
      if (seen.has("looop down")) {
        assertEquals([left.map(({ command }) => command), undocumentedFiles(profile)], [[], []]);
      }
      await Deno.remove(home, { recursive: true });
    }
    const said = (start: string) => {
      const [, text] = [...seen].find(([command]) => command.startsWith(start)) ?? [];
      assert(text !== undefined, `the README has no line ${start}`);
      return text;
    };
    assertIncludes(said("scripts/deno task start demo"), "7. Everything is down");
    assertMatch(said("looop doctor"), /ok\s+pulse/);
    assertMatch(said("looop _ sensor test"), /: ok, \d+ ms/);
    assertMatch(said("looop _ wait --client me"), /\+ playbook[\s\S]*\+ sensor:home[\s\S]*~ sensor:home/);
    assertIncludes(said("looop _ wait --only-asks"), "+ ask:hello-1");
    assertIncludes(said("looop asks"), "Shall I go on?");
    assertMatch(said("looop log hello"), /working\s+yes/);
    assertMatch(said("looop journal"), /worker\.start[\s\S]*answered hello-1: yes/);
  },
});

function journal(profile: string): string {
  return Deno.readTextFileSync(join(profile, "journal.md"));
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function end(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch { /* ended meanwhile */ }
}
