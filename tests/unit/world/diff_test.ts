import { assertEquals } from "../../kit/assert.ts";
import { asSeenAfter, diffItems, withChanges } from "../../../src/world/diff.ts";
import type { Items } from "../../../src/world/items.ts";

function map(values: Readonly<Record<string, string>>): Items {
  return new Map(Object.entries(values));
}

Deno.test("diffItems() names what became of each item", () => {
  const before = map({ "ask:a-1": "h,open+0", "goal:x": "1", pulse: "alive", "goal:y": "1" });
  const after = map({ "ask:a-1": "h,open+1", "goal:x": "2", pulse: "alive", "goal:z": "1" });
  assertEquals(diffItems(before, after), [
    { item: "ask:a-1", change: "reminder" },
    { item: "goal:x", change: "changed" },
    { item: "goal:y", change: "removed" },
    { item: "goal:z", change: "added" },
  ]);
});

Deno.test("diffItems() takes a step together with something else for a change", () => {
  const changes = diffItems(map({ "ask:a-1": "h,open+0" }), map({ "ask:a-1": "h,orphaned+1" }));
  assertEquals(changes, [{ item: "ask:a-1", change: "changed" }]);
});

Deno.test("asSeenAfter() never lets a step fall", async (t) => {
  const rows: readonly {
    readonly name: string;
    readonly before: string;
    readonly now: string;
    readonly seen: string;
  }[] = [
    { name: "the clock was set back", before: "h,open+3", now: "h,open+0", seen: "h,open+3" },
    { name: "time went on", before: "h,open+3", now: "h,open+4", seen: "h,open+4" },
    { name: "it is something else now", before: "h,open+3", now: "h,orphaned+0", seen: "h,orphaned+0" },
    { name: "the pulse died again", before: "down,r1+4", now: "down,r2+0", seen: "down,r2+0" },
    { name: "the pulse came back", before: "down,r1+4", now: "alive", seen: "alive" },
  ];
  for (const { name, before, now, seen } of rows) {
    await t.step(name, () => assertEquals(asSeenAfter(map({ x: before }), map({ x: now })).get("x"), seen));
  }
});

Deno.test("asSeenAfter() keeps what lies in a directory that cannot be listed", () => {
  const before = map({ "goal:a": "1", "goal:b": "2", "sensor:s": "3" });
  const seen = asSeenAfter(before, map({ "unreadable:goals": "!unreadable" }));
  assertEquals(diffItems(before, seen), [
    { item: "sensor:s", change: "removed" },
    { item: "unreadable:goals", change: "added" },
  ]);
  assertEquals(diffItems(seen, asSeenAfter(seen, before)), [
    { item: "sensor:s", change: "added" },
    { item: "unreadable:goals", change: "removed" },
  ]);
});

Deno.test("withChanges() makes only the changes that were given", () => {
  const before = map({ a: "1", b: "1", c: "1" });
  const after = map({ a: "2", c: "2", d: "2" });
  const given = withChanges(before, after, [
    { item: "a", change: "changed" },
    { item: "b", change: "removed" },
    { item: "d", change: "added" },
  ]);
  assertEquals(given, map({ a: "2", c: "1", d: "2" }));
  assertEquals(diffItems(given, after), [{ item: "c", change: "changed" }]);
});
