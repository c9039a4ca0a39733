import { never } from "../base/result.ts";
import { stripControls } from "../base/text.ts";
import { EXIT_CODES, fail, type Failure, type Result } from "../failure.ts";
import type { Os } from "../os/os.ts";
import type { Context } from "../profile/profile.ts";
import { SPELLINGS } from "../verbs/spellings.ts";
import { entryAt, VERBS } from "../verbs/table.ts";
import type { Call, Input, VerbEntry, VerbModule } from "../verbs/verb.ts";
import { withBody } from "./body.ts";
import { audienceProblem, callerOf } from "./caller.ts";
import { leftToTheVerb, listenForInterrupts } from "./interrupts.ts";
import { printFailure, printValue } from "./output.ts";
import type { Parsed } from "./parse.ts";
import { parsePlain } from "./plain.ts";
import { type Resolution, resolve } from "./resolve.ts";

/** A verb that still runs after this long is one that waits: agents have many of those at a time. */
const STARTED_MS = 1_000;

/**
 * The command line: names a verb, hands it its input, prints what it answers. Answers the exit code; the caller ends the process
 * with it, because a read that is still pending (a silent stdin) would keep it alive.
 */
export async function runCli(os: Os, args: readonly string[]): Promise<number> {
  const json = asksForJson(args);
  try {
    return await route(os, resolve(args, { verbs: VERBS, spellings: SPELLINGS }), json);
  } catch (error) {
    return printBug(os, json, error);
  }
}

async function route(os: Os, named: Resolution, json: boolean): Promise<number> {
  switch (named.kind) {
    case "verb":
      return await runVerb(os, named.entry, named.words);
    case "bare":
      return await runBare(os, named.globals);
    case "group":
      return await runGroup(os, named.path, named.globals, json);
    case "unknown": {
      const typed = named.typed;
      const near = named.near.map((path) => `looop ${path}`).join(", ");
      return printFailure(os.terminal, json, {
        kind: "usage",
        thing: `run looop ${typed}`,
        state: typed.startsWith("-") ? `there is no option ${typed}` : "there is no such verb",
        hint: near === "" ? "all verbs: looop help" : `did you mean ${near}? all verbs: looop help`,
      });
    }
    default:
      return never(named);
  }
}

/** Bare `looop` is `status` and what to type next; its global options may ask for help or the version instead. */
async function runBare(os: Os, globals: readonly string[]): Promise<number> {
  const asked = (...names: readonly string[]) => globals.some((word) => names.includes(word));
  const name = asked("--version", "-V") ? "version" : asked("--help", "-h") ? "help" : "overview";
  const entry = entryAt([name]);
  if (entry === undefined) throw new Error(`the table has no verb "${name}"`);
  return await runVerb(os, entry, globals.filter((word) => !/^(--version|-V|--help|-h)$/.test(word)));
}

/** The beginning of several verbs: with `--help` their help, else a usage failure that names them. */
async function runGroup(os: Os, path: readonly string[], globals: readonly string[], json: boolean): Promise<number> {
  const help = entryAt(["help"]);
  if (help !== undefined && globals.some((word) => word === "--help" || word === "-h")) {
    return await runVerb(os, help, path);
  }
  const typed = path.join(" ");
  const members = VERBS.filter((entry) => entry.hidden !== true && path.every((word, i) => entry.path[i] === word));
  const verbs = members.length > 0
    ? members
    : VERBS.filter((entry) => entry.path.includes(path[path.length - 1] ?? ""));
  return printFailure(os.terminal, json, {
    kind: "usage",
    thing: `run looop ${typed}`,
    state: "that is the beginning of several verbs",
    hint: verbs.map((entry) => `looop ${entry.path.join(" ")}  ${entry.summary}`).join("\n"),
  });
}

async function runVerb(os: Os, entry: VerbEntry, words: readonly string[]): Promise<number> {
  // Beside whatever else is to be loaded before the verb can run.
  const loading = entry.load();
  loading.catch(() => {}); // told where it is awaited, if the verb gets that far
  const parsed = await parseWords(entry, words);
  const json = parsed.ok ? parsed.value.json : asksForJson(words);
  const refuse = (failure: Failure) => printFailure(os.terminal, json, failure);
  if (!parsed.ok) return refuse(parsed.failure);
  if (parsed.value.help) {
    const { verbHelp } = await import("../verbs/help/verb_help.ts");
    return os.terminal.writeOut(`${verbHelp(entry)}\n`) === "written" ? 0 : EXIT_CODES.failed;
  }
  const actor = callerOf(os.environment, entry, parsed.value.client);
  if (!actor.ok) return refuse(actor.failure);
  const kept = await audience(os, entry, actor.value);
  if (kept !== undefined) return refuse(kept);
  const input = await withBody(os.terminal, entry, parsed.value.input);
  if (!input.ok) return refuse(input.failure);
  const context = await openFor(os, entry);
  if (!context.ok) return refuse(context.failure);
  for (const note of context.value?.profile.notes ?? []) os.terminal.writeErr(`looop: ${stripControls(note)}\n`);
  if (context.value !== undefined && actor.value.session !== undefined) {
    const { noteSessionCall } = await import("../verbs/session_call.ts");
    noteSessionCall(context.value, actor.value.session, entry);
  }
  const module = await loading;
  const ended = new AbortController();
  void os.clock.sleep(STARTED_MS, ended.signal).then(() => ended.signal.aborted || os.environment.giveBack());
  const interrupts = entry.ownSignals === true ? leftToTheVerb() : listenForInterrupts(os.processes, os.clock);
  try {
    const call = callOf(os, { actor: actor.value, json, context: context.value, signal: interrupts.signal });
    const code = await interrupts.unlessForced(perform(call, module, input.value));
    return code ?? EXIT_CODES.interrupted;
  } finally {
    ended.abort();
    interrupts.stop();
  }
}

async function parseWords(entry: VerbEntry, words: readonly string[]): Promise<Result<Parsed>> {
  const plain = parsePlain(entry, words);
  if (plain !== undefined) return { ok: true, value: plain };
  const { parse } = await import("./parse.ts");
  return parse(entry, words);
}

async function audience(os: Os, entry: VerbEntry, actor: Call["actor"]): Promise<Failure | undefined> {
  if (actor.session === undefined || entry.effect === "read" || entry.audience === "worker") return undefined;
  const { isMetaSession } = await import("./meta_session.ts");
  const { session } = actor;
  const problem = audienceProblem(entry, actor, () => isMetaSession(os, session));
  return problem === undefined || problem.ok ? undefined : problem.failure;
}

/** Opens the profile as the entry asks for; undefined for a verb that does not look at it. */
async function openFor(os: Os, entry: VerbEntry): Promise<Result<Context | undefined>> {
  if (entry.profile === "none") return { ok: true, value: undefined };
  const { openProfile } = await import("../profile/open.ts");
  const mode = entry.effect === "read" ? "read" : entry.profile === "seed" ? "seed" : "change";
  return await openProfile(os, { mode });
}

interface CallParts {
  readonly actor: Call["actor"];
  readonly json: boolean;
  readonly context: Context | undefined;
  readonly signal: AbortSignal;
}

function callOf(os: Os, parts: CallParts): Call {
  const { context } = parts;
  return {
    os,
    actor: parts.actor,
    json: parts.json,
    color: os.terminal.stdoutIsTerminal && os.environment.get("NO_COLOR") === undefined &&
      os.environment.get("TERM") !== "dumb",
    columns: columnsOf(os),
    get context(): Context {
      if (context === undefined) throw new Error("this verb's entry says that it needs no profile");
      return context;
    },
    signal: parts.signal,
    note: (line) => os.terminal.writeErr(`looop: ${stripControls(line)}\n`),
  };
}

/** As wide as the terminal; off a terminal what COLUMNS says, or 100. */
function columnsOf(os: Os): number {
  if (os.terminal.stdoutIsTerminal) return os.terminal.size().columns;
  const said = Number(os.environment.get("COLUMNS"));
  return Number.isInteger(said) && said > 0 ? said : 100;
}

/** Runs the verb and prints. What it wants to record about a delivery is recorded only after stdout took it. */
async function perform(call: Call, module: VerbModule, input: Input): Promise<number> {
  if (module.follow !== undefined) return await follow(call, module, input, module.follow);
  if (module.run === undefined) throw new Error("a verb needs run or follow");
  const result = await module.run(call, input);
  if (!result.ok) return printFailure(call.os.terminal, call.json, interrupted(call, result.failure));
  return await deliver(call, module, result.value) ?? module.exit?.(result.value) ?? 0;
}

/** The exit code that printing or recording it failed with; undefined when all went well. */
async function deliver(call: Call, module: VerbModule, output: unknown): Promise<number | undefined> {
  const written = printValue(call, module, output);
  // Nobody reads any more: no message either, as with other programs in front of `head`.
  if (written === "closed") return EXIT_CODES.failed;
  if (written === "failed") {
    const failed = fail("failed", "print the output", "stdout did not take all of it", {
      hint: "is the disk full that it goes to?",
    });
    return printFailure(call.os.terminal, false, failed.failure);
  }
  const recorded = await module.delivered?.(call, output);
  // stdout has the value already, so the failure is told on stderr alone.
  return recorded === undefined || recorded.ok ? undefined : printFailure(call.os.terminal, false, recorded.failure);
}

type Follow = NonNullable<VerbModule["follow"]>;

async function follow(call: Call, module: VerbModule, input: Input, start: Follow): Promise<number> {
  let code = 0;
  for await (const result of start.call(module, call, input)) {
    if (!result.ok) return printFailure(call.os.terminal, call.json, interrupted(call, result.failure));
    const ended = await deliver(call, module, result.value);
    if (ended !== undefined) return ended;
    code = module.exit?.(result.value) ?? 0;
  }
  return call.signal.aborted ? EXIT_CODES.interrupted : code;
}

/** A failure behind an interrupt is the interrupt, in the verb's own words where it has some. */
function interrupted(call: Call, failure: Failure): Failure {
  if (!call.signal.aborted || failure.kind === "interrupted") return failure;
  const failed = fail("interrupted", "go on", "it was interrupted");
  return failed.failure;
}

/** `--json` anywhere in front of a `--`: so that even a line that cannot be parsed is answered the way it asked. */
function asksForJson(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  return words.slice(0, end === -1 ? undefined : end).includes("--json");
}

/** What should not have happened: one sentence, and the stack for those who ask for it. */
function printBug(os: Os, json: boolean, error: unknown): number {
  const told = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (os.environment.get("LOOOP_DEBUG") !== undefined && error instanceof Error) {
    os.terminal.writeErr(`${error.stack ?? ""}\n`);
  }
  return printFailure(os.terminal, json, {
    kind: "failed",
    thing: "finish",
    state: `this is a bug in looop (${told})`,
    hint: "run it again with LOOOP_DEBUG=1 to see where, and report it",
  });
}
