import { archivePairs, history } from "../../src/mailbox/archive.ts";
import { acquireClaim, releaseClaim } from "../../src/claims/lease_files.ts";
import { listClaims } from "../../src/claims/store.ts";
import { beginDelivery, endDelivery } from "../../src/mailbox/delivery.ts";
import { beginGeneration, withdrawAsks } from "../../src/mailbox/lifecycle.ts";
import { raiseAsk } from "../../src/mailbox/raise.ts";
import { publishAnswer, withdrawAsk } from "../../src/mailbox/resolve.ts";
import { allAsks, openAsks, viewAsk } from "../../src/mailbox/store.ts";
import { finishTells, queueTell, readTells } from "../../src/mailbox/tells.ts";
import type { Context } from "../../src/profile/profile.ts";
import { assert, assertEquals, assertOk } from "../kit/assert.ts";
import { type Fault, walk } from "../kit/faulty_os.ts";

const FAULTS: readonly Fault[] = ["ENOSPC", "EACCES", "EIO", "short_write", "crash"];

const NOW = 1_700_000_000_000;
const QUESTION = { worker: "w", kind: "question", prompt: "Which?", key: undefined } as const;
const CONTEXT = { now: NOW };

async function raise(ctx: Context): Promise<string> {
  return assertOk(await raiseAsk(ctx, QUESTION)).id;
}

async function raiseAndAnswer(ctx: Context): Promise<void> {
  assertOk(await publishAnswer(ctx, { id: await raise(ctx), answer: "the first", by: { kind: "human" } }));
}

/** One life of `_ ask`, from the line to its end; what it wrote to stdout goes to `printed` as soon as it is out. */
async function ask(ctx: Context, printed: string[]): Promise<boolean> {
  const raised = await raiseAsk(ctx, QUESTION);
  if (!raised.ok) return false;
  const begun = await beginDelivery(ctx, { id: raised.value.id, kind: "question" });
  if (!begun.ok) return false;
  printed.push(`${raised.value.id}: ${begun.value.answer.answer}`);
  return endDelivery(ctx, begun.value).ok;
}

for (const fault of FAULTS) {
  Deno.test(`raising an ask under ${fault} at any step: repeated it is one ask, nothing is torn, no number twice`, async () => {
    const steps = await walk({
      fault,
      context: CONTEXT,
      act: (ctx) => raiseAsk(ctx, QUESTION),
      check: async (ctx, end) => {
        const again = await raise(ctx);
        if (end.kind === "returned" && end.value.ok) assertEquals(again, end.value.value.id);
        assertEquals(openAsks(ctx, NOW).map(({ id, status }) => [id, status]), [[again, "open"]]);
        const other = assertOk(await raiseAsk(ctx, { ...QUESTION, prompt: "Another" })).id;
        assertEquals(other, `w-${Number(again.slice(2)) + 1}`);
      },
    });
    assert(steps >= 2);
  });

  Deno.test(`answering under ${fault} at any step: what was reported holds, what was not is there whole or not at all`, async () => {
    await walk({
      fault,
      context: CONTEXT,
      prepare: raise,
      act: (ctx) => publishAnswer(ctx, { id: "w-1", answer: "the first", by: { kind: "human" } }),
      check: async (ctx, end) => {
        const { status } = viewAsk(ctx, "w-1", NOW) ?? {};
        assert(status === "open" || status === "answered", status);
        if (end.kind === "returned" && end.value.ok) assertEquals(status, "answered");
        // Whoever repeats it ends with the one answer that there is.
        await publishAnswer(ctx, { id: "w-1", answer: "the second", by: { kind: "root" } });
        const answer = viewAsk(ctx, "w-1", NOW)?.answer?.answer;
        assertEquals(answer, status === "answered" ? "the first" : "the second");
      },
    });
  });

  Deno.test(`replacing an answer under ${fault} at any step leaves the old one or the new`, async () => {
    await walk({
      fault,
      context: CONTEXT,
      prepare: raiseAndAnswer,
      act: (ctx) => publishAnswer(ctx, { id: "w-1", answer: "the second", by: { kind: "root" }, force: true }),
      check: (ctx, end) => {
        const answer = viewAsk(ctx, "w-1", NOW)?.answer?.answer;
        assert(answer === "the first" || answer === "the second", answer);
        if (end.kind === "returned" && end.value.ok) assertEquals(answer, "the second");
      },
    });
  });

  Deno.test(`an answer on its way under ${fault} at any step reaches the asker, the same one every time`, async () => {
    const printed: string[] = [];
    await walk({
      fault,
      context: CONTEXT,
      prepare: async (ctx) => {
        printed.length = 0;
        await raiseAndAnswer(ctx);
      },
      act: (ctx) => ask(ctx, printed),
      check: async (ctx, end) => {
        const before = printed.length;
        // --force has no chance once something may have been printed.
        const forced = await publishAnswer(ctx, { id: "w-1", answer: "forged", by: { kind: "root" }, force: true });
        assert(before === 0 || !forced.ok);
        await ask(ctx, printed);
        assertEquals(new Set(printed), new Set([forced.ok ? "w-1: forged" : "w-1: the first"]));
        if (end.kind === "returned" && end.value) assertEquals(viewAsk(ctx, "w-1", NOW)?.status, "consumed");
        assertEquals(viewAsk(ctx, "w-1", NOW)?.status, "consumed");
        assertEquals(openAsks(ctx, NOW), []);
      },
    });
  });

  Deno.test(`withdrawing under ${fault} at any step: open or withdrawn, and repeated it is withdrawn`, async () => {
    await walk({
      fault,
      context: CONTEXT,
      prepare: raise,
      act: (ctx) => withdrawAsk(ctx, { id: "w-1", reason: "moot", actor: "human" }),
      check: async (ctx, end) => {
        const { status } = viewAsk(ctx, "w-1", NOW) ?? {};
        assert(status === "open" || status === "withdrawn", status);
        if (end.kind === "returned" && end.value.ok) assertEquals(status, "withdrawn");
        assertOk(await withdrawAsks(ctx, "w", "killed"));
        assertEquals(viewAsk(ctx, "w-1", NOW)?.status, "withdrawn");
      },
    });
  });

  Deno.test(`a message under ${fault} at any step is accepted whole or not at all`, async () => {
    await walk({
      fault,
      context: CONTEXT,
      act: (ctx) => queueTell(ctx, { worker: "w", text: "one", by: "root" }),
      check: async (ctx, end) => {
        assertOk(await queueTell(ctx, { worker: "w", text: "two", by: "root" }));
        const { tells } = assertOk(await readTells(ctx, "w", { wait: true }));
        const texts = tells.map(({ text }) => text);
        assertEquals(texts.at(-1), "two");
        if (end.kind === "returned" && end.value.ok) assertEquals(texts, ["one", "two"]);
        assertEquals(new Set(tells.map(({ id }) => id)).size, tells.length);
      },
    });
  });

  Deno.test(`reading messages under ${fault} at any step: none is lost, a repeat has the same ids`, async () => {
    const printed: string[] = [];
    await walk({
      fault,
      context: CONTEXT,
      prepare: async (ctx) => {
        printed.length = 0;
        for (const text of ["one", "two", "three"]) assertOk(await queueTell(ctx, { worker: "w", text, by: "root" }));
      },
      act: async (ctx) => {
        const batch = await readTells(ctx, "w", { wait: true });
        if (!batch.ok) return batch;
        printed.push(...batch.value.tells.map(({ id, text }) => `${id} ${text}`));
        return await finishTells(ctx, batch.value);
      },
      check: async (ctx, end) => {
        // The reader that died has the line for a moment; the next one comes after that.
        const late = { ...ctx, os: { ...ctx.os, clock: { ...ctx.os.clock, now: () => NOW + 2001 } } };
        const rest = assertOk(await readTells(late, "w", { wait: true }));
        const all = [...printed, ...rest.tells.map(({ id, text }) => `${id} ${text}`)];
        assertEquals([...new Set(all)], ["w-1 one", "w-2 two", "w-3 three"]);
        if (end.kind === "returned" && end.value.ok) assertEquals(rest.tells, []);
      },
    });
  });

  Deno.test(`archiving under ${fault} at any step: finished by the next run, nothing doubled, nothing open again`, async () => {
    await walk({
      fault,
      context: CONTEXT,
      prepare: async (ctx) => {
        await raiseAndAnswer(ctx);
        await ask(ctx, []);
        assertOk(await raiseAsk(ctx, { ...QUESTION, key: "k" }));
        assertOk(await withdrawAsk(ctx, { id: "w-2", reason: "moot", actor: "human" }));
      },
      act: (ctx) => archivePairs(ctx, ["w-1", "w-2"]),
      check: async (ctx) => {
        assertEquals(openAsks(ctx, NOW), []);
        const rest = [...ctx.os.files.list(ctx.profile.paths.asks).ok ? allAsks(ctx, NOW).map(({ id }) => id) : []];
        assertOk(await archivePairs(ctx, [...new Set([...rest, "w-1", "w-2"])]));
        assertEquals(assertOk(history(ctx, "look")).map(({ id, ask, answer }) => [id, ask?.prompt, answer?.answer]), [
          ["w-1", "Which?", "the first"],
          ["w-2", "Which?", "moot"],
        ]);
        const text = await Deno.readTextFile(`${ctx.profile.paths.mailbox}/2023-11.ndjson`);
        assertEquals(text.split("\n").filter((line) => line.includes('"id":"w-1"') && line.endsWith("}")).length, 1);
        assertEquals(allAsks(ctx, NOW), []);
        const left = ctx.os.files.list(ctx.profile.paths.answers);
        assertEquals(left.ok && left.value.map(({ name }) => name), []);
      },
    });
  });

  Deno.test(`beginning a new life under ${fault} at any step: repeated, nothing of the old one is left`, async () => {
    await walk({
      fault,
      context: CONTEXT,
      prepare: async (ctx) => {
        await raiseAndAnswer(ctx);
        assertOk(await raiseAsk(ctx, { ...QUESTION, key: "k" }));
        assertOk(await queueTell(ctx, { worker: "w", text: "old", by: "root" }));
      },
      act: (ctx) => beginGeneration(ctx, "w"),
      check: async (ctx, end) => {
        if (!(end.kind === "returned" && end.value.ok)) assertOk(await beginGeneration(ctx, "w"));
        assertEquals(allAsks(ctx, NOW), []);
        assertEquals(assertOk(await raiseAsk(ctx, { ...QUESTION, key: "k" })).fresh, true);
        assertEquals(await raise(ctx), "w-4");
        assertEquals(assertOk(await readTells(ctx, "w", { wait: true })).tells, []);
        const kept = assertOk(history(ctx, "look")).map(({ id, ask, answer }) => [id, ask?.prompt, answer?.by.kind]);
        assertEquals(kept.sort(), [["w-1", "Which?", "human"], ["w-2", "Which?", "withdrawn"]]);
      },
    });
  });

  Deno.test(`claiming, renewing and freeing under ${fault} at any step leave a whole lease or none`, async () => {
    const alive = (): Promise<"alive"> => Promise.resolve("alive");
    await walk({
      fault,
      context: CONTEXT,
      act: async (ctx) => {
        const first = await acquireClaim(ctx, { name: "x", holder: "a" }, alive);
        const second = await acquireClaim(ctx, { name: "x", holder: "a" }, alive);
        const freed = await releaseClaim(ctx, { name: "x", holder: "a" }, alive);
        return { first: first.ok, second: second.ok, freed: freed.ok };
      },
      check: async (ctx, end) => {
        const [found] = listClaims(ctx);
        assertEquals(found?.problem, undefined);
        if (end.kind === "returned" && end.value.freed) assertEquals(found, undefined);
        assertOk(await acquireClaim(ctx, { name: "x", holder: "a" }, alive));
        assertOk(await releaseClaim(ctx, { name: "x", holder: "a" }, alive));
        assertEquals(listClaims(ctx), []);
      },
    });
  });
}
