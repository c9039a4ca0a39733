import { assertEquals, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import { bury, inState, rawLog, shown, startLine } from "../../kit/session.ts";
import { answerQueries } from "../../../src/sessions/answers.ts";
import { FILES, generationDir } from "../../../src/sessions/layout.ts";

/** Asks, and prints what came back within two seconds, without its escapes. */
const ASKER = (query: string) =>
  `stty raw -echo min 0 time 20; printf 'abc${query}'; reply=$(dd bs=64 count=1 2>/dev/null | tr -d '\\033'); ` +
  `stty sane; echo "got<$reply>"; sleep 60`;

Deno.test("answerQueries() answers where the cursor is and what the terminal is, once, while nobody is attached", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const rows: readonly (readonly [string, RegExp])[] = [
    ["\\033[6n", /got<\[1;4R>/],
    ["\\033[5n", /got<\[0n>/],
    ["\\033[c", /got<\[\?[0-9;]+c>/],
    ["\\033[?u", /got<\[\?0u>/],
  ];
  for (const [index, [query, want]] of rows.entries()) {
    const view = await startLine(ctx, `ask${index}`, ASKER(query));
    await shown(ctx, view, "abc");
    const seen = assertOk(await answerQueries(ctx, view, { from: 0, ageMs: 0 }));
    await shown(ctx, view, "got<");
    assertEquals(want.test(rawLog(ctx, view)), true, rawLog(ctx, view));
    const again = assertOk(await answerQueries(ctx, view, { from: seen, ageMs: 0 }));
    assertEquals(again >= seen, true);
    await bury(ctx, view);
  }
});

Deno.test("answerQueries() leaves the answer to whoever is attached", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const view = await startLine(ctx, "attached", ASKER("\\033[6n"));
  const lock = ctx.os.locks.tryAcquire(`${generationDir(ctx.profile.paths, view)}/${FILES.attach}`);
  await shown(ctx, view, "abc");
  assertOk(await answerQueries(ctx, view, { from: 0, ageMs: 0 }));
  await shown(ctx, view, "got<");
  assertEquals(rawLog(ctx, view).includes("got<>"), true);
  lock?.release();
  await bury(ctx, view);
  await inState(ctx, view, "unstarted", "killed");
});

Deno.test("answerQueries() after a late look answers only the query that was shown last, and none that other output followed", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const asker = await startLine(ctx, "late", ASKER("\\033[c\\033[5n"));
  await shown(ctx, asker, "abc");
  assertOk(await answerQueries(ctx, asker, { from: 0, ageMs: 10_000 }));
  await shown(ctx, asker, "got<");
  assertEquals(rawLog(ctx, asker).includes("got<[0n>"), true, rawLog(ctx, asker));
  const busy = await startLine(ctx, "busy", ASKER("\\033[5nand on"));
  await shown(ctx, busy, "and on");
  assertOk(await answerQueries(ctx, busy, { from: 0, ageMs: 10_000 }));
  await shown(ctx, busy, "got<");
  assertEquals(rawLog(ctx, busy).includes("got<>"), true, rawLog(ctx, busy));
  await bury(ctx, asker, busy);
});
