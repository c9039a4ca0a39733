/**
 * Builds the executable in two steps: a bundle of our own (tree-shaken, minified, one chunk for each thing that is loaded late,
 * version and commit put in), then `deno compile` of that bundle under the flags of scripts/grants.
 *
 *     scripts/compile [--target aarch64-apple-darwin] [--output dist/looop] [--keep-bundle DIR]
 *
 * `deno compile` fetches a runtime of its own version; where the vendor's host is out of reach, DENORT_BIN names a local one and
 * LOOOP_COMPILE_DENO the Deno that it belongs to.
 */
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.ts";
import { compileArguments, compiler } from "./compile_arguments.ts";

/** What is carried along as it is, and read with `os.environment.readAsset`. */
const CARRIED = ["seeds", "demo"];

interface Wish {
  readonly target?: string;
  readonly output?: string;
  readonly keepBundle?: string;
}

const USAGE = "usage: scripts/compile [--target TRIPLE] [--output PATH] [--keep-bundle DIR]";

async function main(root: string, wish: Wish): Promise<number> {
  // Without a node_modules directory or a deno.json above it, `deno compile` embeds nothing but what is here.
  const room = await Deno.makeTempDir({ prefix: "looop-compile-" });
  try {
    const built = join(room, "looop");
    const commit = await commitOf(root);
    const { files, bytes } = await bundle({ root, outdir: built, commit });
    for (const folder of CARRIED) await copyTree(join(root, folder), join(built, folder));
    if (wish.keepBundle !== undefined) await copyTree(built, resolve(wish.keepBundle));

    const output = resolve(root, wish.output ?? "dist/looop");
    await Deno.mkdir(dirname(output), { recursive: true });
    const made = join(room, "executable");
    const code = await compile(root, built, made, wish.target);
    if (code !== 0) return code;
    await place(made, output);
    const size = (await Deno.stat(output)).size;
    console.log(
      `${relative(Deno.cwd(), output) || output}: ${mebibytes(size)} MiB, of it ${
        kibibytes(bytes)
      } KiB of ours in ${files} files` +
        `${commit === "" ? "" : `, commit ${commit}`}`,
    );
    return 0;
  } finally {
    await Deno.remove(room, { recursive: true });
  }
}

async function compile(root: string, built: string, output: string, target: string | undefined): Promise<number> {
  const { code } = await new Deno.Command(compiler(), {
    args: compileArguments(root, { output, target, carried: CARRIED.filter((folder) => exists(join(built, folder))) }),
    cwd: built,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output().then(show);
  return code;
}

/** What a quiet step said is of interest only when it failed. */
function show(output: Deno.CommandOutput): Deno.CommandOutput {
  if (output.code !== 0) {
    const said = new TextDecoder().decode(output.stderr);
    console.error(said);
    console.error(`Cannot compile: ${reasonOf(said)}`);
    console.error("  where the runtime that goes into the executable cannot be fetched, DENORT_BIN may name one");
  }
  return output;
}

/** Of what Deno says when it fails (`error: …`, and below it a list of causes) the line that tells most. */
function reasonOf(said: string): string {
  const [text = ""] = said.split("Stack backtrace");
  const causes = [...text.matchAll(/^ +\d+: (.*)$/gm)].map(([, cause = ""]) => cause);
  return causes.find((cause) => cause !== "Setting up base binary.") ?? /^error: (.*)$/m.exec(text)?.[1] ?? text.trim();
}

/** Renamed over the old one, which may be running. */
async function place(made: string, output: string): Promise<void> {
  const beside = `${output}.${Deno.pid}.new`;
  await Deno.copyFile(made, beside);
  await Deno.chmod(beside, 0o755);
  await Deno.rename(beside, output);
}

/** The commit of the checkout, short, with a `+` when files differ from it; empty where git knows nothing. */
async function commitOf(root: string): Promise<string> {
  const given = Deno.env.get("LOOOP_COMMIT");
  if (given !== undefined) return given;
  try {
    const { code, stdout } = await new Deno.Command("git", {
      args: ["-C", root, "describe", "--always", "--match=", "--abbrev=12", "--dirty=+"],
      stderr: "null",
    }).output();
    return code === 0 ? new TextDecoder().decode(stdout).trim() : "";
  } catch {
    return "";
  }
}

async function copyTree(from: string, to: string): Promise<void> {
  if (!exists(from)) return;
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(from)) {
    const [source, copy] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory) await copyTree(source, copy);
    else await Deno.copyFile(source, copy);
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

function kibibytes(bytes: number): string {
  return (bytes / 2 ** 10).toFixed(0);
}

function parse(args: readonly string[]): Wish | undefined {
  const wish: { target?: string; output?: string; keepBundle?: string } = {};
  for (let i = 0; i < args.length; i += 2) {
    const value = args[i + 1];
    if (value === undefined) return undefined;
    if (args[i] === "--target") wish.target = value;
    else if (args[i] === "--output") wish.output = value;
    else if (args[i] === "--keep-bundle") wish.keepBundle = value;
    else return undefined;
  }
  return wish;
}

const wish = parse(Deno.args);
if (wish === undefined) {
  console.error(USAGE);
  Deno.exitCode = 2;
} else {
  Deno.exitCode = await main(fileURLToPath(new URL("../", import.meta.url)), wish);
}
