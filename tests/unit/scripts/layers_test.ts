import { dirname, join } from "node:path";
import { assertEquals } from "../../kit/assert.ts";
import { findOffences } from "../../../scripts/layers.ts";

type Tree = Readonly<Record<string, string>>;

/** A tree in which everything is as it should be; each case breaks one thing. */
const SOUND: Tree = {
  "main.ts": 'import "./src/os/os.ts";\nimport "./src/cli/run_cli.ts";\n',
  "src/base/text.ts": "",
  "src/os/os.ts": 'import "../base/text.ts";\nimport "node:fs";\n',
  "src/failure.ts": 'import "./base/text.ts";\n',
  "src/config/store.ts": 'import "../failure.ts";\nimport "node:path";\n',
  "src/goals/schema.ts": "",
  "src/goals/store.ts": 'import "../config/store.ts";\nimport "./schema.ts";\n',
  "src/goals/moves.ts": 'import type { Move } from "../moves/schema.ts";\nexport type Mine = Move;\n',
  "src/workers/store.ts": 'import "../goals/schema.ts";\nimport "../os/os.ts";\n',
  "src/world/gather.ts": 'import "../workers/store.ts";\nimport "../goals/store.ts";\n',
  "src/moves/schema.ts": "export type Move = 1;\n",
  "src/moves/execute.ts": 'import "../goals/store.ts";\nimport "../world/gather.ts";\n',
  "src/pulse/beat.ts": 'import "../moves/execute.ts";\n',
  "src/verbs/state.ts": 'import "../world/gather.ts";\nimport "../pulse/beat.ts";\n',
  "src/verbs/table.ts": 'export const load = () => import("./state.ts");\n',
  "src/cli/run_cli.ts": 'import "../verbs/table.ts";\n// import "../goals/store.ts";\n',
};

const cases: readonly { readonly name: string; readonly given: Tree; readonly want: readonly string[] }[] = [
  { name: "a sound tree", given: {}, want: [] },
  {
    name: "an import upwards",
    given: { "src/base/text.ts": '\nimport "../os/os.ts";\n' },
    want: ["src/base/text.ts:2: base may not know os"],
  },
  {
    name: "an import upwards from a file that nothing reaches",
    given: { "src/world/lonely.ts": 'import "../verbs/state.ts";\n' },
    want: ["src/world/lonely.ts:1: world may not know verbs"],
  },
  {
    name: "a dynamic import upwards",
    given: { "src/os/os.ts": 'export function f() {\n  return import("../failure.ts");\n}\n' },
    want: ["src/os/os.ts:2: os may not know failure"],
  },
  {
    name: "a type import upwards",
    given: { "src/goals/store.ts": 'import type { Move } from "../moves/execute.ts";\nexport type M = Move;\n' },
    want: ["src/goals/store.ts:1: goals may know moves through its schema.ts only"],
  },
  {
    name: "a noun that reaches into another noun",
    given: { "src/workers/store.ts": 'import "../goals/store.ts";\n' },
    want: ["src/workers/store.ts:1: workers may know goals through its schema.ts only"],
  },
  {
    name: "a command line that goes past the verbs",
    given: { "src/cli/run_cli.ts": 'import "../goals/store.ts";\n' },
    want: ["src/cli/run_cli.ts:1: cli may not know goals"],
  },
  {
    name: "a main that knows more than the machine and the command line",
    given: { "main.ts": 'import "./src/verbs/table.ts";\n' },
    want: ["main.ts:1: main may not know verbs"],
  },
  {
    name: "a folder without a ring",
    given: { "src/attic/box.ts": 'import "../goals/store.ts";\n' },
    want: ["src/attic/box.ts:1: has no ring: give its folder a line in scripts/rings.ts"],
  },
  {
    name: "a folder that says nothing",
    given: { "src/goals/utils/text.ts": "" },
    want: ["src/goals/utils/text.ts:1: utils says nothing about what is inside: name it"],
  },
  {
    name: "a file name in camel case",
    given: { "src/goals/readAll.ts": "" },
    want: ["src/goals/readAll.ts:1: readAll is not snake_case"],
  },
  { name: "400 lines", given: { "src/goals/long.ts": "\n".repeat(400) }, want: [] },
  {
    name: "401 lines",
    given: { "src/goals/long.ts": "\n".repeat(401) },
    want: ["src/goals/long.ts:1: has 401 lines, more than 400: it holds two subjects"],
  },
  {
    name: "a node module outside of os",
    given: { "src/goals/store.ts": 'import "node:fs";\nimport "node:path";\n' },
    want: ["src/goals/store.ts:1: node:fs belongs to os"],
  },
  {
    name: "a package named where it is used",
    given: { "src/goals/store.ts": 'import "jsr:@std/yaml";\n' },
    want: ["src/goals/store.ts:1: jsr:@std/yaml is not pinned in deno.json"],
  },
  {
    name: "a package behind two folders",
    given: { "src/goals/store.ts": 'import "yaml";\n', "src/workers/store.ts": '\nimport "yaml";\n' },
    want: ["src/workers/store.ts:2: yaml is behind src/goals already"],
  },
  {
    name: "the whole of zod",
    given: { "src/goals/schema.ts": 'import "zod";\n', "src/workers/store.ts": 'import "zod/mini";\n' },
    want: ["src/goals/schema.ts:1: zod costs 15 ms at start: import zod/mini"],
  },
  {
    name: "an import of what is not there",
    given: { "src/goals/store.ts": 'import "../../seeds/goal.ts";\n' },
    want: ["src/goals/store.ts:1: ../../seeds/goal.ts leads to no file of src"],
  },
];

for (const { name, given, want } of cases) {
  Deno.test(`layers: ${name}`, async () => {
    const root = await Deno.makeTempDir({ prefix: "a layered tree " });
    try {
      plant(root, { ...SOUND, ...given });
      const found = await findOffences(root);
      assertEquals(found.map(({ path, line, message }) => `${path}:${line}: ${message}`), want);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  });
}

function plant(root: string, tree: Tree): void {
  for (const [path, text] of Object.entries(tree)) {
    Deno.mkdirSync(dirname(join(root, path)), { recursive: true });
    Deno.writeTextFileSync(join(root, path), text);
  }
}
