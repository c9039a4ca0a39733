import fc from "fast-check";
import { assert, assertEquals, assertOk } from "../kit/assert.ts";
import { makeContext } from "../kit/context.ts";
import { dropGoal, mortal, told, waitOnce, writeGoal } from "../kit/waiting.ts";
import { realSys, type Sys } from "../../src/os/sys.ts";
import { realFiles } from "../../src/os/real_files.ts";
import { type Delivery, recordDelivery } from "../../src/world/wait.ts";
import type { Context } from "../../src/profile/profile.ts";

/** What may happen between two looks, and to a waiter. */
type Step =
  | { readonly kind: "write"; readonly goal: string; readonly text: string }
  | { readonly kind: "drop"; readonly goal: string }
  /** Runs a wait that looks once. `end`: how far its process comes. `after`: whether its reader says what was read last. */
  | {
    readonly kind: "wait";
    readonly end: "recorded" | "killed printing" | "killed before printing";
    readonly after: boolean;
  };

const goal = fc.constantFrom("a", "b", "c");

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("write" as const), goal, text: fc.constantFrom("1", "2", "3") }),
  fc.record({ kind: fc.constant("drop" as const), goal }),
  fc.record({
    kind: fc.constant("wait" as const),
    end: fc.constantFrom(
      "recorded" as const,
      "recorded" as const,
      "killed printing" as const,
      "killed before printing" as const,
    ),
    after: fc.boolean(),
  }),
);

type Goals = ReadonlyMap<string, string>;

/** What a reader believes: the goals as the deliveries told them, taken in once an id, and each delivery in full. */
class Reader {
  readonly #told = new Map<string, readonly string[]>();
  goals: Goals = new Map();
  lastRead: string | undefined;

  read({ id, changes }: Delivery, now: Goals): void {
    const lines = told({ changes: changes.filter(({ item }) => item.startsWith("goal:")) });
    const before = this.#told.get(id);
    // Twice only under the same id, and then in the same words.
    if (before !== undefined) return assertEquals(lines, before, `delivery ${id} says something else the second time`);
    this.#told.set(id, lines);
    const goals = new Map(this.goals);
    for (const { item } of changes.filter(({ item }) => item.startsWith("goal:"))) {
      const name = item.slice("goal:".length);
      const text = now.get(name);
      if (text === undefined) goals.delete(name);
      else goals.set(name, text);
    }
    this.goals = goals;
    this.lastRead = id;
  }
}

Deno.test("a reader who takes in each delivery once knows the world, however its waiters die", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
      await using test = await makeContext();
      const { context } = test;
      const files = new Map<string, string>();
      const reader = new Reader();
      for (const one of steps) {
        if (one.kind === "write") {
          writeGoal(context, one.goal, one.text);
          files.set(one.goal, one.text);
        } else if (one.kind === "drop") {
          if (files.delete(one.goal)) dropGoal(context, one.goal);
        } else {
          await wait(context, one, { reader, files });
        }
      }
      for (let rounds = 0; rounds < 4; rounds++) {
        await wait(context, { end: "recorded", after: rounds > 1 }, { reader, files });
      }
      assertEquals([...reader.goals].sort(), [...files].sort());
      const quiet = await waitOnce(context);
      assertEquals(quiet.kind, "pending");
    }),
    { numRuns: 60 },
  );
});

async function wait(
  context: Context,
  how: { readonly end: Extract<Step, { readonly kind: "wait" }>["end"]; readonly after: boolean },
  { reader, files }: { readonly reader: Reader; readonly files: Goals },
): Promise<void> {
  const process = mortal(context);
  const after = how.after ? reader.lastRead : undefined;
  const end = await waitOnce(process.context, { after });
  if (end.kind === "delivery") {
    if (how.end !== "killed before printing") reader.read(end.delivery, files);
    if (how.end === "recorded") assertOk(await recordDelivery(process.context, end.delivery));
  }
  process.die();
}

/** A machine on which `change` happens in front of the n-th call that a waiter makes. */
function changingAt(sys: Sys, n: number, change: () => void): { readonly sys: Sys; happened(): boolean } {
  let calls = 0;
  const before = <A extends readonly unknown[], R>(call: (...args: A) => R) => (...args: A): R => {
    if (++calls === n) change();
    return call(...args);
  };
  return {
    happened: () => calls >= n,
    sys: {
      open: before(sys.open),
      lstat: before(sys.lstat),
      list: before(sys.list),
      mkdir: before(sys.mkdir),
      chmod: before(sys.chmod),
      rename: before(sys.rename),
      link: before(sys.link),
      unlink: before(sys.unlink),
      rmdir: before(sys.rmdir),
      realPath: before(sys.realPath),
      readText: before(sys.readText),
    },
  };
}

Deno.test("a change at any instant of a wait's life is delivered once, by it or by the next", async () => {
  const sys = realSys();
  for (let n = 1;; n++) {
    await using test = await makeContext();
    const { context } = test;
    writeGoal(context, "old", "1");
    const first = await waitOnce(context);
    assert(first.kind === "delivery");
    assertOk(await recordDelivery(context, first.delivery));
    writeGoal(context, "before", "1");

    const machine = changingAt(sys, n, () => writeGoal(context, "new", "1"));
    const waiter: Context = { ...context, os: { ...context.os, files: realFiles(machine.sys) } };
    const lines: string[] = [];
    for (const ctx of [waiter, context, context]) {
      const end = await waitOnce(ctx);
      if (end.kind === "pending") continue;
      lines.push(...told(end.delivery));
      assertOk(await recordDelivery(ctx, end.delivery));
    }
    if (!machine.happened()) {
      assert(n > 30, "the wait made no calls to change the world at");
      return;
    }
    assertEquals(lines.sort(), ["added goal:before", "added goal:new"], `at call ${n}`);
  }
});
