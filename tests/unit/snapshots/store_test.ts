import { join } from "node:path";
import { assertEquals, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import { signalOf } from "../../../src/snapshots/schema.ts";
import {
  listSnapshots,
  pruneSnapshots,
  readSnapshot,
  sensorsWithReading,
  writeSnapshot,
} from "../../../src/snapshots/store.ts";

Deno.test("writeSnapshot() touches the file only when the reading changed, whatever the order of its keys", async () => {
  await using test = await makeContext();
  const path = join(test.dir, "snapshots", "sensor-x.json");
  assertEquals(assertOk(writeSnapshot(test.context, "x", { b: 1, a: 2 })), "written");
  const { ino } = Deno.statSync(path);
  assertEquals(assertOk(writeSnapshot(test.context, "x", { a: 2, b: 1 })), "same");
  assertEquals(Deno.statSync(path).ino, ino);
  assertEquals(assertOk(writeSnapshot(test.context, "x", { a: 2, b: 2 })), "written");
  assertEquals(readSnapshot(test.context, "x"), { name: "sensor-x", reading: { a: 2, b: 2 } });
  assertEquals(readSnapshot(test.context, "y"), undefined);
});

Deno.test("listSnapshots() keeps what cannot be read in sight and leaves the files of others alone", async () => {
  await using test = await makeContext();
  const write = (name: string, text: string) => Deno.writeTextFileSync(join(test.dir, "snapshots", name), text);
  write("sensor-a.json", '{"signal":1}');
  write("sensor-b.json", "{");
  write("sys-goals.json", "{}");
  write("notes.txt", "");
  Deno.symlinkSync("sensor-a.json", join(test.dir, "snapshots", "sensor-c.json"));
  assertEquals(listSnapshots(test.context), [
    { name: "sensor-a", reading: { signal: 1 } },
    { name: "sensor-b", reading: undefined, problem: "the file holds no JSON" },
  ]);
  assertEquals([...sensorsWithReading(test.context)], ["a", "b"]);
  assertEquals(assertOk(pruneSnapshots(test.context, new Set(["a"]))), ["b"]);
  assertEquals([...Deno.readDirSync(join(test.dir, "snapshots"))].map(({ name }) => name).sort(), [
    "notes.txt",
    "sensor-a.json",
    "sensor-c.json",
    "sys-goals.json",
  ]);
});

Deno.test("signalOf() is the signal, or all of a reading that has none", () => {
  assertEquals(signalOf({ signal: null, detail: 1 }), null);
  assertEquals(signalOf({ detail: 1 }), { detail: 1 });
  assertEquals(signalOf([1]), [1]);
});
