import { basename, dirname, join } from "node:path";
import { shellWord } from "../base/shell_word.ts";
import { ok } from "../base/result.ts";
import { VERSION } from "../base/version.ts";
import { fail, type Result } from "../failure.ts";
import type { Os } from "../os/os.ts";
import { switchOf } from "./input.ts";
import { reasonOf } from "./upgrade_reason.ts";
import { type Call, type Input, verb } from "./verb.ts";

/** Where releases lie; LOOOP_RELEASES names another place, as it does for install.sh. */
export const RELEASES = "https://github.com/looop/looop/releases";

/** How this looop came here, and the line that brings the next one. */
interface Upgrade {
  readonly installed: "executable" | "npm" | "checkout";
  readonly path: string;
  readonly version: string;
  /** For a shell, as a person would type it. */
  readonly line: string;
  readonly ran: boolean;
  /** What the line said, when it ran. */
  readonly said?: string | undefined;
}

/** `looop upgrade [--yes]`: tells the line; runs it when a person at the terminal, or --yes, says so. */
export const module = verb<Upgrade>({ run, text });

/** A download, a build of a checkout: minutes at most. */
const RUN_MS = 10 * 60_000;

/** The installer is fetched whole before a line of it runs. */
const INSTALL = `case $1 in
  file://*) script=$(cat -- "\${1#file://}/latest/download/install.sh" 2>/dev/null) ;;
  *) if command -v curl >/dev/null; then script=$(curl -fsSL --connect-timeout 20 "$1/latest/download/install.sh")
     else script=$(wget -q -T 20 -O - "$1/latest/download/install.sh"); fi ;;
esac || { echo "$1/latest/download/install.sh could not be fetched" >&2; exit 1; }
export LOOOP_RELEASES="$1" LOOOP_INSTALL_DIR="$2"
printf '%s\\n' "$script" | sh -s -- --release`;

/** What runs for a line: a script of ours, and its data. */
interface Plan extends Omit<Upgrade, "ran" | "said"> {
  readonly script: string;
  readonly args: readonly string[];
}

async function run(call: Call, input: Input): Promise<Result<Upgrade>> {
  const { script, args, ...upgrade } = planOf(call.os);
  const told = ok({ ...upgrade, ran: false });
  if (!switchOf(input, "yes")) {
    const { stdinIsTerminal, stdoutIsTerminal } = call.os.terminal;
    if (call.json || !stdinIsTerminal || !stdoutIsTerminal) return told;
    const { agreesTo } = await import("./upgrade_prompt.ts");
    if (!await agreesTo(heading(upgrade), upgrade.line)) return told;
  }
  const end = await call.os.processes.sh(script, args, { timeoutMs: RUN_MS });
  const said = end.stdout.trim();
  if (end.code === 0) return ok({ ...upgrade, ran: true, said });
  const { why, hint } = reasonOf(end.stderr);
  const byHand = `what was installed before is untouched; by hand: ${upgrade.line}`;
  return fail("failed", "upgrade looop", why === "" ? `it ended with ${end.code}` : why, {
    hint: hint === undefined ? byHand : `${hint}\n${byHand}`,
  });
}

function planOf(os: Os): Plan {
  const path = os.environment.selfPath();
  const releases = os.environment.get("LOOOP_RELEASES") ?? RELEASES;
  const version = VERSION;
  const byInstaller = (installed: "executable" | "npm", dir: string): Plan => ({
    installed,
    path,
    version,
    line: `curl -fsSL ${shellWord(`${releases}/latest/download/install.sh`)} | LOOOP_INSTALL_DIR=${
      shellWord(dir)
    } sh -s -- --release`,
    script: INSTALL,
    args: [releases, dir],
  });
  if (os.environment.compiled) return byInstaller("executable", dirname(path));
  const root = dirname(dirname(path));
  if (os.files.stat(os.environment.asset("main.js")).ok) {
    const launcher = launcherOf(os, root);
    if (launcher !== undefined) return byInstaller("npm", dirname(launcher));
    const { prefix, global } = npmPlace(os, root);
    const install = `npm install ${global ? "-g " : ""}--prefix`;
    const line = `${install} ${shellWord(prefix)} looop@latest`;
    return { installed: "npm", path, version, line, script: `${install} "$1" looop@latest`, args: [prefix] };
  }
  const line = `git -C ${shellWord(root)} pull --ff-only`;
  return { installed: "checkout", path, version, line, script: 'git -C "$1" pull --ff-only', args: [root] };
}

/** The launcher that install.sh wrote for a package: it keeps packages in a place of their own, and notes there whose each is. */
function launcherOf(os: Os, root: string): string | undefined {
  if (!/\/looop\/npm-[^/]+\/node_modules\/looop$/.test(root)) return undefined;
  const noted = os.files.read(join(dirname(dirname(root)), "launcher"));
  return noted.kind === "text" ? noted.text.trimEnd() : undefined;
}

/** Where npm put a package: globally into `lib` of its prefix; else into the prefix, with a list of all that lies beside it. */
function npmPlace(os: Os, root: string): { readonly prefix: string; readonly global: boolean } {
  const modules = dirname(root);
  const above = dirname(modules);
  const global = basename(above) === "lib" && !os.files.stat(join(modules, ".package-lock.json")).ok;
  return { prefix: global ? dirname(above) : above, global };
}

const KINDS: Readonly<Record<Upgrade["installed"], string>> = {
  executable: "an executable",
  npm: "from its npm package",
  checkout: "from a checkout",
};

function text(upgrade: Upgrade): string {
  const { line, ran, said } = upgrade;
  if (ran) return said === undefined || said === "" ? "upgraded" : said;
  return `${heading(upgrade)}\nThis brings the newest one (or: looop upgrade --yes):\n  ${line}`;
}

function heading({ installed, path, version }: Pick<Upgrade, "installed" | "path" | "version">): string {
  return `looop ${version}, ${KINDS[installed]}: ${path}`;
}
