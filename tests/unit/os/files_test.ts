import { join } from "node:path";
import { assert, assertEquals, assertFailed, assertOk } from "../../kit/assert.ts";
import { type Durability, TEMP_PREFIX } from "../../../src/os/files.ts";
import { realFiles } from "../../../src/os/real_files.ts";
import { realSys } from "../../../src/os/sys.ts";

const files = realFiles();

/** Runs `body` in a directory of its own under a hostile umask. */
function inDir(name: string, body: (dir: string) => void): void {
  Deno.test(name, () => {
    const dir = Deno.makeTempDirSync({ prefix: "looop files " });
    const before = Deno.umask(0o277);
    try {
      body(dir);
    } finally {
      Deno.umask(before);
      Deno.removeSync(dir, { recursive: true });
    }
  });
}

inDir("replace() makes and replaces a private file whatever the umask", (dir) => {
  const path = join(dir, "a");
  assertOk(files.replace(path, "one"));
  assertOk(files.replace(path, "two"));
  assertEquals(Deno.readTextFileSync(path), "two");
  assertEquals(assertOk(files.stat(path)).mode, 0o600);
  assertOk(files.replace(path, "#!/bin/sh\n", { mode: 0o700 }));
  assertEquals(assertOk(files.stat(path)).mode, 0o700);
  assertEquals([...Deno.readDirSync(dir)].length, 1, "no temporary file stays");
});

inDir("replace() waits for the disk as it is told to", (dir) => {
  const path = join(dir, "a");
  const syncs = (durability?: Durability): readonly string[] => {
    const seen: string[] = [];
    const sys = realSys();
    const counted = realFiles({
      ...sys,
      open: (opened, options) => {
        const handle = sys.open(opened, options);
        const sync = () => {
          seen.push(opened === dir ? "name" : "data");
          handle.sync();
        };
        return { ...handle, sync };
      },
    });
    assertOk(counted.replace(path, `for ${durability}`, durability === undefined ? undefined : { durability }));
    assertEquals(Deno.readTextFileSync(path), `for ${durability}`);
    return seen;
  };
  assertEquals(syncs(), ["data", "name"]);
  assertEquals(syncs("full"), ["data", "name"]);
  assertEquals(syncs("whole"), ["data"]);
  assertEquals(syncs("none"), []);
});

inDir("publish() lets one win and never overwrites", (dir) => {
  const path = join(dir, "a");
  assertEquals(assertOk(files.publish(path, "first")), "published");
  assertEquals(assertOk(files.publish(path, "second")), "taken");
  assertEquals(Deno.readTextFileSync(path), "first");
  assertEquals(assertOk(files.stat(path)).mode, 0o600);
  assertEquals([...Deno.readDirSync(dir)].length, 1);
});

inDir("read() tells absent, unreadable and present apart", (dir) => {
  assertEquals(files.read(join(dir, "none")).kind, "absent");
  Deno.mkdirSync(join(dir, "sub"), { mode: 0o700 });
  assertEquals(files.read(join(dir, "sub")).kind, "unreadable");
  assertOk(files.replace(join(dir, "real"), "text"));
  Deno.symlinkSync(join(dir, "real"), join(dir, "link"));
  const link = files.read(join(dir, "link"));
  assert(link.kind === "unreadable" && link.failure.code === "not_regular", "a symbolic link is not followed");
  const real = files.read(join(dir, "real"));
  assert(real.kind === "text" && real.text === "text" && real.stamp.size === 4);
  assertEquals(files.read(join(dir, "real", "below")).kind, "unreadable");
});

inDir("append() keeps lines whole and the file private", (dir) => {
  const path = join(dir, "log");
  assertOk(files.append(path, "a\n"));
  assertOk(files.append(path, "b\n", { sync: true }));
  assertEquals(Deno.readTextFileSync(path), "a\nb\n");
  assertEquals(assertOk(files.stat(path)).mode, 0o600);
  assertEquals(new TextDecoder().decode(assertOk(files.readTail(path, 2)).bytes), "b\n");
  assertEquals(assertOk(files.readTail(path, 2)).offset, 2);
  assertEquals(new TextDecoder().decode(assertOk(files.readFrom(path, 1, 2))), "\nb");
});

inDir("moveAside() overwrites nothing and finishes a move that a crash cut in half", (dir) => {
  const [from, to] = [join(dir, "from"), join(dir, "to")];
  assertOk(files.replace(from, "x"));
  assertOk(files.replace(to, "kept"));
  assertEquals(assertOk(files.moveAside(from, to)), "taken");
  assertEquals(Deno.readTextFileSync(to), "kept");
  assertOk(files.remove(to));
  Deno.linkSync(from, to); // as a crash between link and unlink leaves it
  assertEquals(assertOk(files.moveAside(from, to)), "moved");
  assertEquals(files.read(from).kind, "absent");
  assertEquals(Deno.readTextFileSync(to), "x");
});

inDir("list() is in code-unit order and without temporary files", (dir) => {
  for (const name of ["b", "a", "B", `${TEMP_PREFIX}1`]) Deno.writeTextFileSync(join(dir, name), "", { mode: 0o600 });
  assertEquals(assertOk(files.list(dir)).map((entry) => entry.name), ["B", "a", "b"]);
  assertEquals(assertFailed(files.list(join(dir, "none"))).code, "absent");
});

inDir("makeDir() makes private directories, claimDir() only one of many", (dir) => {
  assertOk(files.makeDir(join(dir, "x", "y")));
  assertOk(files.makeDir(join(dir, "x", "y")));
  assertEquals(assertOk(files.stat(join(dir, "x"))).mode & 0o777, 0o700);
  assertEquals(assertOk(files.stat(join(dir, "x", "y"))).mode & 0o777, 0o700);
  assertOk(files.claimDir(join(dir, "c")));
  assertEquals(assertFailed(files.claimDir(join(dir, "c"))).code, "exists");
  assertOk(files.replace(join(dir, "x", "y", "f"), ""));
  assertOk(files.removeTree(join(dir, "x")));
  assertEquals(assertFailed(files.stat(join(dir, "x"))).code, "absent");
  assertOk(files.remove(join(dir, "x")));
});
