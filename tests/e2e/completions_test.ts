import { join } from "node:path";
import { assert, assertEquals, assertIncludes } from "../kit/assert.ts";
import { readLines } from "../kit/lines.ts";
import { makeRig, PROGRAM, type Rig } from "../kit/rig.ts";
import { waitUntil } from "../kit/wait_until.ts";

/** How a shell is started, told of the completions, and made to write its edit line to $SHOWN on Ctrl-T. */
interface Shell {
  readonly name: string;
  readonly start: string;
  readonly setUp: string;
}

const SHELLS: readonly Shell[] = [
  {
    name: "zsh",
    start: "exec zsh -f -i",
    setUp: 'PS1="> "; autoload -Uz compinit; compinit -u -d "$HOME/.zcompdump"; eval "$(looop config zsh)"; ' +
      'show() { print -r -- "$BUFFER" > "$SHOWN.new"; mv "$SHOWN.new" "$SHOWN"; BUFFER=; }; zle -N show; bindkey "^T" show',
  },
  {
    name: "bash",
    start: "exec bash --norc --noprofile -i",
    setUp: 'PS1="> "; eval "$(looop config bash)"; ' +
      `show() { printf '%s\\n' "$READLINE_LINE" > "$SHOWN.new"; mv "$SHOWN.new" "$SHOWN"; READLINE_LINE=; }; bind -x '"\\C-t": show'`,
  },
  {
    name: "fish",
    start: "exec fish --no-config -i",
    setUp: "looop config fish | source; " +
      "bind \\ct 'commandline > $SHOWN.new; mv $SHOWN.new $SHOWN; commandline \"\"'",
  },
];

/** A profile whose directories hold one of each, put there by hand: completing must not need, open or make anything. */
function fill(rig: Rig): void {
  rig.write("goals/alpha.md", "goal: a\n");
  rig.write("goals/not a goal.md", "x");
  rig.write("sensors/inbox.sh", "#!/bin/sh\n", 0o700);
  rig.write(
    "asks/w-1.json",
    JSON.stringify({ v: 1, id: "w-1", worker: "w", prompt: "Which: \u001b[31mred\tor blue?" }),
  );
  rig.write("asks/w-2.json", JSON.stringify({ v: 1, id: "w-2", worker: "w", prompt: "Done?" }));
  rig.write("answers/w-2.json", "{}");
}

for (const shell of SHELLS) {
  const missing =
    new Deno.Command("sh", { args: ["-c", `command -v ${shell.name} && command -v script`] }).outputSync().code !== 0;
  Deno.test({ name: `${shell.name} completes verbs, options and live ids`, ignore: missing }, async () => {
    await using rig = await makeRig();
    fill(rig);
    const before = snapshot(rig);
    await Deno.mkdir(join(rig.home, "bin"));
    await Deno.symlink(PROGRAM, join(rig.home, "bin", "looop"));
    const shown = join(rig.home, "shown");
    const child = new Deno.Command("script", {
      args: Deno.build.os === "darwin"
        ? ["-q", "/dev/null", "sh", "-c", shell.start]
        : ["-qec", shell.start, "/dev/null"],
      clearEnv: true,
      env: { ...rig.env, PATH: `${join(rig.home, "bin")}:${rig.env.PATH}`, TERM: "xterm", SHOWN: shown },
      cwd: rig.home,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const screen = readLines(child.stdout);
    const input = child.stdin.getWriter();
    const type = (text: string) => input.write(new TextEncoder().encode(text));

    /** What a line becomes when its end is completed. */
    async function completed(line: string): Promise<string> {
      await type(`${line}\t\x14`);
      const found = await waitUntil(`${shell.name} shows ${line}`, () => readIfThere(shown));
      await Deno.remove(shown);
      return found.replace(/\n$/, "");
    }

    await type(`${shell.setUp}\n`);
    await type(
      `echo set-up-$((40 + 2))\n`.replace("$((40 + 2))", shell.name === "fish" ? "(math 40 + 2)" : "$((40 + 2))"),
    );
    await waitUntil(`${shell.name} is set up`, () => screen.text().includes("set-up-42"));
    try {
      assertEquals((await completed("looop vers")).trimEnd(), "looop version");
      assertEquals((await completed("looop _ goal archive al")).trimEnd(), "looop _ goal archive alpha");
      assertEquals((await completed("looop _ goal archive n")).trimEnd(), "looop _ goal archive n");
      assertEquals((await completed("looop answer w-")).trimEnd(), "looop answer w-1");
      assertEquals(
        (await completed("looop _ worker start x --goal=al")).trimEnd(),
        "looop _ worker start x --goal=alpha",
      );
      assertEquals(
        (await completed("looop _ worker start x --cwd ~/.con")).trimEnd(),
        "looop _ worker start x --cwd ~/.config/",
      );
      assertEquals((await completed("looop version --js")).trimEnd(), "looop version --json");
      assertEquals((await completed("looop help exit")).trimEnd(), "looop help exit-codes");
      assertEquals((await completed("~/bin/looop vers")).trimEnd().replace(rig.home, "~"), "~/bin/looop version");
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : error}\n${screen.text()}`);
    } finally {
      await type("\x15exit\n").catch(() => {});
      await input.close().catch(() => {});
      child.kill("SIGKILL");
      await child.status;
      await screen.end;
    }
    assertEquals(snapshot(rig), before);
    assert(!rig.exists("profile.json"));
  });
}

Deno.test("complete offers what fits, cleaned of what a terminal would obey", async () => {
  await using rig = await makeRig();
  fill(rig);
  const offers = async (...words: readonly string[]) => (await rig.ok(["complete", "--", ...words])).stdout;
  assertEquals(await offers("answer", ""), "w-1\tWhich: red or blue?\n");
  assertEquals(await offers("_", "goal", "show", "x"), "");
  assertIncludes(await offers("_", "sensor", "test", ""), "inbox\t");
  assertIncludes(await offers(""), "answer\t");
  assertEquals((await offers("")).includes("complete\t"), false);
  assertEquals(await offers("no-such", "verb", ""), "");
  assertEquals(await offers("$(touch /tmp/no)", "`x`", "\n"), "");
});

function readIfThere(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

function snapshot(rig: Rig): readonly string[] {
  return ["", "goals", "sensors", "asks", "answers"].flatMap((dir) => rig.names(dir).map((name) => `${dir}/${name}`));
}
