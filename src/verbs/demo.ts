import { ok } from "../base/result.ts";
import { seenOfWorker } from "../demo/outcome.ts";
import { askPerson, type YesOrNo } from "../demo/person.ts";
import { FIRST_FILES, LATE_FILE, makeStage, type Stage } from "../demo/stage.ts";
import { fail, type Result } from "../failure.ts";
import { platformOf } from "../sessions/platform.ts";
import { switchOf } from "./input.ts";
import { type Call, type Input, verb } from "./verb.ts";

/** One step that was seen to happen. */
interface Step {
  readonly step: number;
  readonly title: string;
  readonly lines: readonly string[];
  readonly ms: number;
}

/** `looop demo`: the whole loop, for real, without a model; each step is told only after it was observed. */
export const module = verb<Step>({ follow, text });

/** How long a person is given to answer before the demo answers. */
const ANSWER_MS = 6_000;
const FAST_ANSWER_MS = 600;

async function* follow(call: Call, input: Input): AsyncIterable<Result<Step>> {
  const { os } = call;
  const missing = await platformOf(os).problem(os);
  if (missing !== undefined) return yield fail("failed", "show the demo", missing.state, { hint: missing.hint });
  const made = await makeStage(os);
  if (!made.ok) return yield made;
  const stage = made.value;
  const play = new Play(call, stage, switchOf(input, "fast") ? FAST_ANSWER_MS : ANSWER_MS);
  let whole = false;
  try {
    for (const scene of play.scenes()) {
      const seen = call.signal.aborted ? left() : await scene();
      yield call.signal.aborted ? left() : seen;
      if (!seen.ok || call.signal.aborted) return;
    }
    whole = true;
  } finally {
    await play.clear();
    // A demo that failed is something to look at; one that a person left is not.
    if (switchOf(input, "keep") || (!whole && !call.signal.aborted)) {
      call.note(`the demo's profile stays at ${stage.profile}`);
    } else os.files.removeTree(stage.dir);
  }
}

function left(): Result<never> {
  return fail("interrupted", "show the rest of the demo", "it was interrupted");
}

/** The scenes in their order, and what one leaves to the next. */
class Play {
  readonly #call: Call;
  readonly #stage: Stage;
  readonly #answerMs: number;
  #step = 0;
  #root: { readonly ended: Promise<boolean>; stop(): void } | undefined;
  #ask = "";
  #answer: YesOrNo = "yes";
  #down = false;

  constructor(call: Call, stage: Stage, answerMs: number) {
    this.#call = call;
    this.#stage = stage;
    this.#answerMs = answerMs;
  }

  scenes(): readonly (() => Promise<Result<Step>>)[] {
    return [
      () => this.#up(),
      () => this.#sense(),
      () => this.#wake(),
      () => this.#asked(),
      () => this.#answered(),
      () => this.#finished(),
      () => this.#stopped(),
    ];
  }

  /** Stops what still runs, whatever happened. */
  async clear(): Promise<void> {
    this.#root?.stop();
    if (!this.#down) await this.#stage.call(["down"]);
  }

  async #up(): Promise<Result<Step>> {
    const started = this.#call.os.clock.ticks();
    const up = await this.#stage.call(["up"]);
    if (up.code !== 0) return this.#failed("start the pulse", up.stderr);
    const status = await this.#json(["status", "--json"]);
    if (at(status, "pulse", "running") !== true) return this.#failed("see the pulse run", JSON.stringify(status));
    return this.#seen(started, "The pulse runs", [
      `looop up — a process of its own; the profile is ${this.#stage.profile}`,
      "It runs sensors and keeps their readings. It never calls a model.",
    ]);
  }

  async #sense(): Promise<Result<Step>> {
    const started = this.#call.os.clock.ticks();
    const sensor = this.#call.os.environment.readAsset("demo/sensor.sh");
    const wrote = await this.#stage.call(["_", "sensor", "write", "inbox", sensor]);
    if (wrote.code !== 0) return this.#failed("write the sensor", wrote.stderr);
    const goal = await this.#stage.call(["_", "goal", "write", "inbox", "---\ngoal: the inbox is empty\n---\n"]);
    if (goal.code !== 0) return this.#failed("write the goal", goal.stderr);
    const read = await this.#until(10_000, async () => {
      const files = at(await this.#json(["_", "state", "--json"]), "snapshots", "sensor-inbox", "signal", "files");
      return files === FIRST_FILES.length ? files : undefined;
    });
    if (read === undefined) return this.#failed("see the sensor's reading", "no reading came within 10 s");
    return this.#seen(started, "A sensor senses", [
      'sensors/inbox.sh counts the files of a real directory: {"signal":{"files":2}}',
      'goals/inbox.md says what is wanted: "the inbox is empty"',
    ]);
  }

  async #wake(): Promise<Result<Step>> {
    const started = this.#call.os.clock.ticks();
    this.#root = this.#stage.startRootAgent();
    const dropped = this.#stage.drop(LATE_FILE);
    if (!dropped.ok) return dropped;
    const worker = await this.#until(15_000, async () => {
      const workers = at(await this.#json(["_", "state", "--json"]), "workers");
      return Array.isArray(workers) && workers.length > 0 ? true : undefined;
    });
    if (worker === undefined) return this.#failed("see the root agent start a worker", "no worker came within 15 s");
    return this.#seen(started, "A change wakes the root agent", [
      `A third file arrives. The root agent (a script here, your claude, pi or codex later) was blocked on: looop _ wait --json`,
      "It wakes and makes one move: looop _ worker start tidy",
    ]);
  }

  async #asked(): Promise<Result<Step>> {
    const started = this.#call.os.clock.ticks();
    const prompt = await this.#until(15_000, async () => {
      const asks = await this.#json(["asks", "--json"]);
      const ask = Array.isArray(asks) ? asks.find((one) => at(one, "worker") === "tidy") : undefined;
      if (ask === undefined) return undefined;
      this.#ask = String(at(ask, "id"));
      return String(at(ask, "prompt"));
    });
    if (prompt === undefined) return this.#failed("see the worker ask", "no ask came within 15 s");
    return this.#seen(started, "The worker asks instead of guessing", [
      `${this.#ask}: ${prompt} (yes, no)`,
      "The question is a file. It survives a kill, a reboot and a closed laptop.",
    ]);
  }

  async #answered(): Promise<Result<Step>> {
    const { os } = this.#call;
    const started = os.clock.ticks();
    const typed = await this.#person();
    if (this.#call.signal.aborted) return left();
    this.#answer = typed ?? "yes";
    const answered = await this.#stage.call(["answer", this.#ask, this.#answer]);
    if (answered.code !== 0) return this.#failed(`answer "${this.#ask}"`, answered.stderr);
    const who = typed === undefined ? "answered for you" : "you answered";
    return this.#seen(started, "The question is answered", [
      `looop answer ${this.#ask} ${this.#answer}   (${who})`,
    ]);
  }

  async #finished(): Promise<Result<Step>> {
    const started = this.#call.os.clock.ticks();
    const verdict = await this.#until(20_000, async () => {
      const workers = at(await this.#json(["_", "state", "--json"]), "workers");
      const tidy = Array.isArray(workers) ? workers.find((one) => at(one, "id") === "tidy") : undefined;
      const said = at(tidy, "verify", "verdict") ?? at(tidy, "verify");
      return at(tidy, "alive") === false && (said === "pass" || said === "fail") ? said : undefined;
    });
    if (verdict === undefined) return this.#failed("see the worker verified", "no verdict came within 20 s");
    if ((verdict === "pass") !== (this.#answer === "yes")) {
      return this.#failed(`see the check of what follows from a ${this.#answer}`, `it says ${verdict}`);
    }
    const did = seenOfWorker(this.#call.os, this.#stage, this.#answer);
    if (!did.ok) return did;
    const cost = await this.#stage.call(["cost"]);
    if (!cost.stdout.includes("0.0123")) return this.#failed("see the worker's cost", cost.stderr || cost.stdout);
    if (verdict === "pass" && !(await this.#rootEnded())) {
      return this.#failed("see the root agent archive the goal", "it did not end well");
    }
    return this.#seen(started, "The work is done, and checked", [
      did.value,
      `The pulse then ran its check once: ${verdict}. Exit 0 alone is never taken for done.`,
      "looop cost: $0.0123",
      verdict === "pass" ? "The root agent archived the goal." : "You said no, so the goal stays.",
    ]);
  }

  async #stopped(): Promise<Result<Step>> {
    const started = this.#call.os.clock.ticks();
    const down = await this.#stage.call(["down"]);
    if (down.code !== 0) return this.#failed("stop", down.stderr);
    this.#down = true;
    const status = await this.#json(["status", "--json"]);
    if (at(status, "pulse", "running") !== false) return this.#failed("see the pulse stopped", JSON.stringify(status));
    return this.#seen(started, "Everything is down", [
      "looop down — nothing is left running.",
      "Now for real: looop up, then looop help agent",
    ]);
  }

  /** Whether the root agent came to its end, and to a good one, within ten seconds. */
  async #rootEnded(): Promise<boolean> {
    const late = this.#call.os.clock.sleep(10_000, this.#call.signal).then(() => false);
    return await Promise.race([this.#root?.ended ?? false, late]);
  }

  /** What a person types within the time; undefined without a terminal or an answer. */
  async #person(): Promise<YesOrNo | undefined> {
    const { os } = this.#call;
    if (!os.terminal.stdinIsTerminal || !os.terminal.stdoutIsTerminal) {
      await os.clock.sleep(Math.min(this.#answerMs, 1000), this.#call.signal);
      return undefined;
    }
    return await askPerson(os, { ms: this.#answerMs, signal: this.#call.signal, say: this.#call.note });
  }

  /** Asks for a fact again and again until it is there; the pause is short because the demo is watched. */
  async #until<T>(ms: number, look: () => Promise<T | undefined>): Promise<T | undefined> {
    const { clock } = this.#call.os;
    const end = clock.ticks() + ms;
    for (;;) {
      const fact = await look();
      if (fact !== undefined || clock.ticks() > end || this.#call.signal.aborted) return fact;
      await clock.sleep(60, this.#call.signal);
    }
  }

  async #json(args: readonly string[]): Promise<unknown> {
    const { stdout } = await this.#stage.call(args);
    try {
      return JSON.parse(stdout);
    } catch {
      return undefined;
    }
  }

  #seen(started: number, title: string, lines: readonly string[]): Result<Step> {
    return ok({ step: ++this.#step, title, lines, ms: Math.round(this.#call.os.clock.ticks() - started) });
  }

  #failed(thing: string, state: string): Result<never> {
    return fail("failed", thing, state.trim() || "it did not happen", { hint: "looop doctor" });
  }
}

function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const key of path) {
    if (here === null || typeof here !== "object") return undefined;
    here = (here as Record<string, unknown>)[key];
  }
  return here;
}

function text(step: Step, call: Call): string {
  const [bold, dim, plain] = call.color ? ["\x1b[1m", "\x1b[2m", "\x1b[0m"] : ["", "", ""];
  const head = `${bold}${step.step}. ${step.title}${plain} ${dim}(${(step.ms / 1000).toFixed(1)} s)${plain}`;
  return [head, ...step.lines.map((line) => `   ${line}`)].join("\n");
}
