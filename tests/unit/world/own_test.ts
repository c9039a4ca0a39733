import { join } from "node:path";
import { ok } from "../../../src/base/result.ts";
import { fail } from "../../../src/failure.ts";
import { assert, assertEquals, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import { dropGoal, mortal, raiseAsk, take, told, tryWait, writeGoal } from "../../kit/waiting.ts";
import { waitUntil } from "../../kit/wait_until.ts";
import { textValue } from "../../../src/world/items.ts";
import { asOwnMove } from "../../../src/world/own.ts";
import { listWaits } from "../../../src/world/presence.ts";
import type { Actor, Context } from "../../../src/profile/profile.ts";

const ROOT: Actor = { kind: "root", client: "root" };

/** Writes a goal as a verb of the client does. */
async function ownGoal(ctx: Context, id: string, text: string): Promise<void> {
  assertOk(
    await asOwnMove(
      ctx,
      ROOT,
      { [`goal:${id}`]: textValue(text) },
      { run: () => Promise.resolve(ok(writeGoal(ctx, id, text))) },
    ),
  );
}

function ownFiles(ctx: Context): readonly string[] {
  return assertOk(ctx.os.files.list(join(ctx.profile.paths.cursors, "root", "own"))).map((entry) => entry.name);
}

Deno.test("asOwnMove() does not wake its own client; the change rides with the next delivery, marked", async () => {
  await using test = await makeContext();
  const { context } = test;
  await take(context);
  await take(context, { client: "other" });
  const blocked = tryWait(context, { timeoutMs: 300 });
  await waitUntil("it waits", () => listWaits(context).length === 1);
  await ownGoal(context, "mine", "one");
  assertEquals(assertOk(await blocked).kind, "pending");
  assertEquals(told(await take(context, { client: "other" })), ["added goal:mine"]);
  raiseAsk(context, "w-1");
  assertEquals(told(await take(context)), ["added ask:w-1", "added goal:mine by root"]);
  assertEquals(await take(context), undefined);
  assertEquals(ownFiles(context), []);
});

Deno.test("asOwnMove() lets a later change of the same item by somebody else wake", async () => {
  await using test = await makeContext();
  const { context } = test;
  await take(context);
  await ownGoal(context, "g", "mine");
  assertEquals(await take(context), undefined);
  writeGoal(context, "g", "theirs");
  assertEquals(told(await take(context)), ["added goal:g"]);
  await asOwnMove(context, ROOT, { "goal:g": null }, { run: () => Promise.resolve(ok(dropGoal(context, "g"))) });
  assertEquals(await take(context), undefined);
  writeGoal(context, "g", "theirs again");
  assertEquals(told(await take(context)), ["changed goal:g"]);
});

Deno.test("asOwnMove() holds an item back while nobody can know what it will be, and looks afterwards", async () => {
  await using test = await makeContext();
  const { context } = test;
  await take(context);
  const done = Promise.withResolvers<void>();
  const moving = asOwnMove(context, ROOT, { "goal:*": undefined }, {
    run: async () => {
      writeGoal(context, "g", "half");
      await done.promise;
      writeGoal(context, "g", "whole");
      return ok(undefined);
    },
    touched: () => ["goal:g"],
  });
  await waitUntil("the move runs", () => context.os.files.stat(join(context.profile.paths.goals, "g.md")).ok);
  assertEquals(await take(context), undefined);
  // Something else wakes, and what is being made stays behind.
  raiseAsk(context, "w-1");
  assertEquals(told(await take(context)), ["added ask:w-1"]);
  done.resolve();
  assertOk(await moving);
  assertEquals(await take(context), undefined);
  raiseAsk(context, "w-2");
  assertEquals(told(await take(context)), ["added ask:w-2", "added goal:g by root"]);
});

Deno.test("asOwnMove() that died leaves a change that wakes", async () => {
  await using test = await makeContext();
  const { context } = test;
  await take(context);
  const victim = mortal(context);
  asOwnMove(victim.context, ROOT, { "goal:g": undefined }, {
    run: () => {
      writeGoal(context, "g", "half");
      return new Promise(() => {});
    },
  });
  await waitUntil("the move runs", () => context.os.files.stat(join(context.profile.paths.goals, "g.md")).ok);
  assertEquals(await take(context), undefined);
  victim.die();
  assertEquals(told(await take(context)), ["added goal:g"]);
});

Deno.test("asOwnMove() that died before its change announces nothing that comes true by itself", async () => {
  await using test = await makeContext();
  const { context } = test;
  await take(context);
  asOwnMove(context, ROOT, { "goal:g": textValue("mine") }, { run: () => new Promise(() => {}) });
  await waitUntil("it is announced", () => ownFiles(context).length === 1);
  assertEquals(await take(context), undefined);
  writeGoal(context, "g", "theirs");
  assertEquals(told(await take(context)), ["added goal:g"]);
});

Deno.test("asOwnMove() is just the action without a client, for one that never waited, and when it fails", async () => {
  await using test = await makeContext();
  const { context } = test;
  await ownGoal(context, "early", "one");
  assert(!context.os.files.stat(join(context.profile.paths.cursors, "root")).ok);
  await take(context);
  assertOk(
    await asOwnMove(
      context,
      { kind: "human" },
      { "goal:h": null },
      { run: () => Promise.resolve(ok(writeGoal(context, "h", "x"))) },
    ),
  );
  assertEquals(told(await take(context)), ["added goal:h"]);
  const refused = await asOwnMove(context, ROOT, { "goal:g": null }, {
    run: () => Promise.resolve(fail("refused", "x", "no")),
  });
  assertEquals(refused.ok, false);
  assertEquals(ownFiles(context), []);
});
