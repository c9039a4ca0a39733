import { join } from "node:path";
import { frontMatterLine } from "../../../src/base/front_matter.ts";
import { loadConfig } from "../../../src/config/store.ts";
import { askSchema } from "../../../src/mailbox/schema.ts";
import { openProfile } from "../../../src/profile/open.ts";
import { profileDirs, profilePaths } from "../../../src/profile/paths.ts";
import { scanSensors } from "../../../src/sensors/store.ts";
import { assert, assertEquals, assertFailed, assertIncludes, assertMatch, assertOk } from "../../kit/assert.ts";
import { commandLines, formProblem } from "../../kit/command_lines.ts";
import { makeContext } from "../../kit/context.ts";

const SEEDED = [
  ".gitignore",
  "PLAYBOOK.md",
  "asks/setup-1.json",
  "config.json",
  "goals/playbook-daily.md",
  "goals/setup.md",
  "mailbox/workers/setup/ask.counter",
  "profile.json",
  "sensors/today.sh",
];

/** The files below a directory, sorted. */
function filesOf(dir: string, at = ""): readonly string[] {
  const found: string[] = [];
  for (const entry of Deno.readDirSync(join(dir, at))) {
    const path = join(at, entry.name);
    if (entry.isDirectory) found.push(...filesOf(dir, path));
    else found.push(path);
  }
  return found.sort();
}

function modeOf(path: string): number {
  return (Deno.lstatSync(path).mode ?? 0) & 0o7777;
}

for (const umask of [0o022, 0o002, 0o077, 0o277, 0o777, 0o000]) {
  Deno.test(`first touch makes the same private profile under umask ${umask.toString(8).padStart(3, "0")}`, async () => {
    await using test = await makeContext({ bare: true });
    const before = Deno.umask(umask);
    try {
      assertOk(await openProfile(test.os, { mode: "seed" }));
    } finally {
      Deno.umask(before);
    }
    assertEquals(filesOf(test.dir), SEEDED);
    assertEquals(modeOf(test.dir), 0o700);
    for (const dir of profileDirs(profilePaths(test.dir))) assertEquals(modeOf(dir), 0o700, dir);
    for (const file of SEEDED) assertEquals(modeOf(join(test.dir, file)), file.endsWith(".sh") ? 0o700 : 0o600, file);
  });
}

Deno.test("the seeds are what the parts of looop that read them expect", async () => {
  await using test = await makeContext({ bare: true, now: Date.UTC(2025, 0, 2) });
  const context = assertOk(await openProfile(test.os, { mode: "seed" }));
  const { paths } = context.profile;
  for (const goal of ["setup", "playbook-daily"]) {
    assert(frontMatterLine(Deno.readTextFileSync(join(paths.goals, `${goal}.md`)), "goal") !== undefined, goal);
  }
  const config = loadConfig(test.os, paths);
  assertEquals([config.problem, config.warnings], [undefined, []]);
  const ask = askSchema.parse(JSON.parse(Deno.readTextFileSync(join(paths.asks, "setup-1.json"))));
  assertEquals([ask.id, ask.worker, ask.v, ask.ts], ["setup-1", "setup", 1, Date.UTC(2025, 0, 2)]);
  assertEquals(filesOf(join(test.dir, "goals")).includes((ask.reference ?? "").replace("goals/", "")), true);
  const scan = assertOk(scanSensors(context));
  assertEquals(scan.sensors.map(({ name }) => name), ["today"]);
  assertEquals(scan.ignored, []);
});

Deno.test("the sensor `today` prints one object with the local date", async () => {
  for (const [zone, name] of [["UTC0", "UTC"], ["XXX-14", "the far east"]] as const) {
    const path = new URL("../../../seeds/sensors/today.sh", import.meta.url).pathname;
    const { code, stdout } = await new Deno.Command(decodeURIComponent(path), {
      env: { TZ: zone, LANG: "de_DE.UTF-8" },
    })
      .output();
    assertEquals(code, 0, name);
    const { signal, detail } = JSON.parse(new TextDecoder().decode(stdout));
    assertMatch(signal.date, /^\d{4}-\d{2}-\d{2}$/);
    assertMatch(detail.weekday, /^(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day$/);
  }
});

Deno.test("every command line in the seeds is one that looop takes", () => {
  const dir = decodeURIComponent(new URL("../../../seeds", import.meta.url).pathname);
  const lines = filesOf(dir).flatMap((file) =>
    commandLines(Deno.readTextFileSync(join(dir, file))).map((line) => `${file}: ${line}`)
  );
  assert(lines.length > 10, `only ${lines.length} command lines were found`);
  const wrong = lines.map((line) => [line, formProblem(line.slice(line.indexOf(": ") + 2))]).filter(([, why]) => why);
  assertEquals(wrong, []);
});

Deno.test("an empty directory of ours becomes the profile, and is closed to others", async () => {
  await using test = await makeContext({ bare: true });
  await Deno.mkdir(test.dir, { mode: 0o755 });
  assertOk(await openProfile(test.os, { mode: "seed" }));
  assertEquals([modeOf(test.dir), filesOf(test.dir)], [0o700, SEEDED]);
});

interface Strange {
  readonly name: string;
  readonly kind?: string;
  make(dir: string): unknown;
  readonly says: string;
  readonly asRoot?: boolean;
}

const STRANGE: readonly Strange[] = [
  { name: "somebody's files", make: (dir) => put(dir, "notes.txt", "mine"), says: "not looop's" },
  { name: "a hidden file", make: (dir) => put(dir, ".bashrc", "mine"), says: "not looop's" },
  { name: "another program's config", make: (dir) => put(dir, "config.json", '{"port": 80}'), says: "not looop's" },
  { name: "an older PLAYBOOK", make: (dir) => put(dir, "PLAYBOOK.md", "# mine"), says: "older looop" },
  { name: "an older config", make: (dir) => put(dir, "config.json", '{"tick_command": "x"}'), says: "older looop" },
  {
    name: "a begun profile with something strange in it",
    make: (dir) => (put(dir, ".seeding", ""), put(dir, "notes.txt", "mine")),
    says: "not looop's",
  },
  { name: "a file", make: (dir) => Deno.writeTextFileSync(dir, "mine"), says: "not a directory" },
  {
    name: "a link to nowhere",
    make: (dir) => Deno.symlinkSync("/nowhere/at/all", dir),
    says: "a place that is not there",
  },
  { name: "a directory that all write to", make: (dir) => open(dir, 0o1777), says: "others may write to" },
  { name: "a directory that the group writes to", make: (dir) => open(dir, 0o770), says: "others may write to" },
  {
    name: "another user's directory",
    make: (dir) => (Deno.mkdirSync(dir), Deno.chownSync(dir, 12_345, null)),
    says: "belongs to user 12345",
    asRoot: true,
  },
];

function put(dir: string, name: string, text: string): void {
  Deno.mkdirSync(dir, { recursive: true });
  Deno.writeTextFileSync(join(dir, name), text);
}

function open(dir: string, mode: number): void {
  Deno.mkdirSync(dir);
  Deno.chmodSync(dir, mode);
}

for (const { name, make, says, asRoot } of STRANGE) {
  Deno.test(
    `first touch refuses ${name}, and leaves it as it was`,
    { ignore: asRoot === true && Deno.uid() !== 0 },
    async () => {
      await using test = await makeContext({ bare: true });
      make(test.dir);
      const before = Deno.lstatSync(test.dir).isDirectory ? [filesOf(test.dir), modeOf(test.dir)] : [];
      const failure = assertFailed(await openProfile(test.os, { mode: "seed" }));
      assertEquals(failure.kind, "refused");
      assertIncludes(failure.state, says);
      assertEquals(Deno.lstatSync(test.dir).isDirectory ? [filesOf(test.dir), modeOf(test.dir)] : [], before);
    },
  );
}

Deno.test("a profile whose making was cut off is none, and the next first touch finishes it", async () => {
  await using test = await makeContext({ bare: true });
  put(test.dir, ".seeding", "");
  put(join(test.dir, "goals"), "setup.md", "already edited");
  const none = assertFailed(await openProfile(test.os, { mode: "change" }));
  assertEquals(none.kind, "no_profile");
  assertIncludes(none.state, "cut off");
  assertOk(await openProfile(test.os, { mode: "seed" }));
  assertEquals(filesOf(test.dir), SEEDED);
  assertEquals(Deno.readTextFileSync(join(test.dir, "goals", "setup.md")), "already edited");
});

Deno.test("a full disk and a read-only place are told as such", async () => {
  await using test = await makeContext({ bare: true });
  const os = {
    ...test.os,
    files: {
      ...test.os.files,
      makeDir: (path: string) => ({ ok: false, failure: { code: "read_only", path, message: "read-only" } } as const),
    },
  };
  assertIncludes(assertFailed(await openProfile(os, { mode: "seed" })).state, "read-only file system");
});
