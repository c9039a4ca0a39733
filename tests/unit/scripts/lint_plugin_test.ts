/// <reference lib="deno.unstable" />
import { assertEquals } from "../../kit/assert.ts";
import plugin from "../../../scripts/lint_plugin.ts";

interface Case {
  readonly name: string;
  readonly path?: string;
  readonly given: string;
  /** `rule line` of each offence, without the prefix of the plugin. */
  readonly want: readonly string[];
}

const cases: readonly Case[] = [
  { name: "Deno called", given: "Deno.cwd();", want: ["os-only 1"] },
  { name: "a type of Deno", given: "const x: Deno.FileInfo = y;", want: ["os-only 1"] },
  { name: "Deno by way of globalThis", given: "globalThis.Deno.exit();", want: ["os-only 1"] },
  { name: "Deno in a comment and in texts", given: "// Deno.cwd()\nf('Deno.cwd()', `Deno.${x}`);", want: [] },
  { name: "Deno in os", path: "src/os/files.ts", given: "Deno.cwd();", want: [] },
  { name: "Deno in main", path: "main.ts", given: "Deno.exitCode = 1;", want: [] },
  { name: "Deno in a test", path: "tests/unit/x_test.ts", given: "Deno.test('x', f);", want: [] },

  { name: "console", given: "console.log(1);", want: ["no-console 1"] },
  { name: "console in cli", path: "src/cli/output.ts", given: "console.log(1);", want: [] },
  { name: "a console of one's own", given: "x.console.log(1);", want: [] },

  {
    name: "the time, unasked",
    given: "f(Date.now());\ng(new Date());\nh(performance.now());",
    want: [
      "no-ambient 1",
      "no-ambient 2",
      "no-ambient 3",
    ],
  },
  { name: "a time made of a value", given: "g(new Date(now));", want: [] },
  { name: "chance", given: "Math.random();", want: ["no-ambient 1"] },
  {
    name: "timers",
    given: "setTimeout(f, 1);\nglobalThis.setInterval(f, 1);\nAbortSignal.timeout(1);",
    want: [
      "no-ambient 1",
      "no-ambient 2",
      "no-ambient 3",
    ],
  },
  { name: "the clock in os", path: "src/os/clock.ts", given: "setTimeout(f, Date.now());", want: [] },
  { name: "a method called like a timer", given: "clock.setTimeout(f, 1);", want: [] },

  { name: "an exported function without a word", given: "export function f() {}", want: ["documented 1"] },
  { name: "a line comment is no doc comment", given: "// Does.\nexport function f() {}", want: ["documented 2"] },
  {
    name: "a doc comment of something else",
    given: "/** Does. */\ng();\nexport function f() {}",
    want: ["documented 3"],
  },
  { name: "documented", given: "/** Does. */\nexport function f() {}", want: [] },
  {
    name: "overloads",
    given:
      "/** Does. */\nexport function f(x: 1): 1;\nexport function f(x: 2): 2;\nexport function f(x: 1 | 2) { return x; }",
    want: [],
  },
  {
    name: "an interface, a class, a type",
    given: "export interface A { a: 1 }\nexport class B {}\nexport type C = 1;",
    want: ["documented 1", "documented 2", "documented 3"],
  },
  { name: "the type of a schema", given: "export type C = z.infer<typeof c>;", want: [] },
  { name: "not exported", given: "function f() {}\ninterface A { a: 1 }", want: [] },

  { name: "a shape outside of schema.ts", given: "const s = z.looseObject({});", want: ["shapes-in-schema 1"] },
  { name: "a shape in schema.ts", path: "src/goals/schema.ts", given: "const s = z.looseObject({});", want: [] },
  { name: "a check against a shape", given: "z.safeParse(goalSchema, value);", want: [] },

  { name: "an arrow at the top level", given: "const f = () => 1;", want: ["no-top-level-arrow 1"] },
  { name: "an exported arrow", given: "export const f = () => 1;", want: ["no-top-level-arrow 1"] },
  { name: "arrows further in", given: "const f = [() => 1];\nfunction g() { const h = () => 1; return h; }", want: [] },

  {
    name: "barrels",
    given: 'export * from "./a.ts";\nexport { b } from "./b.ts";\nexport type { C } from "./c.ts";',
    want: ["no-barrel 1", "no-barrel 2", "no-barrel 3"],
  },
  { name: "a list of one's own exports", given: "function f() {}\nexport { f };", want: [] },
];

for (const { name, path, given, want } of cases) {
  Deno.test(`lint: ${name}`, () => {
    const found = Deno.lint.runPlugin(plugin, path ?? "src/goals/store.ts", given);
    const lines = found.map(({ id, range }) =>
      `${id.replace("looop/", "")} ${given.slice(0, range[0]).split("\n").length}`
    );
    assertEquals(lines, want);
  });
}
