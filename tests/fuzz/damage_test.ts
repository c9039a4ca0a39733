import fc from "fast-check";
import { dirname, join } from "node:path";
import { assert, assertEquals } from "../kit/assert.ts";
import { makeContext, type TestContext } from "../kit/context.ts";
import { fuzzRuns, nastyJson, nastyText } from "../kit/nasty.ts";
import { captureTerminal } from "../kit/terminal.ts";
import { EXIT_CODES } from "../../src/failure.ts";
import { runCli } from "../../src/cli/run_cli.ts";

/** What puts one record of each kind into a profile. */
const FILLED: readonly (readonly string[])[] = [
  ["init", "--runner", "sh", "--yes"],
  ["_", "ask", "w", "--prompt", "One?", "--options", "yes,no", "--no-wait"],
  ["_", "ask", "w", "--prompt", "Two?", "--key", "k", "--no-wait"],
  ["_", "answer", "w-2", "yes"],
  ["flag", "w", "look"],
  ["_", "claim", "thing", "--for", "1h"],
  ["_", "notify", "something"],
  ["_", "schedule", "write", "soon", "--every", "5m"],
  ["_", "cost", "session", "w", "sh", "0.5"],
  ["_", "goal", "write", "green", "---\ngoal: stay green\n---\n"],
  ["_", "state"],
  ["_", "wait", "--json"],
];

/** What is read then, whatever lies there. The last ones change something, beside the damage. */
const LINES: readonly (readonly string[])[] = [
  ["_", "state", "--json"],
  ["status", "--json"],
  ["asks", "--all", "--json"],
  ["ls", "-a", "--json"],
  ["cost", "all", "--json"],
  ["journal", "--json"],
  ["notices", "--json"],
  ["log", "--asks", "--json"],
  ["config", "show", "--json"],
  ["_", "goal", "list", "--json"],
  ["_", "sensor", "list", "--json"],
  ["_", "schedule", "list", "--json"],
  ["_", "playbook", "show", "--json"],
  ["_", "told", "w", "--json"],
  ["_", "wait", "--timeout", "0", "--json"],
  ["_", "ask", "w", "--prompt", "Two?", "--key", "k", "--timeout", "0", "--json"],
  ["answer", "w-1", "yes", "--other", "--json"],
  ["_", "claim", "thing", "--for", "1h", "--json"],
  ["_", "notify", "again", "--json"],
  ["_", "goal", "write", "blue", "---\ngoal: stay blue\n---\n", "--json"],
];

/** Keys of our records, so that wrong values stand where right ones would. */
const KEYS = [
  "v",
  "id",
  "worker",
  "kind",
  "prompt",
  "ts",
  "answer",
  "by",
  "options",
  "expires",
  "session",
  "n",
  "items",
  "interval",
];

const CODES: ReadonlySet<number> = new Set([0, ...Object.values(EXIT_CODES)]);

type Damage =
  | { readonly kind: "cut"; readonly at: number }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "flip"; readonly at: number; readonly bit: number }
  | { readonly kind: "directory" | "dangling" | "closed" | "gone" };

Deno.test("a profile with damaged files is read and used, told of, and never a reason to break down", async () => {
  await using made = await makeContext({ bare: true });
  for (const line of FILLED) assertEquals([line, (await looop(made, line)).code], [line, 0]);
  const files = filesBelow(made.dir).filter((path) => !path.includes("/sensors/") && !path.includes("/.lock/"));
  assert(files.length > 15);
  const damages = fc.array(fc.tuple(fc.nat(files.length - 1), damage()), { minLength: 1, maxLength: 3 });
  const lines = fc.shuffledSubarray([...LINES], { minLength: 6, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(damages, lines, async (hits, run) => {
      await using test = await makeContext({ bare: true });
      copyTree(made.dir, test.dir);
      const hit = hits.map(([n, harm]) => `${files[n]} ${JSON.stringify(harm).slice(0, 120)}`);
      for (const [n, harm] of hits) inflict(join(test.dir, files[n] ?? ""), harm);
      for (const line of run) judge(line, await looop(test, line), hit);
    }),
    { numRuns: fuzzRuns(60) },
  );
});

function judge(line: readonly string[], ended: Ended, hit: readonly string[]): void {
  const { code, out, err } = ended;
  const where = `${line.join(" ")} on ${hit.join(", ")}: ${code}\n${err}\n${out.slice(0, 500)}`;
  assert(CODES.has(code) && code !== EXIT_CODES.usage, where);
  assert(!err.includes("a bug in looop"), where);
  for (const text of out.trim() === "" ? [] : jsonTexts(out)) assert(isJson(text), where);
  if (code !== 0 && code !== EXIT_CODES.pending) assert(/^looop: Cannot \S/m.test(err), where);
}

/** One value, or one a line. */
function jsonTexts(out: string): readonly string[] {
  return isJson(out) ? [out] : out.trim().split("\n");
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function looop(test: TestContext, line: readonly string[]): Promise<Ended> {
  const terminal = captureTerminal();
  const code = await runCli({ ...test.os, terminal }, line);
  return { code, out: terminal.out(), err: terminal.err() };
}

function damage(): fc.Arbitrary<Damage> {
  const text = fc.oneof(
    nastyText(),
    nastyJson(KEYS).map((value) => JSON.stringify(value) ?? ""),
    fc.dictionary(fc.constantFrom(...KEYS), nastyJson(KEYS), { maxKeys: 8 }).map((value) => JSON.stringify(value)),
  );
  return fc.oneof(
    fc.record({ kind: fc.constant("cut" as const), at: fc.nat(400) }),
    fc.record({ kind: fc.constant("text" as const), text }),
    fc.record({ kind: fc.constant("flip" as const), at: fc.nat(400), bit: fc.nat(7) }),
    fc.constantFrom("directory" as const, "dangling" as const, "closed" as const, "gone" as const).map((kind) => ({
      kind,
    })),
  );
}

function inflict(path: string, harm: Damage): void {
  const bytes = (): Uint8Array => {
    try {
      return Deno.readFileSync(path);
    } catch {
      return new Uint8Array(); // an earlier one has taken it
    }
  };
  switch (harm.kind) {
    case "cut":
      return write(path, bytes().subarray(0, harm.at));
    case "text":
      return write(path, new TextEncoder().encode(harm.text));
    case "flip": {
      const flipped = bytes();
      const at = flipped.length === 0 ? 0 : harm.at % flipped.length;
      if (flipped.length > 0) flipped[at] = (flipped[at] ?? 0) ^ (1 << harm.bit);
      return write(path, flipped);
    }
    case "gone":
      return remove(path);
    case "directory":
      remove(path);
      return Deno.mkdirSync(path, { mode: 0o700 });
    case "dangling":
      remove(path);
      return Deno.symlinkSync(join(dirname(path), "nowhere"), path);
    case "closed":
      // Root reads it all the same; for everybody else it cannot be read.
      return chmod(path);
  }
}

function write(path: string, bytes: Uint8Array): void {
  remove(path);
  Deno.writeFileSync(path, bytes, { mode: 0o600 });
}

function remove(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch {
    // an earlier damage has taken it
  }
}

function chmod(path: string): void {
  try {
    Deno.chmodSync(path, 0);
  } catch {
    // an earlier damage has taken it
  }
}

function filesBelow(dir: string, inner = ""): string[] {
  return [...Deno.readDirSync(join(dir, inner))].flatMap((entry) => {
    const path = `${inner}/${entry.name}`;
    return entry.isDirectory ? filesBelow(dir, path) : [path];
  }).sort();
}

function copyTree(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const entry of Deno.readDirSync(from)) {
    if (entry.isDirectory) copyTree(join(from, entry.name), join(to, entry.name));
    else {
      Deno.copyFileSync(join(from, entry.name), join(to, entry.name));
    }
  }
}
