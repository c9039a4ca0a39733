import { join } from "node:path";
import { assert, assertEquals, assertFailed, assertIncludes, assertOk } from "../../kit/assert.ts";
import { makeContext, type TestContext } from "../../kit/context.ts";
import { applyPlaybookWrite } from "../../../src/playbook/moves.ts";
import { playbookHistory, readPlaybook } from "../../../src/playbook/store.ts";

const NOON = new Date(2026, 2, 4, 12, 5, 9).getTime();

function bodies(test: TestContext): readonly string[] {
  return playbookHistory(test.context).map((name) => Deno.readTextFileSync(join(test.dir, "playbook.d", name)));
}

Deno.test("each write keeps the body before it, in an order that sorts past nine within one second", async () => {
  await using test = await makeContext({ now: NOON });
  for (let n = 1; n <= 13; n++) assertOk(await applyPlaybookWrite(test.context, { body: `body ${n}` }));
  test.advance(1000);
  assertOk(await applyPlaybookWrite(test.context, { body: "last" }));
  assertEquals(playbookHistory(test.context).slice(0, 2), ["20260304-120509.md", "20260304-120509-0001.md"]);
  assertEquals(playbookHistory(test.context).at(-1), "20260304-120510.md");
  assertEquals(bodies(test), Array.from({ length: 13 }, (_, i) => `body ${i + 1}\n`));
  const found = readPlaybook(test.context);
  assertEquals(found.kind === "text" && found.text, "last\n");
});

Deno.test("the same body again is said, and keeps nothing", async () => {
  await using test = await makeContext();
  assertEquals(assertOk(await applyPlaybookWrite(test.context, { body: "a\n" })).items, ["playbook"]);
  const again = assertOk(await applyPlaybookWrite(test.context, { body: "a" }));
  assertEquals([again.changed, again.items, playbookHistory(test.context).length], [false, [], 0]);
});

Deno.test("only the newest are kept, as many as the config says", async () => {
  await using test = await makeContext({
    now: NOON,
    config: { keep: { runs: 50, playbook: 3, tellsMs: 1, noticesMs: 1 } },
  });
  Deno.writeTextFileSync(join(test.dir, "playbook.d", "notes by hand.md"), "mine");
  for (let n = 1; n <= 8; n++) assertOk(await applyPlaybookWrite(test.context, { body: `body ${n}` }));
  assertEquals(bodies(test), ["body 5\n", "body 6\n", "body 7\n"]);
  assert(Deno.statSync(join(test.dir, "playbook.d", "notes by hand.md")).isFile, "what looop did not make stays");
});

Deno.test("a clock that was set back does not make the newest body the first to go", async () => {
  await using test = await makeContext({
    now: NOON,
    config: { keep: { runs: 50, playbook: 2, tellsMs: 1, noticesMs: 1 } },
  });
  for (const [n, ms] of [[1, 0], [2, 1000], [3, -3_600_000], [4, 0], [5, 0]] as const) {
    test.advance(ms);
    assertOk(await applyPlaybookWrite(test.context, { body: `body ${n}` }));
  }
  assertEquals(bodies(test), ["body 3\n", "body 4\n"]);
});

Deno.test("playbook write refuses what is empty, no text or too large, and a link", async () => {
  await using test = await makeContext();
  const write = async (body: string) => assertFailed(await applyPlaybookWrite(test.context, { body }));
  assertIncludes((await write("  \n")).state, "empty");
  assertIncludes((await write("a\0")).state, "not text");
  assertIncludes((await write("x".repeat(10 * 1024 * 1024))).state, "at most 262144");
  Deno.symlinkSync("/etc/hostname", join(test.dir, "PLAYBOOK.md"));
  assertEquals((await write("a")).kind, "unreadable");
});

Deno.test("ten writes at once lose no body", async () => {
  await using test = await makeContext();
  assertOk(await applyPlaybookWrite(test.context, { body: "start" }));
  await Promise.all(
    Array.from({ length: 10 }, async (_, n) => assertOk(await applyPlaybookWrite(test.context, { body: `body ${n}` }))),
  );
  const found = readPlaybook(test.context);
  const all = [...bodies(test), found.kind === "text" ? found.text : ""];
  assertEquals([...all].sort(), ["start\n", ...Array.from({ length: 10 }, (_, n) => `body ${n}\n`)].sort());
});
