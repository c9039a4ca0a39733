import { builtinModules } from "node:module";
import { join } from "node:path";
import * as esbuild from "esbuild";

/** What to bundle, and into which directory. */
export interface BundleSpec {
  readonly root: string;
  readonly outdir: string;
  /** Put into src/base/version.ts; empty when unknown. */
  readonly commit: string;
}

/** What came of it. */
export interface Bundle {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Bundles main.ts and everything it reaches into `outdir`: `main.js` and a chunk for each part that is imported late, so that a verb
 * still loads nothing but its own. Throws when a package would not run that way.
 */
export async function bundle({ root, outdir, commit }: BundleSpec): Promise<Bundle> {
  const packages = await Deno.makeTempDir({ prefix: "looop-packages-" });
  try {
    await installPackages(root, packages);
    const options: esbuild.BuildOptions & { metafile: true } = {
      entryPoints: [join(root, "main.ts")],
      absWorkingDir: root,
      outdir,
      bundle: true,
      splitting: true,
      format: "esm",
      target: "esnext",
      // Not "node": that would choose the CommonJS form of packages which have another, and CommonJS cannot be shaken.
      platform: "neutral",
      conditions: ["deno", "import"],
      mainFields: ["main", "module"],
      nodePaths: [join(packages, "node_modules")],
      minify: true,
      legalComments: "none",
      charset: "utf8",
      logLevel: "warning",
      // A shape that the stand-in for zod lacks.
      logOverride: { "import-is-undefined": "error" },
      metafile: true,
    };
    const plugins = [stampVersion(root, commit), standIns(root), emptyModules(), prefixBuiltins()];
    const apart = await esbuild.build({ ...options, plugins, write: false });
    const { metafile } = await esbuild.build({ ...options, plugins: [...plugins, hotTogether(root, apart.metafile)] });
    refuseRequire(metafile);
    const outputs = Object.values(metafile.outputs);
    return { files: outputs.length, bytes: outputs.reduce((sum, { bytes }) => sum + bytes, 0) };
  } finally {
    await esbuild.stop();
    await Deno.remove(packages, { recursive: true });
  }
}

/** esbuild looks for packages in node_modules; the checkout has none, so one is laid out elsewhere, as deno.lock says. */
async function installPackages(root: string, into: string): Promise<void> {
  const { imports } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
  await Deno.writeTextFile(join(into, "deno.json"), JSON.stringify({ imports, nodeModulesDir: "auto" }));
  await Deno.copyFile(join(root, "deno.lock"), join(into, "deno.lock"));
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["install", "--quiet", "--frozen"],
    cwd: into,
    stdin: "null",
  }).output();
  if (code !== 0) throw new Error(`Cannot lay out the packages of deno.lock: ${new TextDecoder().decode(stderr)}`);
}

/**
 * What is loaded for nearly every call of an agent. A module costs more to find than to run, so these and all that they import go
 * into one file.
 */
const HOT = [
  "src/os/os.ts",
  "src/cli/run_cli.ts",
  "src/profile/open.ts",
  "src/verbs/state.ts",
  "src/verbs/wait.ts",
  "src/verbs/ask.ts",
];

/**
 * esbuild puts a module into the file of those entries that reach it. Every entry (main.ts, and whatever is imported late) is made to
 * import the hot ones, so that they and all below them are reached by the same entries: all of them.
 */
function hotTogether(root: string, apart: esbuild.Metafile): esbuild.Plugin {
  const entries = new Set(
    Object.values(apart.outputs).flatMap(({ entryPoint }) => entryPoint ?? []).map((path) => join(root, path)),
  );
  const contents = HOT.map((path) => `import ${JSON.stringify(join(root, path))};`).join("\n");
  return {
    name: "hot-together",
    setup(build) {
      build.onResolve({ filter: /^looop:hot$/ }, ({ path }) => ({ path, namespace: "hot" }));
      build.onLoad({ filter: /.*/, namespace: "hot" }, () => ({ contents, resolveDir: root }));
      build.onLoad({ filter: /\/(src\/.*|main)\.ts$/ }, async ({ path }) => {
        if (!entries.has(path)) return undefined;
        return { contents: `import "looop:hot";\n${await Deno.readTextFile(path)}`, loader: "ts" };
      });
    },
  };
}

/** What is taken in place of a package or a module where looop itself names it: see there for what each is good for. */
const STAND_INS: Readonly<Record<string, string>> = {
  "zod/mini": "scripts/lean_zod.ts",
  "node:path": "scripts/lean_path.ts",
  "fast-string-truncated-width": "scripts/late_width.ts",
  "@noble/hashes/sha2.js": "scripts/late_sha2.ts",
};

/** Puts the stand-ins in place. The late ones name the package themselves, and so do other packages. */
export function standIns(root: string): esbuild.Plugin {
  return {
    name: "stand-ins",
    setup(build) {
      build.onResolve(
        { filter: /^(zod\/mini|node:path|fast-string-truncated-width|@noble\/hashes\/sha2\.js)$/ },
        (named) => {
          const standIn = named.importer.startsWith(join(root, "src/")) ? STAND_INS[named.path] : undefined;
          return standIn === undefined ? undefined : { path: join(root, standIn) };
        },
      );
    },
  };
}

function stampVersion(root: string, commit: string): esbuild.Plugin {
  return {
    name: "stamp-version",
    setup(build) {
      build.onLoad({ filter: /\/src\/base\/version\.ts$/ }, async ({ path }) => {
        const { version } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
        let contents = await Deno.readTextFile(path);
        for (const [name, value] of Object.entries({ VERSION: version, COMMIT: commit })) {
          const line = new RegExp(`^export const ${name} = ".*";$`, "m");
          if (!line.test(contents)) throw new Error(`${path} has no line for ${name}`);
          contents = contents.replace(line, () => `export const ${name} = ${JSON.stringify(value)};`);
        }
        return { contents, loader: "ts" };
      });
    },
  };
}

/**
 * Node's modules that commander names for what looop does not use (programs as subcommands, output of its own), replaced by nothing:
 * loading them costs more than the rest of a start.
 */
function emptyModules(): esbuild.Plugin {
  return {
    name: "empty-modules",
    setup(build) {
      build.onResolve({ filter: /^node:(child_process|fs|path|process|util)$/ }, ({ path, importer }) => {
        return /\/node_modules\/commander\//.test(importer) ? { path, namespace: "empty" } : undefined;
      });
      build.onLoad(
        { filter: /.*/, namespace: "empty" },
        ({ path }) => ({ contents: EMPTY[path] ?? "export default {};" }),
      );
    },
  };
}

const EMPTY: Readonly<Record<string, string>> = {
  "node:process": "export default { argv: [], execArgv: [], env: {}, stdout: {}, stderr: {}, versions: {} };",
  "node:util": "export function stripVTControlCharacters(text) { return text; }",
};

/** Packages name Node's modules with and without their prefix; outside of a package Deno knows them with it only. */
function prefixBuiltins(): esbuild.Plugin {
  const names = builtinModules.filter((name) => !name.startsWith("_") && !name.startsWith("node:"));
  return {
    name: "prefix-builtins",
    setup(build) {
      build.onResolve({ filter: new RegExp(`^(node:.*|${names.join("|")})$`) }, ({ path }) => {
        return { path: path.startsWith("node:") ? path : `node:${path}`, external: true };
      });
    },
  };
}

/** A module that is required rather than imported is found missing only when its line runs: so it is found here. */
function refuseRequire({ outputs }: esbuild.Metafile): void {
  for (const [path, { imports, inputs }] of Object.entries(outputs)) {
    const required = imports.find(({ kind, external }) => external === true && kind === "require-call");
    if (required === undefined) continue;
    throw new Error(`${path} requires ${required.path}: choose another form of ${Object.keys(inputs).join(", ")}`);
  }
}
