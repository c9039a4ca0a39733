import { assert, assertEquals } from "../../kit/assert.ts";
import { localDay, localDayBounds, localMinute, localStamp } from "../../../src/base/local_time.ts";

Deno.test("local times are those of the machine's clock", () => {
  const date = new Date(2026, 0, 5, 7, 8, 9);
  assertEquals(localDay(date.getTime()), "2026-01-05");
  assertEquals(localMinute(date.getTime()), "07:08");
  assertEquals(localStamp(date.getTime()), "20260105-070809");
});

/** Runs a script in another time zone, since a process has one. */
async function inZone(zone: string, script: string): Promise<unknown> {
  const root = new URL("../../../", import.meta.url);
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--no-check",
      `import * as t from "${root}src/base/local_time.ts"; console.log(JSON.stringify(${script}))`,
    ],
    env: { TZ: zone },
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("localDayBounds() knows days of 23 and 25 hours, and those that begin at one", async () => {
  const hours = (iso: string) =>
    `(() => { const b = t.localDayBounds(Date.parse("${iso}")); return [(b.end - b.start) / 3600000, t.localDay(b.start), t.localDay(b.end - 1), t.localDay(b.end), t.localMinute(b.start)]; })()`;
  const [spring, autumn, plain] = await inZone(
    "Europe/Berlin",
    `[${hours("2026-03-29T12:00:00Z")}, ${hours("2026-10-25T12:00:00Z")}, ${hours("2026-06-01T12:00:00Z")}]`,
  ) as readonly unknown[][];
  assertEquals(spring, [23, "2026-03-29", "2026-03-29", "2026-03-30", "00:00"]);
  assertEquals(autumn, [25, "2026-10-25", "2026-10-25", "2026-10-26", "00:00"]);
  assertEquals(plain, [24, "2026-06-01", "2026-06-01", "2026-06-02", "00:00"]);
  // Midnight itself is left out there when summer time begins.
  const [santiago] = await inZone("America/Santiago", `[${hours("2026-09-06T15:00:00Z")}]`) as readonly unknown[][];
  assertEquals(santiago, [23, "2026-09-06", "2026-09-06", "2026-09-07", "01:00"]);
});

Deno.test("localDayBounds() holds its instant", () => {
  for (const ms of [0, 1, Date.now(), Date.UTC(2024, 1, 29), Date.UTC(2026, 11, 31, 23, 59, 59, 999)]) {
    const { start, end } = localDayBounds(ms);
    assert(start <= ms && ms < end);
  }
});
