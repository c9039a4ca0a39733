import { join } from "node:path";
import { assert, assertEquals, assertFailed, assertIncludes, assertOk } from "../../kit/assert.ts";
import { makeContext, type TestContext } from "../../kit/context.ts";
import { openProfile } from "../../../src/profile/open.ts";
import type { Failure } from "../../../src/failure.ts";
import { profileDirs } from "../../../src/profile/paths.ts";

async function seeded(): Promise<TestContext> {
  const test = await makeContext({ bare: true });
  assertOk(await openProfile(test.os, { mode: "seed" }));
  return test;
}

/** Everything below a directory with its mode and content, to tell that nothing was touched. */
async function snapshot(dir: string, at = ""): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const entry of Deno.readDir(join(dir, at))) {
    const path = join(at, entry.name);
    const info = await Deno.lstat(join(dir, path));
    lines.push(`${path} ${info.mode?.toString(8)} ${info.mtime?.getTime()} ${info.ino}`);
    if (entry.isDirectory) lines.push(...await snapshot(dir, path));
  }
  return lines.sort();
}

Deno.test("reading and changing never make a profile, and say how to make one", async () => {
  await using test = await makeContext({ bare: true });
  for (const mode of ["read", "change"] as const) {
    const failure = assertFailed(await openProfile(test.os, { mode }));
    assertEquals(failure.kind, "no_profile");
    assertIncludes(failure.hint ?? "", "looop init");
  }
  assertEquals((await openProfile(test.os, { mode: "read" })).ok, false);
  await assertAbsent(test.dir);
});

async function assertAbsent(path: string): Promise<void> {
  const found = await Deno.lstat(path).catch(() => undefined);
  assertEquals(found, undefined);
}

Deno.test("reading a profile leaves every file and directory as it is", async () => {
  await using test = await seeded();
  await Deno.remove(join(test.dir, "claims"));
  const before = await snapshot(test.dir);
  const { profile } = assertOk(await openProfile(test.os, { mode: "read" }));
  assertEquals([profile.notes, profile.configProblem], [[], undefined]);
  assertEquals(await snapshot(test.dir), before);
});

Deno.test("changing makes missing directories again, and no seed that was deleted", async () => {
  await using test = await seeded();
  for (const dir of ["claims", "sessions"]) await Deno.remove(join(test.dir, dir), { recursive: true });
  for (const file of ["PLAYBOOK.md", "goals/setup.md", "sensors/today.sh", "config.json", "asks/setup-1.json"]) {
    await Deno.remove(join(test.dir, file));
  }
  for (const mode of ["change", "seed"] as const) {
    const { profile } = assertOk(await openProfile(test.os, { mode }));
    for (const dir of profileDirs(profile.paths)) assertEquals((await Deno.stat(dir)).mode! & 0o777, 0o700);
  }
  for (const file of ["PLAYBOOK.md", "goals/setup.md", "sensors/today.sh", "config.json", "asks/setup-1.json"]) {
    await assertAbsent(join(test.dir, file));
  }
});

interface Refused {
  readonly name: string;
  spoil(test: TestContext): Promise<unknown>;
  readonly says: string;
  readonly hint?: string;
  /** Only root can give files away. */
  readonly asRoot?: boolean;
}

const isRoot = Deno.uid() === 0;

const REFUSED: readonly Refused[] = [
  { name: "the group may look in", spoil: ({ dir }) => Deno.chmod(dir, 0o750), says: "mode 750", hint: "chmod 700 '" },
  {
    name: "all may write",
    spoil: ({ dir }) => Deno.chmod(dir, 0o777),
    says: "open to other users",
    hint: "chmod 700 '",
  },
  {
    name: "it is another user's",
    spoil: ({ dir }) => Deno.chown(dir, 12_345, null),
    says: "belongs to user 12345",
    asRoot: true,
  },
  {
    name: "all may write above it",
    spoil: ({ dir }) => Deno.chmod(join(dir, ".."), 0o777),
    says: "everybody may write",
    hint: "chmod o-w",
  },
  ...["PLAYBOOK.md", "config.json", "journal.md", "events.ndjson", "cost.jsonl", "profile.json"].map((name) => ({
    name: `${name} is a link`,
    spoil: ({ dir }: TestContext) => replaceByLink(dir, name),
    says: `${name} is a symbolic link`,
  })),
  ...["goals", "sensors", "asks", ".lock", "sessions/.ends"].map((name) => ({
    name: `${name} is a link`,
    spoil: ({ dir }: TestContext) => replaceByLink(dir, name),
    says: `${name} is a symbolic link`,
  })),
  {
    name: "a file lies where a directory belongs",
    spoil: async ({ dir }) => {
      await Deno.remove(join(dir, "tells"));
      await Deno.writeTextFile(join(dir, "tells"), "");
    },
    says: "tells is not a directory",
  },
];

/** Moves it aside and puts a link to it in its place; what is not there gets a dangling one. */
async function replaceByLink(dir: string, name: string): Promise<void> {
  const aside = join(dir, "..", "aside");
  await Deno.rename(join(dir, name), aside).catch(() => {});
  await Deno.symlink(aside, join(dir, name));
}

for (const { name, spoil, says, hint, asRoot } of REFUSED) {
  const ignore = asRoot === true && !isRoot;
  Deno.test(`openProfile() refuses when ${name}`, { ignore }, async () => {
    await using test = await seeded();
    await spoil(test);
    const failures: Failure[] = [];
    for (const mode of ["read", "change", "seed"] as const) {
      failures.push(assertFailed(await openProfile(test.os, { mode })));
    }
    for (const failure of failures) {
      assertEquals(failure.kind, "refused");
      assertIncludes(failure.state, says);
      if (hint !== undefined) assertIncludes(failure.hint ?? "", hint);
    }
    await Deno.chmod(join(test.dir, ".."), 0o700);
  });
}

Deno.test("openProfile() passes what a sticky directory above protects, and a link in a profile's path", async () => {
  await using test = await seeded();
  await Deno.chmod(join(test.dir, ".."), 0o1777);
  const link = join(test.dir, "..", "link");
  await Deno.symlink(test.dir, link);
  const os = {
    ...test.os,
    environment: { ...test.os.environment, get: (n: string) => n === "LOOOP_DATA_DIR" ? link : undefined },
  };
  const { profile } = assertOk(await openProfile(os, { mode: "change" }));
  assertEquals(profile.paths.root, test.dir);
});

const homes = "a profile of the home's owner is read without asking who we are; a change by another user is refused";
Deno.test(homes, { ignore: !isRoot }, async () => {
  await using test = await seeded();
  const home = join(test.dir, "..");
  await Deno.chown(home, 12_345, null);
  await Deno.chown(test.dir, 12_345, null);
  let asked = 0;
  const os = {
    ...test.os,
    processes: {
      ...test.os.processes,
      sh: (...args: Parameters<typeof test.os.processes.sh>) => (asked++, test.os.processes.sh(...args)),
    },
  };
  assertOk(await openProfile(os, { mode: "read" }));
  assertEquals(asked, 0);
  const failure = assertFailed(await openProfile(os, { mode: "change" }));
  assertEquals([failure.kind, asked], ["refused", 0]);
  assertIncludes(failure.state, "belongs to user 12345");
});

Deno.test("a newer profile is refused, a corrupt marker is told", async () => {
  await using test = await seeded();
  const marker = join(test.dir, "profile.json");
  await Deno.writeTextFile(marker, '{"v": 2, "made": "later"}');
  const failure = assertFailed(await openProfile(test.os, { mode: "read" }));
  assertEquals([failure.kind, failure.hint], ["newer", "upgrade looop"]);
  await Deno.writeTextFile(marker, "");
  assertEquals(assertFailed(await openProfile(test.os, { mode: "change" })).kind, "corrupt");
});

Deno.test("a broken config keeps nobody out, and is told", async () => {
  await using test = await seeded();
  await Deno.writeTextFile(join(test.dir, "config.json"), '{\n  "interval": "x"\n}');
  const { profile } = assertOk(await openProfile(test.os, { mode: "change" }));
  assertEquals(profile.config.intervalMs, 60_000);
  assertEquals(profile.configProblem?.line, 2);
  assertIncludes(profile.notes?.join() ?? "", 'config.json:2:3: "interval" wants');
});

Deno.test("a config outside the profile that others may write is refused", async () => {
  await using test = await makeContext({ bare: true });
  const config = join(test.dir, "..", "c.json");
  await Deno.writeTextFile(config, "{}");
  await Deno.chmod(config, 0o666);
  const env: Record<string, string> = { LOOOP_DATA_DIR: test.dir, LOOOP_CONFIG: config };
  const os = { ...test.os, environment: { ...test.os.environment, get: (name: string) => env[name] } };
  assertIncludes(assertFailed(await openProfile(os, { mode: "seed" })).hint ?? "", "chmod go-w");
  await Deno.chmod(config, 0o644);
  assertEquals(assertOk(await openProfile(os, { mode: "seed" })).profile.paths.config, config);
  assertEquals(await Deno.readTextFile(config), "{}");
});

Deno.test("what a crash left of the making is swept by the next change", async () => {
  await using test = await seeded();
  await Deno.writeTextFile(join(test.dir, ".seeding"), "");
  assertOk(await openProfile(test.os, { mode: "read" }));
  assert((await Deno.stat(join(test.dir, ".seeding"))).isFile);
  assertOk(await openProfile(test.os, { mode: "change" }));
  await assertAbsent(join(test.dir, ".seeding"));
});
