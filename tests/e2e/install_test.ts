/** install.sh against a tree of files that stands for the server of releases. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertIncludes, assertMatch } from "../kit/assert.ts";
import { fill, mayMount, onSmallDisk, sh } from "../kit/small_disk.ts";
import { install } from "../kit/installed.ts";
import { onTerminal } from "../kit/on_terminal.ts";
import { BINARY, NEWER_BINARY } from "../kit/program.ts";
import { makeRig, PROGRAM } from "../kit/rig.ts";
import { waitUntil } from "../kit/wait_until.ts";
import { RELEASES } from "../../src/verbs/upgrade.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SCRIPT = join(ROOT, "install.sh");
const SHELLS = ["dash", "bash", "sh"].filter((shell) => has(shell));

function has(program: string): boolean {
  return new Deno.Command("sh", { args: ["-c", 'command -v "$1" >/dev/null', "sh", program] }).outputSync().success;
}

/** A home with a place to install to, and a server of releases. */
interface Place extends AsyncDisposable {
  readonly base: string;
  readonly bin: string;
  readonly releases: string;
  readonly asset: string;
  /** Puts a release there; `text`, or a `file`, in place of what would be the executable. */
  release(version: string, more?: { readonly text?: string; readonly file?: string; readonly sums?: string }): void;
  install(args?: readonly string[], more?: InstallOptions): Promise<Installed>;
  /** The same under way, in a process group of its own. */
  start(args: readonly string[], more?: InstallOptions): { readonly pid: number; readonly end: Promise<Installed> };
  /** What the installed program says it is; undefined when it does not run. */
  installed(): Promise<string | undefined>;
  /** Names beside the executable. */
  litter(): readonly string[];
}

interface InstallOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly shell?: string;
  /** The script (or what is given of it) comes from stdin, as with `curl … | sh`. */
  readonly piped?: boolean | Uint8Array;
}

interface Installed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function makePlace(bin?: string): Promise<Place> {
  const base = await Deno.realPath(await Deno.makeTempDir({ prefix: "looop install " }));
  const releases = join(base, "server of releases");
  const place: Place = {
    base,
    bin: bin ?? join(base, "my bin"),
    releases,
    asset: `looop-${Deno.build.os}-${Deno.build.arch}`,
    release: (version, more = {}) => {
      // Another version of the same program: what it says of itself is all that differs.
      const text = more.text ??
        `#!/bin/sh\n[ "$1" = version ] && { echo "looop ${version}"; exit; }\nexec '${
          PROGRAM.replaceAll("'", "'\\''")
        }' "$@"\n`;
      for (const dir of [`download/v${version}`, "latest/download"]) {
        Deno.mkdirSync(join(releases, dir), { recursive: true });
        const path = join(releases, dir, place.asset);
        if (more.file === undefined) Deno.writeTextFileSync(path, text);
        else Deno.copyFileSync(more.file, path);
        const sums = more.sums ?? `${sha256(join(releases, dir, place.asset))}  ${place.asset}\n`;
        Deno.writeTextFileSync(join(releases, dir, "SHA256SUMS"), sums);
      }
    },
    install: (args = ["--release"], more = {}) => place.start(args, more).end,
    start: (args, more = {}) => {
      const piped = more.piped !== undefined && more.piped !== false;
      const child = new Deno.Command(more.shell ?? "sh", {
        args: piped ? ["-s", "--", ...args] : [SCRIPT, ...args],
        detached: true,
        clearEnv: true,
        cwd: base,
        env: {
          PATH: Deno.env.get("PATH") ?? "",
          HOME: base,
          SHELL: "/bin/bash",
          LOOOP_INSTALL_DIR: place.bin,
          LOOOP_RELEASES: `file://${releases}`,
          // Where no release fits, npm is asked: not a registry, here.
          LOOOP_PACKAGE: `file:${join(base, "no package")}`,
          ...more.env,
        },
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const end = (async () => {
        const input = child.stdin.getWriter();
        const script = more.piped === true ? Deno.readFileSync(SCRIPT) : more.piped;
        if (script instanceof Uint8Array) await input.write(script).catch(() => {});
        await input.close().catch(() => {});
        const { code, stdout, stderr } = await child.output();
        return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
      })();
      return { pid: child.pid, end };
    },
    installed: async () => {
      try {
        const { success, stdout } = await new Deno.Command(join(place.bin, "looop"), { args: ["version"] }).output();
        return success ? new TextDecoder().decode(stdout).trim() : undefined;
      } catch {
        return undefined;
      }
    },
    litter: () => [...Deno.readDirSync(place.bin)].map(({ name }) => name).filter((name) => name !== "looop"),
    [Symbol.asyncDispose]: () => Deno.remove(base, { recursive: true }),
  };
  return place;
}

function sha256(path: string): string {
  const { stdout } = new Deno.Command("sh", {
    args: ["-c", 'if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi', "sh", path],
  }).outputSync();
  return new TextDecoder().decode(stdout).split(/\s/)[0] ?? "";
}

Deno.test("a release is installed, installed again as an upgrade, as a version that is named, and removed without touching data", async () => {
  await using place = await makePlace();
  place.release("1.0.0");
  for (const shell of SHELLS) {
    const done = await place.install(["--release"], { shell });
    assertEquals([shell, done.code, done.stderr], [shell, 0, ""]);
    assertIncludes(done.stdout, `Installed looop 1.0.0 at ${join(place.bin, "looop")}`);
  }
  assertEquals(await place.installed(), "looop 1.0.0");
  place.release("1.1.0");
  assertEquals((await place.install(["--release"], { piped: true })).code, 0);
  assertEquals(await place.installed(), "looop 1.1.0");
  assertEquals((await place.install(["--version", "v1.0.0"])).code, 0);
  assertEquals(await place.installed(), "looop 1.0.0");
  assertEquals(place.litter(), []);
  assertEquals((Deno.statSync(join(place.bin, "looop")).mode ?? 0) & 0o777, 0o755);

  const data = join(place.base, ".local/state/looop/PLAYBOOK.md");
  Deno.mkdirSync(dirname(data), { recursive: true });
  Deno.writeTextFileSync(data, "mine");
  assertIncludes((await place.install(["--uninstall"])).stdout, "Removed");
  assertEquals([await place.installed(), Deno.readTextFileSync(data)], [undefined, "mine"]);
  const again = await place.install(["--uninstall"]);
  assertEquals([again.code, again.stdout.includes("nothing to remove")], [0, true]);
});

Deno.test("without a directory of one's own it goes to ~/.local/bin, and the line for PATH is that of the shell", async () => {
  await using place = await makePlace();
  place.release("1.0.0");
  const bin = join(place.base, ".local/bin");
  const mac = Deno.build.os === "darwin";
  const rows: readonly (readonly [string, string])[] = [
    ["/bin/bash", mac ? "~/.bash_profile" : "~/.bashrc"],
    ["/usr/bin/zsh", "~/.zshrc"],
    ["/usr/bin/fish", "fish_add_path"],
    ["/bin/dash", "~/.profile"],
    ["", "~/.profile"],
  ];
  for (const [shell, wants] of rows) {
    const done = await place.install(["--release"], { env: { LOOOP_INSTALL_DIR: "", SHELL: shell } });
    assertEquals(done.code, 0, done.stderr);
    assertIncludes(done.stdout, wants);
    assertIncludes(done.stdout, bin);
  }
  // The line does what it says, whatever the directory is called; and a directory may be named from where one stands.
  const odd = join("a `place` of $HOME", "bob's");
  const named = await place.install(["--release"], { env: { LOOOP_INSTALL_DIR: `${odd}//`, SHELL: "/bin/sh" } });
  assertEquals([named.code, named.stderr], [0, ""]);
  const line = named.stdout.trimEnd().split("\n").at(-1) ?? "";
  const { stdout } = await new Deno.Command("sh", { args: ["-c", `${line}\ncommand -v looop`] }).output();
  assertEquals(new TextDecoder().decode(stdout), `${join(place.base, odd, "looop")}\n`);
  const on = await place.install(["--release"], {
    env: { LOOOP_INSTALL_DIR: "", PATH: `${Deno.env.get("PATH")}:${bin}` },
  });
  assert(!on.stdout.includes("PATH"), on.stdout);
});

Deno.test("whatever is wrong with a release, the sentence says so, and what was installed before goes on working", async () => {
  await using place = await makePlace();
  place.release("1.0.0");
  assertEquals((await place.install()).code, 0);
  const asset = join(place.releases, "latest/download", place.asset);
  const sums = join(place.releases, "latest/download/SHA256SUMS");
  const rows: readonly { readonly name: string; readonly harm: () => void; readonly says: RegExp }[] = [
    {
      name: "corrupted",
      harm: () => Deno.writeTextFileSync(asset, "x", { append: true }),
      says: /is not what the release says/,
    },
    { name: "cut off", harm: () => Deno.truncateSync(asset, 10), says: /is not what the release says/ },
    { name: "no asset", harm: () => Deno.removeSync(asset), says: /could not be fetched/ },
    { name: "no checksums", harm: () => Deno.removeSync(sums), says: /SHA256SUMS could not be fetched/ },
    {
      name: "not for this platform",
      harm: () => Deno.writeTextFileSync(sums, "0  looop-plan9-mips\n"),
      says: /has no looop-/,
    },
    { name: "empty checksums", harm: () => Deno.writeTextFileSync(sums, ""), says: /has no looop-/ },
  ];
  for (const { name, harm, says } of rows) {
    place.release("2.0.0");
    harm();
    const failed = await place.install();
    assertEquals([name, failed.code, failed.stdout], [name, 1, ""]);
    assertMatch(failed.stderr, says);
    assertEquals([name, await place.installed(), place.litter()], [name, "looop 1.0.0", []]);
  }
  const aside = join(place.base, "aside");
  Deno.renameSync(join(place.bin, "looop"), aside);
  Deno.mkdirSync(join(place.bin, "looop"));
  const directory = await place.install();
  assertEquals([directory.code, place.litter(), [...Deno.readDirSync(join(place.bin, "looop"))]], [1, [], []]);
  assertIncludes(directory.stderr, "Cannot install looop");
  assertIncludes(directory.stderr, "looop is a directory");
  const none = await place.install(["--uninstall"]);
  assertEquals([none.code, none.stdout], [1, ""]);
  assertMatch(none.stderr, /^looop: Cannot uninstall looop: .*\/looop is a directory\n {2}name where/);
  Deno.removeSync(join(place.bin, "looop"));
  Deno.renameSync(aside, join(place.bin, "looop"));
  place.release("2.0.0", { text: "#!/bin/sh\necho no >&2\nexit 1\n" });
  const broken = await place.install();
  assertEquals([broken.code, await place.installed()], [1, "looop 1.0.0"]);
  assertIncludes(broken.stderr, "does not run here");
  assertEquals((await place.install(["--version", "9.9.9"])).code, 1);
  for (
    const wrong of [["--nonsense"], ["--version"], ["--version", ""], ["--version="], ["--version", "v"], [
      "--version",
      "../1",
    ]]
  ) {
    assertEquals([wrong, (await place.install(wrong)).code], [wrong, 2]);
  }
  assertEquals([await place.installed(), place.litter()], ["looop 1.0.0", []]);
});

Deno.test("a script that arrives cut off does nothing; one that is interrupted while it downloads leaves nothing", async () => {
  await using place = await makePlace();
  place.release("1.0.0");
  assertEquals((await place.install()).code, 0);
  place.release("2.0.0");
  const script = Deno.readFileSync(SCRIPT);
  for (let part = 1; part < 24; part++) {
    // Never the whole of it: its last word is what starts it.
    const bytes = script.subarray(0, Math.floor(((script.length - 2) * part) / 23));
    const cut = await place.install(["--release"], { piped: bytes });
    assertEquals([part, cut.stdout, await place.installed()], [part, "", "looop 1.0.0"]);
  }

  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    if (!request.url.endsWith(place.asset)) {
      return new Response(await Deno.readFile(join(place.releases, new URL(request.url).pathname)));
    }
    // Some of it, and then nothing more.
    return new Response(new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(70_000)) }));
  });
  const env = { LOOOP_RELEASES: `http://127.0.0.1:${server.addr.port}` };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    const { pid, end } = place.start(["--release"], { env });
    await waitUntil("it downloads", async () => {
      return await sh('[ -s "$1"/.looop-install-*/looop ]', place.bin);
    });
    // As a terminal does it: the whole group is told.
    await sh('kill -s "$1" -- "-$2"', signal.slice(3), String(pid));
    assert((await end).code !== 0);
    assertEquals([signal, await place.installed(), place.litter()], [signal, "looop 1.0.0", []]);
  }
});

Deno.test("killed at any of its steps, it leaves the old one working, and the next run installs the new one", async () => {
  await using place = await makePlace();
  place.release("1.0.0");
  assertEquals((await place.install()).code, 0);
  place.release("2.0.0");
  const shims = join(place.base, "shims");
  const names = ["mkdir", "mktemp", "find", "uname", "cp", "awk", "sha256sum", "chmod", "mv"].filter((name) =>
    has(name)
  );
  for (const name of names) {
    Deno.mkdirSync(shims);
    Deno.writeTextFileSync(join(shims, name), "#!/bin/sh\nkill -9 $PPID\nkill -9 $$\n", { mode: 0o755 });
    const killed = await place.install(["--release"], { env: { PATH: `${shims}:${Deno.env.get("PATH")}` } });
    // What runs in a subshell takes that one along, and the script says what it misses; otherwise the script itself is gone.
    assert(killed.code !== 0, `${name}: ${killed.stdout}`);
    assertEquals([name, await place.installed()], [name, "looop 1.0.0"]);
    Deno.removeSync(shims, { recursive: true });
  }
  const longAgo = Date.now() / 1000 - 7_200;
  for (const name of place.litter()) Deno.utimeSync(join(place.bin, name), longAgo, longAgo);
  assertEquals((await place.install()).code, 0);
  assertEquals([await place.installed(), place.litter()], ["looop 2.0.0", []]);
});

Deno.test({
  name: "on a full disk and on one that is read-only nothing is changed",
  ignore: !mayMount,
  fn: () =>
    onSmallDisk("256k", async (disk) => {
      await using place = await makePlace(join(disk, "bin"));
      place.release("1.0.0");
      assertEquals((await place.install()).code, 0);
      place.release("2.0.0", { text: `#!/bin/sh\necho "looop 2.0.0"\n${"# filling\n".repeat(40_000)}` });
      const large = await place.install();
      assertEquals([large.code, await place.installed(), place.litter()], [1, "looop 1.0.0", []]);
      assertIncludes(large.stderr, `${place.asset} does not fit on the disk of ${place.bin}`);
      const room = await fill(disk);
      place.release("2.0.0");
      const full = await place.install();
      assertEquals([full.code, await place.installed()], [1, "looop 1.0.0"]);
      assertMatch(full.stderr, /SHA256SUMS does not fit on the disk of|cannot be written\n {2}is its disk full/);
      room();
      assert(await sh('mount -o remount,ro "$1"', disk));
      const locked = await place.install();
      assertEquals([locked.code, await place.installed()], [1, "looop 1.0.0"]);
      assertIncludes(locked.stderr, "cannot be written");
      const kept = await place.install(["--uninstall"]);
      assertEquals([kept.code, await place.installed()], [1, "looop 1.0.0"]);
      assertMatch(kept.stderr, /^looop: Cannot uninstall looop: .*\/looop cannot be removed\n {2}is .*read-only\?\n$/);
      assert(await sh('mount -o remount,rw "$1"', disk));
      assertEquals([(await place.install()).code, await place.installed()], [0, "looop 2.0.0"]);
    }),
});

Deno.test("it fetches over http with curl or with wget, and says so when neither is there", async () => {
  await using place = await makePlace();
  place.release("1.0.0");
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    try {
      return new Response(await Deno.readFile(join(place.releases, new URL(request.url).pathname)));
    } catch {
      return new Response("not here", { status: 404 });
    }
  });
  const base = { LOOOP_RELEASES: `http://127.0.0.1:${server.addr.port}` };
  const tools = join(place.base, "tools");
  for (const fetcher of ["curl", "wget", "none"]) {
    if (fetcher !== "none" && !has(fetcher)) continue;
    Deno.mkdirSync(tools);
    for (
      const name of [
        "sh",
        "mkdir",
        "mktemp",
        "rm",
        "find",
        "uname",
        "ls",
        "awk",
        "cut",
        "sha256sum",
        "shasum",
        "chmod",
        "mv",
        "sed",
        "cp",
        "dirname",
        fetcher,
      ]
    ) {
      await sh('path=$(command -v "$1") && ln -s "$path" "$2/$1"', name, tools);
    }
    const done = await place.install(["--release"], { env: { ...base, PATH: tools } });
    if (fetcher === "none") {
      assertEquals(done.code, 1);
      assertIncludes(done.stderr, "neither curl nor wget");
    } else {
      assertEquals([fetcher, done.code, done.stderr], [fetcher, 0, ""]);
      const missing = await place.install(["--version", "9.9.9"], { env: { ...base, PATH: tools } });
      assertEquals([fetcher, missing.code], [fetcher, 1]);
    }
    Deno.removeSync(tools, { recursive: true });
  }
  assertEquals(await place.installed(), has("curl") || has("wget") ? "looop 1.0.0" : undefined);
});

Deno.test("in a checkout without the means to build it writes a launcher for the checkout, with the same grants, and tells so", async () => {
  await using place = await makePlace();
  const keep = { DENO_DIR: Deno.env.get("DENO_DIR") ?? "", LOOOP_DENO: Deno.execPath() };
  const done = await place.install([], { env: { ...keep, DENORT_BIN: join(place.base, "nowhere") } });
  assertEquals(done.code, 0, done.stderr);
  assertMatch(
    done.stdout,
    /could not be built here \(cannot compile: .*denort.*\); writing a launcher for the checkout instead, with the same grants/,
  );
  assertIncludes(Deno.readTextFileSync(join(place.bin, "looop")), join(ROOT, "bin/looop"));
  const { code, stdout } = await new Deno.Command(join(place.bin, "looop"), { args: ["version"], env: keep }).output();
  assertEquals(code, 0);
  assertMatch(new TextDecoder().decode(stdout), /^looop \d+\.\d+\.\d+/);
});

Deno.test("a pulse that runs goes on while what it was started from is replaced", async () => {
  await using place = await makePlace();
  await using rig = await makeRig();
  place.release("1.0.0");
  assertEquals((await place.install()).code, 0);
  const looop = async (...args: readonly string[]) => {
    const { stdout } = await new Deno.Command(join(place.bin, "looop"), {
      args: [...args],
      clearEnv: true,
      env: { ...rig.env },
    }).output();
    return new TextDecoder().decode(stdout);
  };
  await looop("init", "--yes", "--runner", "sh");
  const { pid } = JSON.parse(await looop("up", "--json"));
  place.release("1.1.0");
  assertEquals((await place.install()).code, 0);
  const status = JSON.parse(await looop("status", "--json"));
  assertEquals([status.pulse.running, Number(status.pulse.pid)], [true, pid]);
  await looop("down");
});

Deno.test("upgrade names the line for a checkout; an executable upgrades itself from a release, and is left as it was when that fails", async () => {
  await using place = await makePlace();
  await using rig = await makeRig();
  const env = { LOOOP_RELEASES: `file://${place.releases}` };
  if (BINARY === undefined) {
    const upgrade = (await rig.ok(["upgrade", "--json"], { env })).json();
    assertEquals([upgrade.installed, upgrade.ran], ["checkout", false]);
    assertMatch(String(upgrade.line), /^git -C .* pull --ff-only$/);
    assertIncludes((await rig.ok(["upgrade"])).stdout, "looop upgrade --yes");
    return;
  }
  Deno.mkdirSync(place.bin);
  Deno.copyFileSync(BINARY, join(place.bin, "looop"));
  const upgrade = async (...args: readonly string[]) =>
    await new Deno.Command(join(place.bin, "looop"), {
      args: ["upgrade", ...args],
      clearEnv: true,
      env: { ...rig.env, ...env },
    }).output();
  const failed = await upgrade("--yes");
  assertEquals(failed.code, 1);
  assertIncludes(new TextDecoder().decode(failed.stderr), "could not be fetched");
  place.release("9.9.9", { sums: `0  ${place.asset}\n` });
  Deno.copyFileSync(SCRIPT, join(place.releases, "latest/download/install.sh"));
  const [why = "", hint = ""] = new TextDecoder().decode((await upgrade("--yes")).stderr).split("\n");
  assertMatch(why, /^looop: Cannot upgrade looop: .* is not what the release says \(SHA-256/);
  assertIncludes(hint, "nothing was changed");
  place.release("9.9.9");
  const told = JSON.parse(new TextDecoder().decode((await upgrade("--json")).stdout));
  assertEquals([told.installed, told.path], ["executable", join(place.bin, "looop")]);
  assertIncludes(told.line, "install.sh");
  // While its pulse and a worker run: the pulse becomes the new one.
  if (NEWER_BINARY !== undefined) place.release("9.9.9", { file: NEWER_BINARY });
  const options = { program: join(place.bin, "looop"), env: { LOOOP_INTERVAL: "1" } };
  const before = (await rig.ok(["up", "--json"], options)).json<{ pid: number }>();
  await rig.ok(["_", "worker", "start", "w", "sleep 1000", "--runner", "sh"], options);
  const done = await upgrade("--yes");
  assertEquals(done.code, 0, new TextDecoder().decode(done.stderr));
  if (NEWER_BINARY === undefined) return assertEquals(await place.installed(), "looop 9.9.9");
  const pidNow = () => JSON.parse(rig.file("sessions", ".pulse", "heartbeat.json")).pid;
  await waitUntil("the new one is the pulse", () => pidNow() !== before.pid, { deadlineMs: 60_000 });
  const workers = (await rig.ok(["ls", "--json"], options)).json<{ id: string; alive: boolean }[]>();
  assertEquals(workers.map(({ id, alive }) => [id, alive]), [["w", true]]);
});

Deno.test({
  name: "at a terminal, upgrade asks before it runs the line",
  ignore: Deno.build.os !== "linux" || BINARY !== undefined, // script(1) of util-linux; a checkout
  fn: async () => {
    await using rig = await makeRig();
    const { program } = install(join(rig.home, "a checkout"));
    const tools = join(rig.home, "tools");
    const ran = join(rig.home, "ran");
    Deno.mkdirSync(tools);
    Deno.writeTextFileSync(join(tools, "git"), `#!/bin/sh\nprintf '%s\\n' "$*" >'${ran}'\n`, { mode: 0o755 });
    const line = `stty cols 100 rows 30; PATH='${tools}':"$PATH" '${program}' upgrade`;
    const [no, shown] = await onTerminal(rig, line, [["Bring the newest one?", "n"]]);
    assertEquals([no, has(ran)], [0, false]);
    assertIncludes(shown, "from a checkout");
    const [yes, said] = await onTerminal(rig, line, [["Bring the newest one?", "y"]]);
    assertEquals(yes, 0, said);
    assertEquals(Deno.readTextFileSync(ran), `-C ${join(rig.home, "a checkout", "looop")} pull --ff-only\n`);
  },
});

Deno.test("install.sh and upgrade look for releases in the same place", () => {
  assertIncludes(Deno.readTextFileSync(SCRIPT), `LOOOP_RELEASES:-${RELEASES}}`);
});
