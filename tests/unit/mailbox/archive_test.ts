import { archiveConsumed, archivePairs, history } from "../../../src/mailbox/archive.ts";
import { beginDelivery, endDelivery } from "../../../src/mailbox/delivery.ts";
import { resolveAskId } from "../../../src/mailbox/find.ts";
import { raiseAsk } from "../../../src/mailbox/raise.ts";
import { publishAnswer, withdrawAsk } from "../../../src/mailbox/resolve.ts";
import { allAsks, openAsks } from "../../../src/mailbox/store.ts";
import type { Result } from "../../../src/failure.ts";
import type { Context } from "../../../src/profile/profile.ts";
import { everyAsk } from "../../../src/verbs/asks.ts";
import { assert, assertEquals, assertFailed, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";

const NOW = Date.UTC(2025, 0, 31, 23, 0);
const DAY = 86_400_000;

async function raised(
  ctx: Context,
  prompt: string,
  how: "open" | "answered" | "consumed" | "withdrawn",
): Promise<string> {
  const { id } = assertOk(await raiseAsk(ctx, { worker: "w", kind: "question", prompt }));
  if (how === "withdrawn") assertOk(await withdrawAsk(ctx, { id, reason: "moot", actor: "human" }));
  if (how === "answered" || how === "consumed") {
    assertOk(await publishAnswer(ctx, { id, answer: `to ${prompt}`, by: { kind: "human" } }));
  }
  if (how === "consumed") assertOk(endDelivery(ctx, assertOk(await beginDelivery(ctx, { id, kind: "question" }))));
  return id;
}

function months(ctx: Context): readonly string[] {
  return [...Deno.readDirSync(ctx.profile.paths.mailbox)].map(({ name }) => name).filter((n) => n.endsWith("ndjson"))
    .sort();
}

Deno.test("pairs that are over go to the archive of the answer's month after a day; what is open or unread stays", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const open = await raised(ctx, "open", "open");
  const unread = await raised(ctx, "unread", "answered");
  const taken = await raised(ctx, "taken", "consumed");
  const moot = await raised(ctx, "moot", "withdrawn");
  assertEquals(assertOk(await archiveConsumed(ctx, NOW)), []);
  test.advance(DAY - 1);
  assertEquals(assertOk(await archiveConsumed(ctx, ctx.os.clock.now())), []);
  test.advance(2 * 3_600_000);
  await raised(ctx, "in february", "consumed");
  assertEquals(assertOk(await archiveConsumed(ctx, ctx.os.clock.now())), [taken]);
  assertEquals(allAsks(ctx, NOW).map(({ id }) => id).sort(), [open, unread, moot, "w-5"].sort());
  assertEquals(months(ctx), ["2025-01.ndjson"]);
  assertEquals(assertOk(history(ctx, "look")).map(({ id, answer, consumed }) => [id, answer?.answer, consumed]), [
    [taken, "to taken", NOW],
  ]);
  test.advance(8 * DAY);
  assertEquals([...assertOk(await archiveConsumed(ctx, ctx.os.clock.now()))].sort(), [unread, moot, "w-5"].sort());
  assertEquals(months(ctx), ["2025-01.ndjson", "2025-02.ndjson"]);
  assertEquals(openAsks(ctx, NOW).map(({ id }) => id), [open]);
});

Deno.test("the mailbox is gone through every ten minutes at most", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  assertOk(await archiveConsumed(ctx, Date.now()));
  await raised(ctx, "taken", "consumed");
  const stamp = Deno.statSync(`${ctx.profile.paths.mailbox}/.archived`).mtime?.getTime() ?? 0;
  assertEquals(assertOk(await archiveConsumed(ctx, stamp + 599_999)), []);
  assertEquals(Deno.statSync(`${ctx.profile.paths.mailbox}/.archived`).mtime?.getTime(), stamp);
  assertOk(await archiveConsumed(ctx, stamp + 2 * DAY));
  assertEquals(assertOk(history(ctx, "look")).length, 1);
});

Deno.test("a run that was cut short is finished without doubling, and a torn last line swallows nothing", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const first = await raised(ctx, "one", "consumed");
  const { asks, answers, mailbox } = ctx.profile.paths;
  const kept = await Promise.all([`${asks}/w-1.json`, `${answers}/w-1.json`].map((path) => Deno.readTextFile(path)));
  assertOk(await archivePairs(ctx, [first]));
  await Deno.writeTextFile(`${asks}/w-1.json`, kept[0] ?? "");
  await Deno.writeTextFile(`${answers}/w-1.json`, kept[1] ?? "");
  assertOk(await archivePairs(ctx, [first]));
  assertEquals((await Deno.readTextFile(`${mailbox}/2025-01.ndjson`)).split("\n").length, 2);
  await Deno.writeTextFile(`${mailbox}/2025-01.ndjson`, '{"v":1,"id":"w-', { append: true });
  const second = await raised(ctx, "two", "consumed");
  assertOk(await archivePairs(ctx, [second]));
  assertEquals(assertOk(history(ctx, "look")).map(({ id }) => id), [first, second]);
});

Deno.test("an archive that cannot be read is no empty one, and one that is not there is", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const { mailbox } = ctx.profile.paths;
  await Deno.remove(mailbox, { recursive: true });
  assertEquals(assertOk(history(ctx, "look")), []);
  await Deno.mkdir(`${mailbox}/2026-01.ndjson`, { recursive: true });
  for (const step of ["a month", "the directory"]) {
    if (step === "the directory") {
      await Deno.remove(mailbox, { recursive: true });
      await Deno.writeTextFile(mailbox, "no directory");
    }
    for (const failure of [everyAsk(ctx, NOW), resolveAskId(ctx, "w-1", "answer")]) {
      assert(!["not_found", "conflict"].includes(assertFailed(failure as Result<unknown>).kind), step);
    }
  }
});

Deno.test("what was withdrawn, or expired, and archived is said to have been", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const request = { worker: "w", kind: "question", prompt: "Which?" } as const;
  const { id } = assertOk(await raiseAsk(ctx, request));
  assertOk(await withdrawAsk(ctx, { id, reason: "moot", actor: "human" }));
  assertOk(await archivePairs(ctx, [id]));
  assertEquals(assertFailed(resolveAskId(ctx, id, "answer")).state, "it was withdrawn and has been archived");
});
