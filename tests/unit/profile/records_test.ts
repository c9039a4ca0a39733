import * as z from "zod/mini";
import { join } from "node:path";
import { assert, assertEquals, assertFailed, assertIncludes, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import { changeRecord, publishRecord, readVersioned, writeRecord } from "../../../src/profile/records.ts";

const schema = z.looseObject({ v: z.optional(z.number()), n: z.number(), name: z.optional(z.string()) });

const READS: readonly { name: string; text: string | undefined; kind: string; says?: string }[] = [
  { name: "nothing there", text: undefined, kind: "absent" },
  { name: "no version is the first", text: '{"n": 1}', kind: "ok" },
  { name: "our version", text: '{"v": 1, "n": 1}', kind: "ok" },
  { name: "a later version, whatever its shape", text: '{"v": 2, "m": 1}', kind: "newer", says: "version 2" },
  { name: "no JSON", text: '{"n": 1', kind: "corrupt", says: "not JSON" },
  { name: "empty", text: "", kind: "corrupt", says: "not JSON" },
  { name: "no object", text: "[1]", kind: "corrupt", says: "not an object" },
  { name: "another shape", text: '{"n": "one"}', kind: "corrupt", says: '"n"' },
];

for (const { name, text, kind, says } of READS) {
  Deno.test(`readVersioned() tells apart: ${name}`, async () => {
    await using test = await makeContext();
    const path = join(test.dir, "record.json");
    if (text !== undefined) await Deno.writeTextFile(path, text);
    const read = readVersioned(test.os, path, schema);
    assertEquals(read.kind as string, kind);
    if (says !== undefined) {
      assert("failure" in read);
      assertIncludes(read.failure.state, says);
      assertEquals(read.failure.kind as string, kind);
    }
  });
}

Deno.test("readVersioned() never takes what cannot be read for what is not there", async () => {
  await using test = await makeContext();
  const path = join(test.dir, "record.json");
  await Deno.mkdir(path);
  assertEquals(readVersioned(test.os, path, schema).kind, "unreadable");
  assertEquals(readVersioned(test.os, join(path, "x", "y"), schema).kind, "absent");
});

Deno.test("a record that is changed keeps the keys that nobody knows, and gets its version first", async () => {
  await using test = await makeContext();
  const path = join(test.dir, "record.json");
  await Deno.writeTextFile(path, '{"n": 1, "later": {"x": [1]}, "name": "a"}');
  const changed = await changeRecord(test.os, path, { schema, change: (old) => ({ ...old, n: (old?.n ?? 0) + 1 }) });
  assertEquals(assertOk(changed)?.n, 2);
  const text = await Deno.readTextFile(path);
  assertEquals(JSON.parse(text), { v: 1, n: 2, later: { x: [1] }, name: "a" });
  assert(text.startsWith('{\n  "v": 1,') && text.endsWith("}\n"));
});

Deno.test("changeRecord() makes, leaves alone, and writes over nothing that it does not understand", async () => {
  await using test = await makeContext();
  const path = join(test.dir, "record.json");
  assertEquals(assertOk(await changeRecord(test.os, path, { schema, change: () => undefined })), undefined);
  assertEquals(readVersioned(test.os, path, schema).kind, "absent");
  assertOk(await changeRecord(test.os, path, { schema, change: (old) => ({ n: old === undefined ? 7 : 0 }) }));
  for (const text of ['{"v": 3, "n": 1}', "{", '{"n": "x"}']) {
    await Deno.writeTextFile(path, text);
    assertFailed(await changeRecord(test.os, path, { schema, change: () => ({ n: 0 }) }));
    assertEquals(await Deno.readTextFile(path), text);
  }
});

Deno.test("of many changes at once none is lost", async () => {
  await using test = await makeContext();
  const path = join(test.dir, "record.json");
  await Promise.all(
    Array.from(
      { length: 30 },
      () => changeRecord(test.os, path, { schema, change: (old) => ({ n: (old?.n ?? 0) + 1 }) }),
    ),
  );
  const read = readVersioned(test.os, path, schema);
  assertEquals(read.kind === "ok" ? read.value.n : 0, 30);
});

Deno.test("publishRecord() makes what is not there, and only that; writeRecord() replaces", async () => {
  await using test = await makeContext();
  const path = join(test.dir, "record.json");
  assertEquals(assertOk(publishRecord(test.os, path, { n: 1 })), "published");
  assertEquals(assertOk(publishRecord(test.os, path, { n: 2 })), "taken");
  assertOk(writeRecord(test.os, path, { n: 3 }));
  const read = readVersioned(test.os, path, schema);
  assertEquals(read.kind === "ok" ? read.value.n : 0, 3);
});
