import * as esbuild from "esbuild";
import fc from "fast-check";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, assertEquals } from "../../kit/assert.ts";
import { standIns } from "../../../scripts/bundle.ts";
import type { Parsed } from "../../../scripts/lean_zod.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** As much of a schema of zod's as tells what it is made of. */
interface Schema {
  readonly _zod: { readonly def: Def };
  safeParse(value: unknown): Parsed;
}

interface Def {
  readonly type: string;
  readonly shape: Readonly<Record<string, Schema>>;
  readonly entries: Readonly<Record<string, string>>;
  readonly values: readonly unknown[];
  readonly options: readonly Schema[];
  readonly element: Schema;
  readonly innerType: Schema;
  readonly keyType: Schema;
  readonly valueType: Schema;
}

type Module = Readonly<Record<string, unknown>>;

/** What no schema asks for, and what almost fits. */
const junk = fc.oneof(
  fc.constantFrom(undefined, null, "", "x", 0, -1, 1.5, NaN, Infinity, true, [], {}, [undefined], new Date(0), 7n),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>,
);

/** Mostly what the schema takes, at any place now and then something else. */
function likely(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 30, arbitrary: fitting(schema._zod.def) }, { weight: 1, arbitrary: junk });
}

function fitting(def: Def): fc.Arbitrary<unknown> {
  switch (def.type) {
    case "string":
      return fc.string({ maxLength: 5 });
    case "number":
      return fc.constantFrom(0, 1, 2, -3, 0.5, 59_999, 60_000, 1e15);
    case "boolean":
      return fc.boolean();
    case "literal":
      return fc.constantFrom(...def.values);
    case "enum":
      return fc.constantFrom(...Object.values(def.entries));
    case "optional":
    case "default":
      return fc.oneof(likely(def.innerType), fc.constant(undefined));
    case "nullable":
      return fc.oneof(likely(def.innerType), fc.constant(null));
    case "array":
      return fc.array(likely(def.element), { maxLength: 3 });
    case "record":
      return fc.dictionary(fc.oneof(fc.string({ maxLength: 3 }), fc.constant("1")), likely(def.valueType), {
        maxKeys: 3,
      });
    case "union":
      return fc.oneof(...def.options.map(likely));
    case "object":
      return fc.tuple(
        fc.record(mapValues(def.shape, likely), { requiredKeys: requiredOf(def.shape) }),
        fc.dictionary(fc.string({ maxLength: 4 }), junk, { maxKeys: 2 }),
        fc.boolean(),
      ).map(([own, more, first]) => first ? { ...more, ...own } : { ...own, ...more });
    default:
      throw new Error(`Nobody told this test how to make a ${def.type}`);
  }
}

/** A few are left out that should not be. */
function requiredOf(shape: Def["shape"]): string[] {
  return Object.keys(shape).filter((_, i) => i % 5 !== 4);
}

function mapValues<A, B>(from: Readonly<Record<string, A>>, to: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, to(value)]));
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && "_zod" in value;
}

/** The modules of src/ that use zod, as a checkout loads them, and as they are in the executable. */
async function bothWays(
  paths: readonly string[],
  room: string,
): Promise<readonly (readonly [string, Module, Module])[]> {
  const outfile = join(room, "lean.js");
  try {
    await esbuild.build({
      stdin: {
        contents: paths.map((path, i) => `export * as m${i} from ${JSON.stringify(path)};`).join("\n"),
        resolveDir: ROOT,
      },
      outfile,
      bundle: true,
      format: "esm",
      platform: "neutral",
      external: ["node:*", "@noble/hashes/*", "fast-string-truncated-width"],
      plugins: [standIns(ROOT)],
    });
  } finally {
    await esbuild.stop();
  }
  const lean = await import(`file://${outfile}`);
  return await Promise.all(
    paths.map(async (path, i) => [path, await import(`file://${path}`), lean[`m${i}`]] as const),
  );
}

function usersOfZod(dir: string): readonly string[] {
  return [...Deno.readDirSync(dir)].flatMap(({ name, isDirectory }) => {
    const path = join(dir, name);
    if (isDirectory) return usersOfZod(path);
    return name === "schema.ts" && Deno.readTextFileSync(path).includes('from "zod/mini"') ? [path] : [];
  });
}

Deno.test("what stands in for zod in the executable answers as zod does, for every schema", async () => {
  const room = await Deno.makeTempDir();
  try {
    let schemas = 0;
    for (const [path, whole, lean] of await bothWays(usersOfZod(join(ROOT, "src")), room)) {
      for (const [name, schema] of Object.entries(whole)) {
        if (!isSchema(schema)) continue;
        schemas++;
        const other = lean[name] as Schema;
        fc.assert(
          fc.property(fc.oneof(likely(schema), junk), (value) => {
            const [want, came] = [schema.safeParse(value), other.safeParse(value)];
            const what = `${path} ${name}`;
            assertEquals(came.success, want.success, what);
            if (want.success && came.success) {
              assertEquals(came.data, want.data, what);
              // The order in which it is written back, too.
              if (typeof value !== "bigint") assertEquals(text(came.data), text(want.data), what);
            } else if (!want.success && !came.success) {
              assertEquals(came.error.issues[0]?.path, want.error.issues[0]?.path, what);
            }
          }),
          { numRuns: 300 },
        );
      }
    }
    assert(schemas > 20, `only ${schemas} schemas were found`);
  } finally {
    await Deno.remove(room, { recursive: true });
  }
});

function text(value: unknown): string {
  return JSON.stringify(value, (_, part) => typeof part === "bigint" ? `${part}n` : part) ?? "";
}
