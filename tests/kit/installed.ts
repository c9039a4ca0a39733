import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { VERSION } from "../../src/base/version.ts";
import { BINARY, NEWER_BINARY } from "./program.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Why an upgrade cannot be tried here; undefined when it can. */
export const NO_UPGRADE = BINARY !== undefined && NEWER_BINARY === undefined
  ? "LOOOP_TEST_NEWER_BINARY names no second executable"
  : undefined;

/** A looop in a directory of its own, which may be replaced while it runs. */
export interface Installed {
  readonly program: string;
  readonly version: string;
  /** Puts a newer one in its place, as an installer does: by a rename. */
  upgrade(): void;
  /** Puts a program in its place that runs this sh script; `$real` is the newer looop. */
  replaceBy(script: string): void;
  /** How a build tells itself from the others in `version --json`. */
  readonly newer: { readonly version: string; readonly commit: string };
}

/** Installs the program under test into `dir`: the executable, or what a checkout needs to run. */
export function install(dir: string): Installed {
  return BINARY === undefined ? installCheckout(dir) : installBinary(dir, BINARY);
}

function installBinary(dir: string, binary: string): Installed {
  const newer = NEWER_BINARY ?? "";
  const program = join(dir, "looop");
  const real = join(dir, "newer", "looop");
  Deno.mkdirSync(join(dir, "newer"), { recursive: true });
  Deno.copyFileSync(binary, program);
  Deno.copyFileSync(newer, real);
  return {
    program,
    version: VERSION,
    newer: buildOf(newer),
    upgrade: () => {
      Deno.copyFileSync(newer, `${program}.new`);
      Deno.renameSync(`${program}.new`, program);
    },
    replaceBy: (script) => place(program, `#!/bin/sh\nreal='${real}'\n${script}`),
  };
}

function buildOf(binary: string): { version: string; commit: string } {
  const { stdout } = new Deno.Command(binary, { args: ["version", "--json"], stdin: "null" }).outputSync();
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** All that `bin/looop` runs from. */
const CHECKOUT = [
  "main.ts",
  "deno.json",
  "deno.lock",
  "bin",
  "scripts/deno",
  "scripts/grants",
  "scripts/launch",
  "seeds",
  "demo",
  "src",
];

function installCheckout(dir: string): Installed {
  const [here, next] = [join(dir, "looop"), join(dir, "newer")];
  const version = "99.0.0";
  for (const root of [here, next]) {
    for (const name of CHECKOUT) copy(join(ROOT, name), join(root, name));
  }
  const versionFile = "src/base/version.ts";
  const text = Deno.readTextFileSync(join(next, versionFile));
  const newer = text.replace(`VERSION = "${VERSION}"`, `VERSION = "${version}"`);
  if (newer === text) throw new Error(`${versionFile} does not say ${VERSION}`);
  place(join(next, versionFile), newer, 0o644);
  const program = join(here, "bin", "looop");
  return {
    program,
    version: VERSION,
    newer: { version, commit: "" },
    upgrade: () => place(join(here, versionFile), newer, 0o644),
    replaceBy: (script) => place(program, `#!/bin/sh\nreal='${join(next, "bin", "looop")}'\n${script}`),
  };
}

/** Lays down what stands for the npm package: a checkout, whose file of code is empty and is not what runs. */
export function layPackage(dir: string): void {
  for (const name of CHECKOUT) copy(join(ROOT, name), join(dir, name));
  Deno.writeTextFileSync(join(dir, "main.js"), "");
}

function place(path: string, text: string, mode = 0o755): void {
  Deno.writeTextFileSync(`${path}.new`, text);
  Deno.chmodSync(`${path}.new`, mode);
  Deno.renameSync(`${path}.new`, path);
}

function copy(from: string, to: string): void {
  if (!Deno.statSync(from).isDirectory) {
    Deno.mkdirSync(join(to, ".."), { recursive: true });
    return Deno.copyFileSync(from, to);
  }
  Deno.mkdirSync(to, { recursive: true });
  for (const { name } of Deno.readDirSync(from)) copy(join(from, name), join(to, name));
}
