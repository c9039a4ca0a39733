import { beginDelivery, endDelivery } from "../../../src/mailbox/delivery.ts";
import { archivePairs } from "../../../src/mailbox/archive.ts";
import { beginGeneration, withdrawAsks } from "../../../src/mailbox/lifecycle.ts";
import { type AskRequest, raiseAsk } from "../../../src/mailbox/raise.ts";
import { publishAnswer, withdrawAsk } from "../../../src/mailbox/resolve.ts";
import { sealRepeats } from "../../../src/mailbox/repeats.ts";
import { openAsks, viewAsk } from "../../../src/mailbox/store.ts";
import type { Context } from "../../../src/profile/profile.ts";
import { assert, assertEquals, assertFailed, assertIncludes, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";

const NOW = 1_700_000_000_000;
const DAY = 86_400_000;

function question(more: Partial<AskRequest> = {}): AskRequest {
  return { worker: "w", kind: "question", prompt: "Which?", ...more };
}

async function raise(ctx: Context, more: Partial<AskRequest> = {}): Promise<string> {
  return assertOk(await raiseAsk(ctx, question(more))).id;
}

async function answer(ctx: Context, id: string, text: string): Promise<void> {
  assertOk(await publishAnswer(ctx, { id, answer: text, by: { kind: "human" } }));
}

/** Takes the answer as `_ ask` does. */
async function take(ctx: Context, id: string): Promise<string> {
  const begun = assertOk(await beginDelivery(ctx, { id, kind: "question" }));
  assertOk(endDelivery(ctx, begun));
  return begun.answer.answer;
}

Deno.test("the same line is the same ask, whatever differs is another", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const first = await raise(ctx);
  assertEquals(first, "w-1");
  assertEquals(await raise(ctx), first);
  assertEquals(await raise(ctx, { expiresMs: 1000, fallback: "a" }), first);
  assertEquals(await raise(ctx, { prompt: "Which one?" }), "w-2");
  assertEquals(await raise(ctx, { reference: "a.md" }), "w-3");
  assertEquals(await raise(ctx, { options: ["a", "b"] }), "w-4");
  assertEquals(await raise(ctx, { options: ["b", "a"] }), "w-5");
  assertEquals(await raise(ctx, { key: "k" }), "w-6");
  assertEquals(await raise(ctx, { key: "k", prompt: "Other words" }), "w-6");
  assertEquals(await raise(ctx, { worker: "w-1" }), "w-1-1");
  assertEquals(await raise(ctx, { kind: "approval", action: "rm x" }), "w-7");
  assertEquals(await raise(ctx, { kind: "approval", action: "rm y" }), "w-8");
  assertEquals(openAsks(ctx, NOW).map(({ id }) => id).length, 9);
});

Deno.test("an answer that came in between is found by the same line, and repeated until another call or a quarter of an hour", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const id = await raise(ctx);
  await answer(ctx, id, "the second");
  assertEquals(await raise(ctx), id);
  assertEquals(await take(ctx, id), "the second");
  assertEquals(viewAsk(ctx, id, NOW)?.status, "consumed");
  assertEquals(openAsks(ctx, NOW), []);
  assertEquals(await raise(ctx), id);
  assertEquals(await take(ctx, id), "the second");
  sealRepeats(ctx.os, ctx.profile.paths, "other");
  assertEquals(await raise(ctx), id);
  sealRepeats(ctx.os, ctx.profile.paths, "w");
  const second = await raise(ctx);
  assertEquals(second, "w-2");
  await answer(ctx, second, "the first");
  assertEquals(await take(ctx, second), "the first");
  test.advance(15 * 60_000);
  assertEquals(await raise(ctx), second);
  test.advance(1);
  assertEquals(await raise(ctx), "w-3");
});

Deno.test("a new question ends the repeating of the one before", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const id = await raise(ctx);
  await answer(ctx, id, "a");
  await take(ctx, id);
  await raise(ctx, { prompt: "And now?" });
  assertEquals(await raise(ctx), "w-3");
});

Deno.test("what was taken and cut off before it was marked is given again, for as long as it takes", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const id = await raise(ctx);
  await answer(ctx, id, "a");
  assertOk(await beginDelivery(ctx, { id, kind: "question" }));
  sealRepeats(ctx.os, ctx.profile.paths, "w");
  test.advance(3 * DAY);
  assertEquals(await raise(ctx), id);
  assertEquals(await take(ctx, id), "a");
});

Deno.test("a key gives its answer for good, also from the archive; an approval is used once", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const id = await raise(ctx, { key: "deploy 1" });
  await answer(ctx, id, "go");
  await take(ctx, id);
  test.advance(2 * DAY);
  assertEquals(await raise(ctx, { key: "deploy 1" }), id);
  assertOk(await archivePairs(ctx, [id]));
  const archived = assertOk(await raiseAsk(ctx, question({ key: "deploy 1" })));
  assertEquals(archived.archived?.answer?.answer, "go");
  const approval = { kind: "approval", key: "push", action: "git push" } as const;
  const first = await raise(ctx, approval);
  assertOk(await publishAnswer(ctx, { id: first, answer: "yes", by: { kind: "human" } }));
  const begun = assertOk(await beginDelivery(ctx, { id: first, kind: "approval", action: "git push" }));
  assertOk(endDelivery(ctx, begun));
  assert(await raise(ctx, approval) !== first);
  assertIncludes(
    assertFailed(await beginDelivery(ctx, { id: first, kind: "approval", action: "git push" })).state,
    "used once",
  );
});

Deno.test("the first answer wins, the second learns who; force replaces until the delivery has begun", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const id = await raise(ctx);
  await answer(ctx, id, "a");
  test.advance(120_000);
  const second = assertFailed(await publishAnswer(ctx, { id, answer: "b", by: { kind: "root" } }));
  assertEquals(second.kind, "conflict");
  assertIncludes(second.state, "answered by human 2m ago");
  assertEquals(assertOk(await publishAnswer(ctx, { id, answer: "b", by: { kind: "root" }, force: true })), "replaced");
  const begun = assertOk(await beginDelivery(ctx, { id, kind: "question" }));
  assertEquals(begun.answer.answer, "b");
  const late = assertFailed(await publishAnswer(ctx, { id, answer: "c", by: { kind: "root" }, force: true }));
  assertIncludes(late.state, "begun to read");
});

Deno.test("an answer that is edited after its delivery began is a failure, never another answer", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const id = await raise(ctx);
  await answer(ctx, id, "a");
  assertOk(await beginDelivery(ctx, { id, kind: "question" }));
  await Deno.writeTextFile(
    `${ctx.profile.paths.answers}/${id}.json`,
    JSON.stringify({ answer: "b", by: { kind: "human" }, ts: 1 }),
  );
  const { kind, hint } = assertFailed(await beginDelivery(ctx, { id, kind: "question" }));
  assertEquals(kind, "corrupt");
  const { code } = await new Deno.Command("sh", { args: ["-c", hint?.split(": ")[1] ?? "false"] }).output();
  assertEquals(code, 0);
  assertEquals(viewAsk(ctx, id, NOW)?.status, "open");
  await answer(ctx, id, "c");
  assertEquals(await take(ctx, id), "c");
});

Deno.test("a withdrawal is final, is told, and makes room for a new question", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const id = await raise(ctx);
  assertEquals(assertOk(await withdrawAsk(ctx, { id, reason: "moot", actor: "human" })), "withdrawn");
  assertEquals(assertOk(await withdrawAsk(ctx, { id, reason: "moot", actor: "human" })), "unchanged");
  assertEquals(openAsks(ctx, NOW), []);
  const late = assertFailed(await publishAnswer(ctx, { id, answer: "x", by: { kind: "human" }, force: true }));
  assertIncludes(late.state, "withdrawn");
  assertEquals(await raise(ctx), id);
  assertEquals(await take(ctx, id), "moot");
  sealRepeats(ctx.os, ctx.profile.paths, "w");
  assertEquals(await raise(ctx), "w-2");
});

Deno.test("numbers are never used twice, whatever was archived, removed or lost", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  for (let n = 1; n <= 3; n++) assertEquals(await raise(ctx, { prompt: `${n}` }), `w-${n}`);
  assertOk(await withdrawAsks(ctx, "w", "killed"));
  assertOk(await beginGeneration(ctx, "w"));
  assertEquals(ctx.os.files.list(ctx.profile.paths.asks), { ok: true, value: [] });
  assertEquals(await raise(ctx), "w-4");
  await Deno.remove(`${ctx.profile.paths.mailbox}/workers/w/ask.counter`);
  assertEquals(await raise(ctx, { prompt: "next" }), "w-5");
  await Deno.writeTextFile(`${ctx.profile.paths.mailbox}/workers/w/ask.counter`, "nonsense");
  assertEquals(assertFailed(await raiseAsk(ctx, question({ prompt: "more" }))).kind, "corrupt");
});

Deno.test("a new life of an id finds nothing of the old one", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const answered = await raise(ctx);
  await answer(ctx, answered, "old");
  const keyed = await raise(ctx, { key: "k" });
  await answer(ctx, keyed, "old");
  await take(ctx, keyed);
  const other = await raise(ctx, { worker: "w2" });
  assertOk(await beginGeneration(ctx, "w"));
  assertEquals(await raise(ctx), "w-3");
  assertEquals(await raise(ctx, { key: "k" }), "w-4");
  assertEquals(openAsks(ctx, NOW).map(({ id }) => id), [other, "w-3", "w-4"].sort());
});

Deno.test("a hundred asks of one worker at once have a hundred ids, the same one at once has one", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const many = await Promise.all(Array.from({ length: 100 }, (_, n) => raise(ctx, { prompt: `question ${n}` })));
  assertEquals(new Set(many).size, 100);
  const same = await Promise.all(Array.from({ length: 20 }, () => raise(ctx, { prompt: "the same" })));
  assertEquals(new Set(same).size, 1);
});

Deno.test("unreadable is not absent: damaged asks and answers are loud, and an ask is not raised beside one", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const { asks, answers } = ctx.profile.paths;
  const id = await raise(ctx);
  await Deno.writeTextFile(`${answers}/${id}.json`, "{");
  const second = await raise(ctx, { prompt: "two" });
  await Deno.writeTextFile(`${asks}/${second}.json`, "");
  await Deno.writeTextFile(
    `${asks}/x-9.json`,
    JSON.stringify({ id: "y-1", worker: "y", kind: "question", prompt: "", ts: 1 }),
  );
  await Deno.writeTextFile(
    `${asks}/z-1.json`,
    JSON.stringify({ v: 2, id: "z-1", worker: "z", kind: "question", prompt: "", ts: 1 }),
  );
  await Deno.writeTextFile(`${asks}/..%2f.json`, "debris");
  const views = openAsks(ctx, NOW);
  assertEquals(views.map(({ status }) => status), ["corrupt", "corrupt", "corrupt", "corrupt"]);
  assertIncludes(views.find((view) => view.id === id)?.problem ?? "", "the answer's file is no JSON");
  assertIncludes(views.find((view) => view.id === "z-1")?.problem ?? "", "newer looop");
  assertEquals(assertFailed(await publishAnswer(ctx, { id, answer: "b", by: { kind: "root" } })).kind, "corrupt");
  assertEquals(assertOk(await publishAnswer(ctx, { id, answer: "b", by: { kind: "root" }, force: true })), "replaced");
  assertEquals(assertOk(await withdrawAsk(ctx, { id: second, reason: "broken", actor: "human" })), "withdrawn");
  assertEquals(viewAsk(ctx, second, NOW)?.status, "withdrawn");
});

Deno.test("what an ask does not know stays in its file", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  await Deno.writeTextFile(
    `${ctx.profile.paths.asks}/w-7.json`,
    JSON.stringify({ id: "w-7", worker: "w", kind: "question", prompt: "old", ts: NOW, later: [1] }),
  );
  const [view] = openAsks(ctx, NOW);
  assertEquals((view?.ask as unknown as { later: number[] }).later, [1]);
  await answer(ctx, "w-7", "ok");
  await take(ctx, "w-7");
  assertOk(await archivePairs(ctx, ["w-7"]));
  const [month] = ctx.os.files.list(ctx.profile.paths.mailbox).ok
    ? [...Deno.readDirSync(ctx.profile.paths.mailbox)].filter((e) => e.name.endsWith(".ndjson"))
    : [];
  assertIncludes(await Deno.readTextFile(`${ctx.profile.paths.mailbox}/${month?.name}`), '"later":[1]');
});

Deno.test("a worker whose desk was lost goes on behind what the archive has of it", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  for (const worker of ["b", "b.c", "bxc", "b-7"]) {
    const id = await raise(ctx, { worker });
    await answer(ctx, id, "x");
    await take(ctx, id);
    assertOk(await archivePairs(ctx, [id]));
  }
  await Deno.remove(`${ctx.profile.paths.mailbox}/workers`, { recursive: true });
  assertEquals(await raise(ctx, { worker: "b" }), "b-2");
  assertEquals(await raise(ctx, { worker: "b.c" }), "b.c-2");
});

Deno.test("an id that differs from another only in case asks nothing", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  await raise(ctx, { worker: "w" });
  await Deno.writeTextFile(`${ctx.profile.paths.workers}/Fix.json`, "{}");
  for (const [worker, twin] of [["W", "w"], ["fix", "Fix"]] as const) {
    const refused = assertFailed(await raiseAsk(ctx, question({ worker, prompt: "again" })));
    assertEquals(refused.kind, "conflict");
    assertIncludes(refused.state, `there is "${twin}"`);
  }
  assertEquals(await raise(ctx, { worker: "w", prompt: "again" }), "w-2");
  assertEquals(openAsks(ctx, NOW).map(({ id }) => id), ["w-1", "w-2"]);
});

Deno.test("a directory where an answer belongs is in the way of all, harms nothing, and can be moved away as is said", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const id = await raise(ctx);
  const path = `${ctx.profile.paths.answers}/${id}.json`;
  await Deno.mkdir(path);
  await Deno.writeTextFile(`${path}/kept`, "");
  const forced = assertFailed(
    await publishAnswer(ctx, { id, answer: "b", by: { kind: "root" }, force: true }),
  );
  const withdrawn = assertFailed(await withdrawAsk(ctx, { id, reason: "moot", actor: "human" }));
  const begun = assertFailed(await beginGeneration(ctx, "w"));
  for (const { state, hint } of [forced, withdrawn, begun]) {
    assertIncludes(state, "is a directory");
    assertIncludes(hint ?? "", "move it away: mv ");
  }
  assert(viewAsk(ctx, id, NOW)?.ask !== undefined, "the ask is gone");
  const { code } = await new Deno.Command("sh", { args: ["-c", forced.hint?.split(": ")[1] ?? "false"] }).output();
  assertEquals(code, 0);
  assertOk(await beginGeneration(ctx, "w"));
  assertEquals(openAsks(ctx, NOW), []);
});
