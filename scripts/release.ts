/**
 * Makes what a release is made of.
 *
 *     scripts/release check v0.1.0        the tag, deno.json and CHANGELOG.md name the same version
 *     scripts/release notes 0.1.0         prints the section of CHANGELOG.md
 *     scripts/release executables DIR     one executable a platform, and SHA256SUMS
 *     scripts/release package DIR         the npm package: a bundle and a launcher that brings its own Deno
 *
 * The names of the executables are those that install.sh asks for.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Deno's name of each platform that has an executable, and ours. */
export const TARGETS: ReadonlyMap<string, string> = new Map([
  ["x86_64-unknown-linux-gnu", "looop-linux-x86_64"],
  ["aarch64-unknown-linux-gnu", "looop-linux-aarch64"],
  ["x86_64-apple-darwin", "looop-darwin-x86_64"],
  ["aarch64-apple-darwin", "looop-darwin-aarch64"],
]);

/** The section of a version in a changelog, without its heading. Undefined when there is none, or nothing in it. */
export function notesOf(changelog: string, version: string): string | undefined {
  const lines = changelog.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`## [${version}]`));
  if (start < 0) return undefined;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith("## "));
  const text = rest.slice(0, end < 0 ? undefined : end).join("\n").trim();
  return text === "" ? undefined : text;
}

async function check(tag: string): Promise<number> {
  const { version } = await config();
  if (tag !== `v${version}`) return refuse(`the tag is ${tag}, and deno.json says ${version}`);
  if (notesOf(await changelog(), version) === undefined) return refuse(`CHANGELOG.md has no section [${version}]`);
  console.log(`${tag}: tag, deno.json and CHANGELOG.md agree`);
  return 0;
}

async function notes(version: string): Promise<number> {
  const text = notesOf(await changelog(), version);
  if (text === undefined) return refuse(`CHANGELOG.md has no section [${version}]`);
  console.log(text);
  return 0;
}

async function executables(dir: string): Promise<number> {
  await Deno.mkdir(dir, { recursive: true });
  const sums: string[] = [];
  for (const [target, name] of TARGETS) {
    const output = join(await Deno.realPath(dir), name);
    const { code } = await new Deno.Command(join(ROOT, "scripts/compile"), {
      args: ["--target", target, "--output", output],
    })
      .spawn().status;
    if (code !== 0) return code;
    sums.push(`${await sha256(output)}  ${name}`);
  }
  await Deno.writeTextFile(join(dir, "SHA256SUMS"), `${sums.join("\n")}\n`);
  return 0;
}

async function pack(dir: string): Promise<number> {
  const { version } = await config();
  await Deno.mkdir(dir, { recursive: true });
  await bundle({ root: ROOT, outdir: dir, commit: Deno.env.get("LOOOP_COMMIT") ?? "" });
  for (const folder of ["seeds", "demo"]) await copyTree(join(ROOT, folder), join(dir, folder));
  for (const name of ["README.md", "CHANGELOG.md", "LICENSE"]) await Deno.copyFile(join(ROOT, name), join(dir, name));
  await placeLauncher(dir);
  await Deno.writeTextFile(
    join(dir, "package.json"),
    `${JSON.stringify(manifest(version, await pinnedDeno()), null, 2)}\n`,
  );
  return 0;
}

/** Lays down the launcher of the npm package in its directory, and what that reads: the same grants as those of a checkout. */
export async function placeLauncher(dir: string): Promise<void> {
  for (const folder of ["bin", "scripts"]) await Deno.mkdir(join(dir, folder), { recursive: true });
  for (const name of ["scripts/grants", "scripts/launch"]) await Deno.copyFile(join(ROOT, name), join(dir, name));
  await Deno.copyFile(join(ROOT, "npm/looop"), join(dir, "bin/looop"));
  await Deno.chmod(join(dir, "bin/looop"), 0o755);
}

function manifest(version: string, deno: string): Readonly<Record<string, unknown>> {
  return {
    name: "looop",
    version,
    description:
      "Keeps a loop running around coding agents: sensors, questions that survive everything, workers in terminals of their own",
    license: "MIT",
    repository: { type: "git", url: "git+https://github.com/looop/looop.git" },
    type: "module",
    bin: { looop: "bin/looop" },
    os: ["linux", "darwin"],
    dependencies: { deno },
  };
}

/** The Deno that scripts/deno installs is the one that the package brings. */
async function pinnedDeno(): Promise<string> {
  const text = await Deno.readTextFile(join(ROOT, "scripts/deno"));
  const version = /^pinned=([0-9.]+)$/m.exec(text)?.[1];
  if (version === undefined) throw new Error("scripts/deno names no pinned version");
  return version;
}

async function config(): Promise<{ readonly version: string }> {
  return JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
}

function changelog(): Promise<string> {
  return Deno.readTextFile(join(ROOT, "CHANGELOG.md"));
}

async function sha256(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return new Uint8Array(digest).toHex();
}

async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyTree(join(from, name), join(to, name));
    else await Deno.copyFile(join(from, name), join(to, name));
  }
}

function refuse(why: string): number {
  console.error(`Cannot release: ${why}`);
  return 1;
}

const COMMANDS: Readonly<Record<string, (word: string) => Promise<number>>> = {
  check,
  notes,
  executables,
  package: pack,
};

if (import.meta.main) {
  const [name = "", word, ...rest] = Deno.args;
  const command = COMMANDS[name];
  if (command === undefined || word === undefined || rest.length > 0) {
    console.error("usage: scripts/release check TAG | notes VERSION | executables DIR | package DIR");
    Deno.exitCode = 2;
  } else Deno.exitCode = await command(word);
}
