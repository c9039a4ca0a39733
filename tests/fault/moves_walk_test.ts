import { join } from "node:path";
import { assert, assertEquals, assertOk } from "../kit/assert.ts";
import { type Fault, walk, type WalkEnd } from "../kit/faulty_os.ts";
import type { Context } from "../../src/profile/profile.ts";
import type { Result } from "../../src/failure.ts";
import { costLine } from "../../src/cost/format.ts";
import { reportOf } from "../../src/cost/report.ts";
import { appendCost, rollUpCost, tallyLedger } from "../../src/cost/store.ts";
import { archivedGoals, listGoals } from "../../src/goals/store.ts";
import { appendJournal, journalTail } from "../../src/journal/store.ts";
import { executeMove } from "../../src/moves/execute.ts";
import type { Move } from "../../src/moves/schema.ts";
import { ackedNotices, ackNotices, openNotices, raiseNotice, sweepNotices } from "../../src/notices/store.ts";
import { playbookHistory, readPlaybook } from "../../src/playbook/store.ts";

const FAULTS: readonly Fault[] = ["ENOSPC", "EACCES", "EIO", "short_write", "crash"];

const BODY = (n: number) => `---\ngoal: state ${n}\n---\n`;

function move(ctx: Context, what: Move): Promise<Result<unknown>> {
  return executeMove(ctx, { kind: "root" }, what);
}

function done(end: WalkEnd<Result<unknown>>): boolean {
  return end.kind === "returned" && end.value.ok;
}

/** No half file anywhere: whatever has the name of a goal, playbook or notice is whole. Hidden leftovers of a crash may be there. */
function names(ctx: Context, dir: string): readonly string[] {
  const listed = assertOk(ctx.os.files.list(dir));
  return listed.filter((entry) => entry.kind === "file" && !entry.name.startsWith(".")).map((entry) => entry.name);
}

for (const fault of FAULTS) {
  Deno.test(`goal write under ${fault} leaves the old goal or the new, and the repetition succeeds`, async () => {
    await walk({
      fault,
      prepare: (ctx) => move(ctx, { kind: "goal.write", id: "a", body: BODY(1) }),
      act: (ctx) => move(ctx, { kind: "goal.write", id: "a", body: BODY(2) }),
      check: async (ctx, end) => {
        const text = assertOk(listGoals(ctx))[0]?.text;
        assert(text === BODY(1) || text === BODY(2));
        if (done(end)) assertEquals(text, BODY(2));
        assertEquals(names(ctx, ctx.profile.paths.goals), ["a.md"]);
        assertOk(await move(ctx, { kind: "goal.write", id: "a", body: BODY(2) }));
        assertEquals(assertOk(listGoals(ctx))[0]?.text, BODY(2));
      },
    });
  });

  Deno.test(`goal archive under ${fault} loses nothing, overwrites nothing, and is finished by the repetition`, async () => {
    await walk({
      fault,
      prepare: async (ctx) => {
        assertOk(await move(ctx, { kind: "goal.write", id: "a", body: BODY(1) }));
        assertOk(await move(ctx, { kind: "goal.archive", id: "a" }));
        assertOk(await move(ctx, { kind: "goal.write", id: "a", body: BODY(2) }));
      },
      act: (ctx) => move(ctx, { kind: "goal.archive", id: "a" }),
      check: async (ctx, end) => {
        if (done(end)) assertEquals(assertOk(listGoals(ctx)), []);
        const again = await move(ctx, { kind: "goal.archive", id: "a" });
        assert(again.ok || again.failure.kind === "not_found");
        assertEquals(assertOk(listGoals(ctx)), []);
        assertEquals(assertOk(archivedGoals(ctx)).map((goal) => [goal.id, goal.text]), [["a", BODY(1)], [
          "a-2",
          BODY(2),
        ]]);
      },
    });
  });

  Deno.test(`playbook write under ${fault} keeps the body that was in force`, async () => {
    await walk({
      fault,
      prepare: async (ctx) => {
        for (const body of ["one", "two"]) assertOk(await move(ctx, { kind: "playbook.write", body }));
      },
      act: (ctx) => move(ctx, { kind: "playbook.write", body: "three" }),
      check: async (ctx, end) => {
        const before = readPlaybook(ctx);
        assert(before.kind === "text" && ["two\n", "three\n"].includes(before.text));
        if (done(end)) assertEquals(before.text, "three\n");
        assertOk(await move(ctx, { kind: "playbook.write", body: "three" }));
        const kept = playbookHistory(ctx).map((name) =>
          ctx.os.files.readListed(join(ctx.profile.paths.playbookHistory, name))
        );
        assertEquals(kept, ["one\n", "two\n"]);
      },
    });
  });

  Deno.test(`notify under ${fault} gives whole notices, and no number twice`, async () => {
    await walk({
      fault,
      prepare: (ctx) => raiseNotice(ctx, { source: "notify", message: "one" }),
      act: (ctx) => raiseNotice(ctx, { source: "notify", message: "two" }),
      check: async (ctx, end) => {
        const seen = openNotices(ctx);
        assertEquals(names(ctx, ctx.profile.paths.notices).length, seen.length);
        if (end.kind === "returned" && end.value.ok) assertEquals(seen.at(-1)?.message, "two");
        const next = assertOk(await raiseNotice(ctx, { source: "notify", message: "three" }));
        assert(seen.every((notice) => notice.n < next.n));
      },
    });
  });

  Deno.test(`acknowledging and sweeping notices under ${fault} loses none`, async () => {
    const kept = (ctx: Context) => {
      const found = ctx.os.files.read(join(ctx.profile.paths.notices, "acked", "1970-01.ndjson"));
      return found.kind === "text"
        ? found.text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line).n as number)
        : [];
    };
    await walk({
      fault,
      context: { now: 1000 },
      prepare: async (ctx) => {
        for (const message of ["one", "two"]) assertOk(await raiseNotice(ctx, { source: "notify", message }));
      },
      act: async (ctx) => {
        const acked = await ackNotices(ctx, "all");
        if (!acked.ok) return acked;
        return await sweepNotices(ctx, 1000 + 30 * 86_400_000);
      },
      check: async (ctx) => {
        const all = new Set([...openNotices(ctx), ...ackedNotices(ctx)].map((notice) => notice.n).concat(kept(ctx)));
        assertEquals([...all].sort(), [1, 2]);
        assertOk(await ackNotices(ctx, "all"));
        assertOk(await sweepNotices(ctx, 1000 + 30 * 86_400_000));
        assertEquals([openNotices(ctx), ackedNotices(ctx)], [[], []]);
        assertEquals([...new Set(kept(ctx))].sort(), [1, 2]);
      },
    });
  });

  Deno.test(`the ledger under ${fault}: an append is there whole or not at all, and rolling up counts nothing twice`, async () => {
    const january = new Date(2026, 0, 5).getTime();
    const sum = (ctx: Context) => reportOf(assertOk(tallyLedger(ctx))).micros;
    const entry = (micros: number) => ({ ts: january, micros, kind: "session", id: "w" }) as const;
    await walk({
      fault,
      prepare: async (ctx) => assertOk(await appendCost(ctx, entry(1))),
      act: async (ctx) => {
        const appended = await appendCost(ctx, entry(2));
        if (!appended.ok) return appended;
        return await rollUpCost(ctx, new Date(2026, 1, 1).getTime());
      },
      check: async (ctx, end) => {
        const before = sum(ctx);
        assert([1, 3].includes(before));
        if (done(end)) assertEquals(before, 3);
        assertOk(await rollUpCost(ctx, new Date(2026, 1, 1).getTime()));
        assertOk(await appendCost(ctx, entry(4)));
        assertEquals(sum(ctx), before + 4);
        assertEquals(reportOf(assertOk(tallyLedger(ctx))).skipped, 0);
      },
    });
  });

  Deno.test(`the journal under ${fault}, rotation included, has whole lines and loses none that was said to be there`, async () => {
    await walk({
      fault,
      context: { config: { journalMaxBytes: 120 } },
      prepare: async (ctx) => {
        for (let n = 0; n < 4; n++) assertOk(await appendJournal(ctx, `line ${n}`));
      },
      act: (ctx) => appendJournal(ctx, "line 4"),
      check: async (ctx, end) => {
        const lines = journalTail(ctx, 10).map((line) => /line (\d)$/.exec(line)?.[1]);
        assertEquals(lines, (done(end) || lines.length === 5 ? [0, 1, 2, 3, 4] : [0, 1, 2, 3]).map(String));
        assertOk(await appendJournal(ctx, "line 5"));
        assertEquals(journalTail(ctx, 1)[0]?.endsWith("line 5"), true);
      },
    });
  });

  Deno.test(`run under ${fault}: what ran is journaled or told as cut off, and what could not be recorded did not run`, async () => {
    await walk({
      fault,
      act: (ctx) => move(ctx, { kind: "run", argv: ["touch ran"] }),
      check: (ctx, end) => {
        const ran = ctx.os.files.stat(join(ctx.profile.paths.root, "ran")).ok;
        const left = names(ctx, ctx.profile.paths.runs).some((name) => name.startsWith("intent-"));
        const told = journalTail(ctx, 5).length > 0;
        if (done(end)) assert(ran);
        if (end.kind === "crashed" && ran) assert(told || left, "a crash in the middle leaves its record");
        if (end.kind === "returned" && !end.value.ok) assert(!ran);
      },
    });
  });
}

Deno.test("a ledger of a forerunner is rolled up like any other", async () => {
  await walk({
    fault: "crash",
    prepare: (ctx) => {
      const line = '{"ts":"2026-01-05T10:00:00Z","kind":"tick","id":"t","runner":"pi","cost_usd":0.1}';
      const own = costLine({ ts: Date.UTC(2026, 0, 6), micros: 1, kind: "tick", id: "t" });
      Deno.writeTextFileSync(ctx.profile.paths.cost, `${line}\n${own}\n`);
    },
    act: (ctx) => rollUpCost(ctx, Date.UTC(2026, 2, 1)),
    check: async (ctx) => {
      assertEquals(reportOf(assertOk(tallyLedger(ctx))).micros, 100_001);
      assertOk(await rollUpCost(ctx, Date.UTC(2026, 2, 1)));
      assertEquals(reportOf(assertOk(tallyLedger(ctx))).micros, 100_001);
    },
  });
});
