import { assert, assertEquals } from "./assert.ts";
import type { Ran, Rig, Started } from "./rig.ts";
import { waitUntil } from "./wait_until.ts";

/** How big a crowd is. */
export interface CrowdOptions {
  /** Another seed, other kills. */
  readonly seed: number;
  readonly questions: number;
  /** Messages of each of three senders. */
  readonly messages: number;
}

/** What the crowd was told, to be held against what a mailbox may do. */
interface Account {
  /** By question: what each asker that ended well was given, and the answers that were reported as given. */
  readonly given: Map<string, Set<string>>;
  readonly accepted: Map<string, Set<string>>;
  /** Messages by what became of sending them, and each as it was printed, by its id. */
  readonly sent: Set<string>;
  readonly attempted: Set<string>;
  readonly printed: Map<string, string>;
}

/** The worker that messages go to. */
const READER = "reader";

/** The exit code of what was ended by SIGKILL. */
const KILLED = 137;

/**
 * Lets many processes at once ask, answer, tell and read in one profile, while a good part of them is killed at some instant, and
 * holds what they were told against a model: one answer a question, whoever asks and however often; what was reported as accepted is
 * there; each message has one id, is read, and in the order in which its sender sent it.
 */
export async function runCrowd(rig: Rig, options: CrowdOptions): Promise<void> {
  const chance = random(options.seed);
  const account: Account = {
    given: new Map(),
    accepted: new Map(),
    sent: new Set(),
    attempted: new Set(),
    printed: new Map(),
  };
  await rig.ok(["init", "--runner", "sh", "--yes"]);
  await rig.ok(["_", "worker", "start", READER, "exec sleep 1000", "--runner", "sh"]);
  const names = Array.from({ length: options.questions }, (_, n) => `q${n}`);
  const reading = { over: false };
  const reader = readAll(rig, account, { chance, reading });
  await Promise.all([
    ...[0, 1].map((half) =>
      inTurn(names.filter((_, n) => n % 2 === half), (name) => settle(rig, account, { name, chance }))
    ),
    ...["a", "b", "c"].map((sender) => sendAll(rig, account, { sender, count: options.messages, chance })),
  ]);
  reading.over = true;
  await reader;
  judge(rig, account, names);
  await rig.ok(["_", "kill", READER]);
}

/** Two processes ask the same at once, two answer it; those that are killed ask again until they have the answer. */
async function settle(
  rig: Rig,
  account: Account,
  how: { readonly name: string; readonly chance: () => number },
): Promise<void> {
  const { name, chance } = how;
  const ask = async () => {
    for (;;) {
      const ended = await maybeKilled(rig.start(["_", "ask", "w", "--key", name, "--prompt", `${name}?`]), chance);
      if (ended === undefined) continue;
      assertEquals([ended.code, ended.stderr.includes("Cannot")], [0, false], ended.stderr);
      return note(account.given, name, ended.stdout);
    }
  };
  const answer = async (by: string) => {
    const id = await waitUntil(`${name} is asked`, () => idOf(rig, name));
    for (let first = true;; first = false) {
      const text = `${name} by ${by}`;
      const ended = await maybeKilled(rig.start(["_", "answer", id, text]), chance);
      if (ended === undefined) continue;
      // One that was killed may have been heard: what it then learns is that the question is answered.
      assert(ended.code === 0 || ended.code === 4, ended.stderr);
      if (ended.code === 0 && first) note(account.accepted, name, text);
      return;
    }
  };
  await Promise.all([ask(), ask(), answer("one"), answer("two")]);
}

async function sendAll(
  rig: Rig,
  account: Account,
  how: { readonly sender: string; readonly count: number; readonly chance: () => number },
): Promise<void> {
  for (let n = 0; n < how.count; n++) {
    const text = `${how.sender} ${n}`;
    account.attempted.add(text);
    const ended = await maybeKilled(rig.start(["_", "tell", READER, text]), how.chance);
    if (ended === undefined) continue;
    assertEquals(ended.code, 0, ended.stderr);
    account.sent.add(text);
  }
}

/** Reads until everything was sent, then once more for the rest. */
async function readAll(
  rig: Rig,
  account: Account,
  how: { readonly chance: () => number; readonly reading: { over: boolean } },
): Promise<void> {
  for (let last = false; !last;) {
    last = how.reading.over;
    const started = rig.start(["_", "told", READER, "--json"]);
    // One that was killed may have printed everything and marked it, too.
    const ended = await (last ? started.end : killedOrNot(started, how.chance));
    if (ended.code === KILLED && ended.stdout === "") continue;
    assert(ended.code === 0 || ended.code === KILLED, ended.stderr);
    for (const { id, text } of JSON.parse(ended.stdout) as readonly { id: string; text: string }[]) {
      assertEquals(account.printed.get(id) ?? text, text);
      account.printed.set(id, text);
    }
  }
}

/** Its end; every third is killed, somewhere within a start of the program and a little more. */
async function killedOrNot(started: Started, chance: () => number): Promise<Ran> {
  await started.closeStdin();
  if (chance() > 0.34) return await started.end;
  const timer = setTimeout(() => started.signal("SIGKILL"), chance() * 250);
  const ended = await started.end;
  clearTimeout(timer);
  return ended;
}

/** Its end, or undefined when it was killed first. */
async function maybeKilled(started: Started, chance: () => number): Promise<Ran | undefined> {
  const ended = await killedOrNot(started, chance);
  return ended.code === KILLED ? undefined : ended;
}

function judge(rig: Rig, account: Account, names: readonly string[]): void {
  const asks = rig.names("asks").filter((name) => /^w-\d+\.json$/.test(name));
  assertEquals(asks.length, names.length);
  for (const name of names) {
    const given = [...account.given.get(name) ?? []];
    const accepted = [...account.accepted.get(name) ?? []];
    assertEquals(given.length, 1, `${name} was given ${given.join(" and ")}`);
    assert(accepted.length <= 1 && accepted.every((text) => text === given[0]), `${name}: ${accepted} but ${given}`);
    assert(["one", "two"].some((by) => given[0] === `${name} by ${by}`), `${name}: nobody answered ${given}`);
  }
  const read = [...account.printed].sort(([a], [b]) => numberOf(a) - numberOf(b)).map(([, text]) => text);
  assertEquals(new Set(read).size, read.length, "a message has two ids");
  for (const text of account.sent) assert(read.includes(text), `"${text}" was accepted and never read`);
  for (const text of read) assert(account.attempted.has(text), `"${text}" was never sent`);
  for (const sender of ["a", "b", "c"]) {
    const own = read.filter((text) => text.startsWith(sender)).map(numberOf);
    assertEquals(own, [...own].sort((a, b) => a - b), `${sender}'s messages came out of order`);
  }
}

function numberOf(text: string): number {
  return Number(/(\d+)$/.exec(text)?.[1]);
}

function idOf(rig: Rig, key: string): string | undefined {
  for (const name of rig.names("asks")) {
    if (!/^w-\d+\.json$/.test(name)) continue;
    const { id, key: found } = JSON.parse(rig.file("asks", name));
    if (found === key) return id;
  }
  return undefined;
}

function note(into: Map<string, Set<string>>, name: string, text: string): void {
  into.set(name, (into.get(name) ?? new Set()).add(text));
}

async function inTurn<T>(things: readonly T[], action: (thing: T) => Promise<void>): Promise<void> {
  for (const thing of things) await action(thing);
}

/** Numbers between 0 and 1 that a seed decides (a linear congruential generator with the constants of Numerical Recipes). */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}
