import { clearTells, finishTells, pruneTells, queueTell, readTells, waitingTells } from "../../../src/mailbox/tells.ts";
import type { Context } from "../../../src/profile/profile.ts";
import { assertEquals, assertFailed, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";

const NOW = 1_700_000_000_000;

async function tell(ctx: Context, text: string, worker = "w"): Promise<string> {
  return assertOk(await queueTell(ctx, { worker, text, by: "root" })).id;
}

async function texts(ctx: Context, worker = "w"): Promise<readonly string[]> {
  const batch = assertOk(await readTells(ctx, worker, { wait: true }));
  assertOk(await finishTells(ctx, batch));
  return batch.tells.map(({ text }) => text);
}

Deno.test("messages are read once, in the order in which they were accepted", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  assertEquals(await texts(ctx), []);
  const accepted: string[] = [];
  await Promise.all(Array.from({ length: 100 }, async (_, n) => {
    const told = assertOk(await queueTell(ctx, { worker: "w", text: `message ${n}`, by: "root" }));
    accepted[Number(told.id.slice(2)) - 1] = told.text;
  }));
  await tell(ctx, "not for w", "w-1");
  assertEquals(waitingTells(ctx, "w"), 100);
  assertEquals(await texts(ctx), accepted);
  assertEquals(await texts(ctx), []);
  assertEquals(await texts(ctx, "w-1"), ["not for w"]);
});

Deno.test("a reader that died before it marked is followed by one that gets the same ids; one that lives is waited for", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const first = await tell(ctx, "one");
  const dead = assertOk(await readTells(ctx, "w", { wait: true }));
  assertEquals(dead.tells.map(({ id }) => id), [first]);
  assertEquals(assertOk(await readTells(ctx, "w", { wait: false })).tells, []);
  test.advance(2001);
  const second = await tell(ctx, "two");
  const again = assertOk(await readTells(ctx, "w", { wait: true }));
  assertEquals(again.tells.map(({ id }) => id), [first, second]);
  assertOk(await finishTells(ctx, again));
  assertOk(await finishTells(ctx, dead));
  assertEquals(await texts(ctx), []);
});

Deno.test("two readers at once: each message goes to one of them", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  for (let n = 0; n < 5; n++) await tell(ctx, `${n}`);
  const all = await Promise.all([texts(ctx), texts(ctx), texts(ctx)]);
  assertEquals(all.flat().sort(), ["0", "1", "2", "3", "4"]);
});

Deno.test("the end of a life clears what was not read; numbers go on; old ones are pruned", async () => {
  await using test = await makeContext({ now: Date.now() });
  const ctx = test.context;
  assertEquals(await tell(ctx, "for the old one"), "w-1");
  assertOk(await clearTells(ctx, "w"));
  assertEquals(await texts(ctx), []);
  assertEquals(await tell(ctx, "for the new one"), "w-2");
  assertEquals(await texts(ctx), ["for the new one"]);
  assertEquals(pruneTells(ctx, Date.now() + 6 * 86_400_000), 0);
  assertEquals(pruneTells(ctx, Date.now() + 8 * 86_400_000), 2);
  assertEquals(await tell(ctx, "later"), "w-3");
});

Deno.test("a flag's answer is told once; a damaged message is said and left", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const flag = { worker: "w", text: "fine", by: "human", source: "w-9" };
  const first = assertOk(await queueTell(ctx, flag)).id;
  assertEquals(assertOk(await queueTell(ctx, flag)).id, first);
  assertEquals(await texts(ctx), ["fine"]);
  assertEquals(assertOk(await queueTell(ctx, flag)).id, first);
  await Deno.writeTextFile(`${ctx.profile.paths.tells}/w-5.json`, "{");
  const batch = assertOk(await readTells(ctx, "w", { wait: true }));
  assertEquals([batch.tells.length, batch.problems.length], [0, 1]);
  assertEquals(assertFailed(await queueTell({ ...ctx, profile: brokenDesk(ctx) }, flag)).kind, "unreadable");
});

/** A profile whose mailbox is a file. */
function brokenDesk(ctx: Context): Context["profile"] {
  const mailbox = `${ctx.profile.paths.root}/config-file`;
  Deno.writeTextFileSync(mailbox, "");
  return { ...ctx.profile, paths: { ...ctx.profile.paths, mailbox } };
}
