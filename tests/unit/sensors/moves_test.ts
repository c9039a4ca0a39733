import { join } from "node:path";
import { assert, assertEquals, assertFailed, assertOk } from "../../kit/assert.ts";
import { makeContext, type TestContext } from "../../kit/context.ts";
import { placeSensor } from "../../kit/sensor.ts";
import { applySensorArchive, applySensorWrite } from "../../../src/sensors/moves.ts";

const SCRIPT = "#!/bin/sh\necho '{}'\n";

async function write(test: TestContext, name: string, script = SCRIPT) {
  return await applySensorWrite(test.context, { name, script });
}

function names(test: TestContext, ...parts: readonly string[]): string[] {
  return [...Deno.readDirSync(join(test.dir, "sensors", ...parts))]
    .filter((entry) => entry.isFile && !entry.name.startsWith(".")).map((entry) => entry.name).sort();
}

Deno.test("applySensorWrite() makes an executable for its owner alone; the same again changes nothing", async () => {
  await using test = await makeContext();
  const first = assertOk(await write(test, "disk"));
  assertEquals([first.changed, first.items, first.data.file], [true, ["sensor:disk"], "disk.sh"]);
  const path = join(test.dir, "sensors", "disk.sh");
  assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o700);
  const { mtime } = Deno.statSync(path);
  assertEquals(assertOk(await write(test, "disk", SCRIPT.trimEnd())).changed, false);
  assertEquals(Deno.statSync(path).mtime, mtime);
  Deno.chmodSync(path, 0o600); // somebody took the bit away: writing it again mends that
  assertEquals(assertOk(await write(test, "disk")).changed, true);
  assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o700);
});

Deno.test("applySensorWrite() replaces the file of that stem, and archives one of another ending", async () => {
  await using test = await makeContext();
  placeSensor(test.dir, "disk.py", "#!/usr/bin/env python3\n");
  assertOk(await write(test, "disk", "#!/usr/bin/env python3\nprint('{}')\n"));
  assertEquals(names(test), ["disk.py"]);
  const moved = assertOk(await write(test, "disk.sh"));
  assertEquals([names(test), names(test, "archive"), moved.data.archived], [["disk.sh"], ["disk.py"], ["disk.py"]]);
});

const REFUSED: readonly (readonly [string, string, string, string])[] = [
  ["an empty script", "x", " \n", "usage"],
  ["a script without a shebang", "x", "echo '{}'\n", "usage"],
  ["a shebang that ends in a carriage return", "x", "#!/bin/sh\r\necho\r\n", "usage"],
  ["a binary", "x", "#!/bin/sh\0\n", "usage"],
  ["a huge one", "x", `#!/bin/sh\n${"#".repeat(1024 * 1024)}`, "usage"],
  ["a name that leaves the directory", "../x", SCRIPT, "usage"],
  ["the pulse's name", "pulse.sh", SCRIPT, "usage"],
  ["a name like a copy", "x.sh.bak", SCRIPT, "usage"],
  ["a name that differs in case only", "DISK", SCRIPT, "conflict"],
];

for (const [what, name, script, kind] of REFUSED) {
  Deno.test(`applySensorWrite() refuses ${what}`, async () => {
    await using test = await makeContext();
    placeSensor(test.dir, "disk.sh", SCRIPT);
    assertEquals(assertFailed(await write(test, name, script)).kind, kind);
    assertEquals(names(test), ["disk.sh"]);
  });
}

Deno.test("applySensorArchive() keeps every version and says what is archived already", async () => {
  await using test = await makeContext();
  for (const n of [1, 2, 3]) {
    assertOk(await write(test, "disk", `${SCRIPT}# ${n}\n`));
    assertEquals(assertOk(await applySensorArchive(test.context, { name: "disk" })).changed, true);
  }
  assertEquals(names(test, "archive"), ["disk-2.sh", "disk-3.sh", "disk.sh"]);
  assert(Deno.readTextFileSync(join(test.dir, "sensors", "archive", "disk-3.sh")).includes("# 3"));
  assertEquals(assertOk(await applySensorArchive(test.context, { name: "disk" })).changed, false);
  assertEquals(assertFailed(await applySensorArchive(test.context, { name: "never" })).kind, "not_found");
});

Deno.test("applySensorArchive() with the ending takes one of two files of a stem", async () => {
  await using test = await makeContext();
  placeSensor(test.dir, "disk.sh", SCRIPT);
  placeSensor(test.dir, "disk.py", SCRIPT);
  assertOk(await applySensorArchive(test.context, { name: "disk.py" }));
  assertEquals(names(test), ["disk.sh"]);
});
