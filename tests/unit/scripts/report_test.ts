import { join } from "node:path";
import { isAbove, type Report, type Row, storedReport, storeReport, table } from "../../../scripts/figures/report.ts";
import { assertEquals, assertMatch } from "../../kit/assert.ts";

const ROW: Row = { name: "a", title: "A thing", unit: "ms", most: 5, median: 4, min: 3, max: 9, from: "3 starts" };

function report(...rows: readonly Row[]): Report {
  return { v: 1, about: "the checkout", command: "scripts/bench --runs 3", rows };
}

Deno.test("table() says what misses its reach, and how a row compares with the stored run", () => {
  const now = report(ROW, { ...ROW, name: "b", title: "B | thing", median: 6 });
  const before = report({ ...ROW, median: 8 });
  assertEquals(table(now, before).split("\n"), [
    "Measured: the checkout.",
    "",
    "| what | reach | median | min | max | over the stored run | from |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    "| A thing | ≤ 5 ms | 4.00 ms | 3.00 ms | 9.00 ms | 0.50 × | 3 starts |",
    "| B \\| thing | ≤ 5 ms **no** | 6.00 ms | 3.00 ms | 9.00 ms | new | 3 starts |",
  ]);
  assertEquals(now.rows.map(isAbove), [false, true]);
});

Deno.test("table() sets a peer's figure beside ours, or why there is none", () => {
  const lines = table(report(
    { ...ROW, peer: { median: 8, from: "4 starts" } },
    { ...ROW, peer: { problem: "no such verb" } },
  )).split("\n");
  assertEquals(lines.slice(2), [
    "| what | reach | median | min | max | peer | peer over this | from |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
    "| A thing | ≤ 5 ms | 4.00 ms | 3.00 ms | 9.00 ms | 8.00 ms (4 starts) | 2.00 × | 3 starts |",
    "| A thing | ≤ 5 ms | 4.00 ms | 3.00 ms | 9.00 ms | no such verb |  | 3 starts |",
  ]);
});

Deno.test("a stored run is the one that the next is compared with; what cannot be read is none", async () => {
  const dir = await Deno.makeTempDir();
  try {
    assertEquals(await storedReport("checkout", dir), undefined);
    const written = await storeReport("checkout", report(ROW), dir);
    assertEquals(written, [join(dir, "checkout.json"), join(dir, "checkout.md")]);
    assertEquals(await storedReport("checkout", dir), report(ROW));
    assertEquals(await storedReport("executable", dir), undefined);
    assertMatch(await Deno.readTextFile(join(dir, "checkout.md")), /^# Figures of the checkout\n[^]*\| A thing \|/);
    await Deno.writeTextFile(join(dir, "checkout.json"), "{");
    assertEquals(await storedReport("checkout", dir), undefined);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
