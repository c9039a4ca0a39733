/**
 * A thousand rounds of everything at once, each round a handful of callers with nothing in common but the files. They run in one process,
 * each with a terminal and an environment of its own: locks belong to open files, so they hold these callers apart as they would
 * processes, and twenty thousand starts of the program would take the better part of an hour. Here they change places only where one of
 * them waits; processes, which do so anywhere and may be killed, race in tests/kit/crowd.ts (tests/e2e/mailbox_crowd_test.ts and
 * tests/soak/mailbox_test.ts, where a hundred come at once). `up`, which starts one, is raced with real ones below.
 */
import { assert, assertEquals, assertOk } from "../kit/assert.ts";
import { makeContext, type TestContext } from "../kit/context.ts";
import { makeRig } from "../kit/rig.ts";
import { captureTerminal } from "../kit/terminal.ts";
import { runCli } from "../../src/cli/run_cli.ts";
import { queueTell } from "../../src/mailbox/tells.ts";

const ROUNDS = 1_000;

/** Each is six starts at once, a pulse and its end: about a second on a busy machine. */
const STARTS = 40;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** One call, as `session` if one is named; its own terminal, files opened by itself. */
async function call(test: TestContext, words: readonly string[], session?: string): Promise<Ended> {
  const terminal = captureTerminal();
  const { environment } = test.os;
  const get = (name: string) => name === "LOOOP_SESSION_ID" ? session : environment.get(name);
  const code = await runCli({ ...test.os, terminal, environment: { ...environment, get } }, words);
  return { code, out: terminal.out().trim(), err: terminal.err() };
}

Deno.test("in a thousand rounds of asks, answers, claims, messages and policy at once nothing is doubled and nothing lost", async () => {
  await using test = await makeContext({ bare: true });
  assertEquals((await call(test, ["init", "--runner", "sh", "--yes"])).code, 0);
  const seen = new Set<string>();
  const done: string[][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const where = `round ${round}`;
    const ask = ["_", "ask", "w", "--key", `k${round}`, "--prompt", `Round ${round}?`, "--no-wait"];
    assertOk(await queueTell(test.context, { worker: "t", text: where, by: "test" }));
    const goal = (by: string) => ["_", "goal", "write", "race", `---\ngoal: ${where} by ${by}\n---\n`];
    const [asks, claims, told, goals, settings] = await Promise.all([
      Promise.all([call(test, ask), call(test, ask), call(test, ask)]),
      Promise.all(["a", "b", "c"].map((session) => call(test, ["_", "claim", `c${round % 7}`], session))),
      Promise.all([call(test, ["_", "told", "t", "--json"]), call(test, ["_", "told", "t", "--json"])]),
      Promise.all([call(test, goal("one")), call(test, goal("two"))]),
      Promise.all([
        call(test, ["config", "set", "max_workers", String(1 + round % 9)]),
        call(test, ["config", "set", "interval", `${1 + round % 8}m`]),
      ]),
    ]);
    for (const ended of [...asks, ...told, ...goals, ...settings]) {
      assertEquals([where, ended.code], [where, 0], ended.err);
    }
    const ids = new Set(asks.map(({ out }) => out));
    assertEquals([where, ids.size], [where, 1]);
    const [id = ""] = ids;
    assert(!seen.has(id), `${where}: ${id} was used before`);
    seen.add(id);
    assertEquals([where, ...claims.map(({ code }) => code).sort()], [where, 0, 4, 4]);
    const holder = ["a", "b", "c"][claims.findIndex(({ code }) => code === 0)];
    const read = told.flatMap(({ out }) => JSON.parse(out) as readonly { readonly text: string }[]);
    assertEquals(read.map(({ text }) => text), [where]);
    const shown = (await call(test, ["_", "goal", "show", "race"])).out;
    assert(/by (one|two)\b/.test(shown) && shown.includes(where), shown);
    const config = JSON.parse(await Deno.readTextFile(`${test.dir}/config.json`));
    assertEquals([config.max_workers, config.interval], [1 + round % 9, `${1 + round % 8}m`]);

    const answers = await Promise.all([1, 2, 3].map((n) => call(test, ["_", "answer", id, `answer ${n}`])));
    assertEquals([where, ...answers.map(({ code }) => code).sort()], [where, 0, 4, 4]);
    const winner = answers.findIndex(({ code }) => code === 0) + 1;
    const [first, second] = await Promise.all([call(test, ask.slice(0, -1)), call(test, ask.slice(0, -1))]);
    assertEquals([where, first?.out, second?.out], [where, `answer ${winner}`, `answer ${winner}`]);
    done.push([`goal race: ${where} by one`, `goal race: ${where} by two`, `answered ${id}: answer ${winner}`]);
    assertEquals((await call(test, ["_", "unclaim", `c${round % 7}`], holder)).code, 0);
  }
  // One line for each move that was made and none for those refused, the rounds in their order; within one either goal may come first.
  const journal = await Deno.readTextFile(`${test.dir}/journal.md`);
  const told = [...journal.matchAll(/^- .* root (?:goal\.write (?:added|rewrote) |answer )(.*)$/gm)].map((
    [, what = ""],
  ) => what);
  assertEquals(journal.trimEnd().split("\n").length, told.length);
  assertEquals(done.map((_, round) => told.slice(3 * round, 3 * round + 3).sort()), done.map((lines) => lines.sort()));
  assertEquals(told.length, 3 * ROUNDS);
});

Deno.test("of many pulses that are started at once one runs, again and again", async () => {
  await using rig = await makeRig();
  await rig.ok(["init", "--runner", "sh", "--yes"]);
  for (let round = 0; round < STARTS; round++) {
    const ups = await Promise.all(Array.from({ length: 6 }, () => rig.ok(["up", "--json"])));
    const said = ups.map((up) => up.json<{ pid: number; started: boolean }>());
    assertEquals(new Set(said.map(({ pid }) => pid)).size, 1, `round ${round}`);
    assertEquals(said.filter(({ started }) => started).length, 1, `round ${round}`);
    await rig.ok(["down"]);
  }
});
