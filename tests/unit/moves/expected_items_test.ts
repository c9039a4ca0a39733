import { assertEquals, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import { raiseAsk, take, told } from "../../kit/waiting.ts";
import { executeMove } from "../../../src/moves/execute.ts";
import type { Move } from "../../../src/moves/schema.ts";
import type { Actor } from "../../../src/profile/profile.ts";

const ROOT: Actor = { kind: "root", client: "root" };

/** Moves in an order in which each changes something, and the items that it changes. */
const MOVES: readonly (readonly [Move, readonly string[]])[] = [
  [{ kind: "goal.write", id: "g", body: "---\ngoal: it is so\n---\r\n\n\n" }, ["added goal:g"]],
  [{ kind: "goal.write", id: "g", body: "---\ngoal: it is otherwise\n---" }, ["changed goal:g"]],
  [{ kind: "goal.archive", id: "g" }, ["removed goal:g"]],
  [{ kind: "goal.write", id: "setup", body: "---\ngoal: it is set up\n---\n" }, ["added goal:setup"]],
  [{ kind: "goal.archive", id: "setup" }, ["removed ask:setup-1", "removed goal:setup"]],
  [{ kind: "playbook.write", body: "do as is right\r\n" }, ["added playbook"]],
  [{ kind: "schedule.write", name: "s", every: 3_600_000 }, ["added schedule:s"]],
  [{ kind: "schedule.rm", name: "s" }, ["removed schedule:s"]],
  [{ kind: "notify", message: "look" }, ["added notice:1"]],
  [{ kind: "withdraw", ask: "w-1" }, ["removed ask:w-1"]],
];

Deno.test("executeMove() for a client leaves exactly what it announced: its wait sleeps on, and is told in passing", async () => {
  await using test = await makeContext();
  const { context } = test;
  raiseAsk(context, "setup-1");
  raiseAsk(context, "w-1");
  await take(context);
  await take(context, { client: "other" });
  for (const [move, lines] of MOVES) {
    assertOk(await executeMove(context, ROOT, move));
    assertEquals(await take(context), undefined, `${move.kind} woke its own client`);
    assertEquals(told(await take(context, { client: "other" })), lines, move.kind);
  }
  assertOk(await executeMove(context, { kind: "human" }, { kind: "goal.write", id: "h", body: "---\ngoal: x\n---\n" }));
  assertEquals(told(await take(context)), [
    "removed ask:setup-1 by root",
    "removed ask:w-1 by root",
    "added goal:h",
    "added notice:1 by root",
    "added playbook by root",
  ]);
});
