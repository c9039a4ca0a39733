import { assertEquals } from "../../kit/assert.ts";
import { fileForScript, sensorOfFile } from "../../../src/sensors/names.ts";

const NAMES: readonly (readonly [string, string | undefined])[] = [
  ["disk.sh", "disk"],
  ["disk", "disk"],
  ["a.b.sh", "a.b"],
  ["inbox.py", "inbox"],
  ["disk.sh.bak", undefined],
  ["disk.orig", undefined],
  ["disk.sh~", undefined],
  ["#disk.sh#", undefined],
  [".hidden", undefined],
  ["-x.sh", undefined],
  ["pulse.sh", undefined],
  ["two words.sh", undefined],
  ["überwachung.sh", undefined],
  ["x".repeat(64), undefined],
];

for (const [file, want] of NAMES) {
  Deno.test(`sensorOfFile() "${file.slice(0, 20)}" is ${want === undefined ? "no sensor" : `the sensor ${want}`}`, () => {
    const named = sensorOfFile(file);
    assertEquals("name" in named ? named.name : undefined, want);
  });
}

Deno.test("fileForScript() gives shells an ending and keeps one that was asked for", () => {
  assertEquals(fileForScript("disk", "#!/bin/sh\n"), "disk.sh");
  assertEquals(fileForScript("disk", "#!/usr/bin/env bash\n"), "disk.sh");
  assertEquals(fileForScript("disk", "#!/usr/bin/env python3\n# not sh\n"), "disk");
  assertEquals(fileForScript("disk.py", "#!/bin/sh\n"), "disk.py");
  assertEquals(fileForScript("v1.2", "#!/bin/sh\n"), "v1.2.sh");
});
