import { join } from "node:path";
import { assertEquals, assertFailed, assertIncludes, assertOk } from "../../kit/assert.ts";
import { makeContext, type TestContext } from "../../kit/context.ts";
import { locateProfile } from "../../../src/profile/locate.ts";
import type { Os } from "../../../src/os/os.ts";

/** The same machine with these variables alone, and another place to start from. */
function withEnv(test: TestContext, env: Readonly<Record<string, string>>, cwd = "/"): Os {
  return { ...test.os, environment: { ...test.os.environment, get: (name) => env[name], cwd: () => cwd } };
}

const PLACES: readonly { name: string; env: Record<string, string>; root: string; config?: string }[] = [
  { name: "the home's", env: { HOME: "/h" }, root: "/h/.local/state/looop" },
  { name: "the state home's", env: { HOME: "/h", XDG_STATE_HOME: "/s" }, root: "/s/looop" },
  {
    name: "a relative state home counts as unset",
    env: { HOME: "/h", XDG_STATE_HOME: "s" },
    root: "/h/.local/state/looop",
  },
  { name: "the one named", env: { HOME: "/h", XDG_STATE_HOME: "/s", LOOOP_DATA_DIR: "/d" }, root: "/d" },
  { name: "no home is needed when one is named", env: { LOOOP_DATA_DIR: "/d/" }, root: "/d" },
  { name: "made absolute and plain", env: { LOOOP_DATA_DIR: "a/../b//c" }, root: "/cwd/b/c" },
  {
    name: "a config elsewhere",
    env: { LOOOP_DATA_DIR: "/d", LOOOP_CONFIG: "c.json" },
    root: "/d",
    config: "/cwd/c.json",
  },
];

for (const { name, env, root, config } of PLACES) {
  Deno.test(`locateProfile() finds it: ${name}`, async () => {
    await using test = await makeContext();
    const paths = assertOk(locateProfile(withEnv(test, env, "/cwd")));
    assertEquals([paths.root, paths.config], [root, config ?? join(root, "config.json")]);
  });
}

for (const [env, says] of [[{}, "HOME is not set"], [{ HOME: "home" }, "no absolute path"]] as const) {
  Deno.test(`locateProfile() refuses: ${says}`, async () => {
    await using test = await makeContext();
    const failure = assertFailed(locateProfile(withEnv(test, env)));
    assertEquals(failure.kind, "refused");
    assertIncludes(failure.state, says);
    assertIncludes(failure.hint ?? "", "LOOOP_DATA_DIR=");
  });
}

Deno.test("locateProfile() gives a linked directory, and one to come below it, its real name", async () => {
  await using test = await makeContext();
  const link = join(test.dir, "..", "link");
  await Deno.symlink(test.dir, link);
  const named = (path: string) => assertOk(locateProfile(withEnv(test, { LOOOP_DATA_DIR: path }))).root;
  assertEquals(named(link), test.dir);
  assertEquals(named(join(link, "not", "there")), join(test.dir, "not", "there"));
  const config = assertOk(locateProfile(withEnv(test, { LOOOP_DATA_DIR: "/d", LOOOP_CONFIG: join(link, "c") }))).config;
  assertEquals(config, join(test.dir, "c"));
});

Deno.test("locateProfile() says so when the directory it is started in is gone", async () => {
  await using test = await makeContext();
  const gone: Os = {
    ...test.os,
    environment: {
      ...test.os.environment,
      get: (name) => name === "LOOOP_DATA_DIR" ? "here" : undefined,
      cwd: () => {
        throw new Deno.errors.NotFound("cwd");
      },
    },
  };
  assertIncludes(assertFailed(locateProfile(gone)).hint ?? "", "absolute path");
});
