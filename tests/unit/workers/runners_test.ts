import { assert, assertEquals } from "../../kit/assert.ts";
import { BUILT_IN, fillCommand, findRunner, isRunner, programOf } from "../../../src/workers/runners.ts";

Deno.test("every built-in runner is complete and fills its placeholder", () => {
  for (const name of Object.keys(BUILT_IN)) {
    const runner = findRunner(name, {});
    assert(isRunner(runner), name);
    assert(!fillCommand(runner.command).includes("{{"), name);
    assert(fillCommand(runner.command).includes('"$LOOOP_PROMPT_FILE"'), name);
    assert(
      !/dangerous|bypass|yolo|skip-permissions|--auto\b/.test(runner.command),
      `${name} must not skip the agent's own questions`,
    );
  }
});

Deno.test("findRunner() refuses what could not work", () => {
  const rows: [string, Parameters<typeof findRunner>, string][] = [
    ["unknown name", ["nope", {}], "unknown"],
    ["no placeholder", ["mine", { mine: { command: "mine --go" } }], "no_placeholder"],
    ["nothing at all", ["mine", { mine: {} }], "no_command"],
    ["blank", ["mine", { mine: { command: "  " } }], "no_command"],
    [
      "a forerunner's placeholder",
      ["mine", { mine: { command: "x {{model}} {{prompt_file}}" } }],
      "removed_placeholder",
    ],
  ];
  for (const [name, given, want] of rows) {
    const found = findRunner(...given);
    assert(!isRunner(found), name);
    assertEquals(found.kind, want, name);
  }
});

Deno.test("findRunner() takes the config over the built-in, and --command over both", () => {
  const own = findRunner("claude", {
    claude: { interactive: "claude -x {{prompt_file}}", env: { LOOOP_WAIT_TIMEOUT: "100s", A: "1" } },
  });
  assert(isRunner(own));
  assertEquals([own.command, own.env], ["claude -x {{prompt_file}}", { LOOOP_WAIT_TIMEOUT: "100s", A: "1" }]);
  const command = findRunner("claude", {}, "trap : INT; make test | tee log");
  assert(isRunner(command));
  assertEquals(command.command, "trap : INT; make test | tee log");
  const resumed = findRunner("mine", { mine: { command: "x {{prompt_file}}", resume: "x -c" } }, "y {{prompt_file}}");
  assert(isRunner(resumed));
  assertEquals([command.resume, resumed.resume], [undefined, undefined]);
});

Deno.test("codex is resumed in the sandbox in which it was started", () => {
  const { command, resume } = BUILT_IN["codex"] ?? { command: "" };
  const settings = command.replace("codex ", "").replace(' -- "$(cat {{prompt_file}})"', "");
  assert(settings.includes("--sandbox workspace-write") && settings.includes("$LOOOP_WRITABLE_TOML"), settings);
  assertEquals(resume, `codex resume --last ${settings}`);
});

Deno.test("fillCommand() quotes exactly once", () => {
  for (const line of ["a {{prompt_file}} b", 'a "{{prompt_file}}" b', "a '{{prompt_file}}' b"]) {
    assertEquals(fillCommand(line), 'a "$LOOOP_PROMPT_FILE" b');
  }
  assertEquals(fillCommand("pi @{{prompt_file}}"), 'pi @"$LOOOP_PROMPT_FILE"');
});

Deno.test("programOf() names a program only when that is sure", () => {
  const rows: [string, string | undefined][] = [
    ["claude -p x", "claude"],
    ["A=1 B=2 pi x", "pi"],
    ["exec sh f", "sh"],
    ['A="x y" pi', undefined],
    ["$AGENT x", undefined],
    ["/opt/agent x", "/opt/agent"],
    ["FOO=1 ./agent {{prompt_file}}", "./agent"],
    ["~/agent x", undefined],
    [". ./agent", undefined],
    ["(cd x && y)", undefined],
    ["trap : INT; x", "trap"],
    ["", undefined],
  ];
  for (const [line, want] of rows) assertEquals(programOf(line), want, line);
});

Deno.test("an agent that goes by its directory is known as such, unless the config says how it is resumed", () => {
  const of = (name: string, config: Parameters<typeof findRunner>[1] = {}) => {
    const found = findRunner(name, config);
    assert(isRunner(found));
    return [found.resume !== undefined, found.resumesByCwd, found.env["LOOOP_WAIT_TIMEOUT"]];
  };
  assertEquals(of("claude"), [true, false, "100s"]);
  assertEquals(of("pi"), [true, false, undefined]);
  assertEquals(of("codex"), [true, true, "25s"]);
  assertEquals(of("sh"), [false, false, undefined]);
  assertEquals(of("codex", { codex: { resume: "codex resume X", env: { LOOOP_WAIT_TIMEOUT: "5s" } } }), [
    true,
    false,
    "5s",
  ]);
});
