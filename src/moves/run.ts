import { fail, type Result } from "../failure.ts";
import { never, ok } from "../base/result.ts";
import { formatDuration } from "../base/duration.ts";
import { clip, oneLine } from "../base/text.ts";
import type { ChildEnd } from "../os/guarded_child.ts";
import type { Actor, Context } from "../profile/profile.ts";
import { commandText } from "./command.ts";
import { lastLines, TAIL, tailOf } from "./tail.ts";
import { type HeldIntent, recordIntent } from "./intent.ts";
import type { Move, MoveOutcome } from "./schema.ts";

/** Bytes of output held while it runs: as many characters as are kept, of four bytes each. */
const HELD_BYTES = TAIL * 4;

/** How a command ended, and its record, to be cleared once that is journaled and released in any case. */
export interface Ran {
  readonly result: Result<MoveOutcome>;
  readonly intent?: HeldIntent;
}

/**
 * Runs one command to its end: in the data dir, stdin empty, under a deadline, in a group of its own that ends with it. It is
 * recorded before it starts; a record that outlives its process is told by the pulse. A command that ends with another code than 0, or that is cut
 * off, is a failure which carries `ran: true`, the code and the tail: it happened, and is journaled.
 */
export async function applyRun(
  ctx: Context,
  actor: Actor,
  move: Move & { readonly kind: "run" },
): Promise<Ran> {
  const text = commandText(move.argv);
  const thing = `run ${quoted(text)}`;
  const problem = argvProblem(move.argv);
  if (problem !== undefined) {
    return { result: fail("usage", thing, problem, { hint: "looop _ run 'git status --short | wc -l'" }) };
  }
  const timeoutMs = move.timeoutMs ?? ctx.profile.config.runTimeoutMs;
  const intent = recordIntent(ctx, actor, { command: text, timeoutMs });
  if (!intent.ok) return { result: intent };
  const child = ctx.os.processes.run({
    argv: childArgv(move.argv),
    cwd: ctx.profile.paths.root,
    env: {
      LOOOP_BIN: ctx.os.environment.selfPath(),
      LOOOP_DATA_DIR: ctx.profile.paths.root,
      LOOOP_CONFIG: ctx.profile.paths.config,
    },
    timeoutMs,
    stdoutMax: HELD_BYTES,
    overflow: "tail",
  });
  const deaf = ctx.os.processes.onSignal(["SIGINT", "SIGTERM", "SIGHUP"], () => child.kill());
  const end = await child.end;
  deaf();
  return { result: outcomeOf(end, { thing, text, timeoutMs }), intent: intent.value };
}

/**
 * What is executed: for one word exactly the text that was screened, as a script; for several the words themselves. `exec` looks for programs
 * only, so that a word such as `eval` or `exit` is not taken for what the shell calls by that name.
 */
function childArgv(argv: readonly string[]): readonly string[] {
  return argv.length === 1 ? ["sh", "-c", argv[0] ?? "", "sh"] : ["sh", "-c", 'exec "$@"', "sh", ...argv];
}

function argvProblem(argv: readonly string[]): string | undefined {
  if (argv.join("").trim() === "") return "there is no command";
  if (argv.some((word) => word.includes("\0"))) return "it holds a NUL character, which no program can be given";
  if (argv.length > 1 && (argv[0] ?? "").startsWith("-")) return `no program is called ${quoted(argv[0] ?? "")}`;
  return undefined;
}

function outcomeOf(
  end: ChildEnd,
  run: { readonly thing: string; readonly text: string; readonly timeoutMs: number },
): Result<MoveOutcome> {
  const output = tailOf(end.stdout);
  const ms = Math.round(end.ms);
  const ran = { ran: true, command: run.text, output, ms };
  switch (end.kind) {
    case "exited": {
      if (end.code !== 0) {
        return fail("failed", run.thing, `it exited with ${end.code}`, { data: { ...ran, exit_code: end.code } });
      }
      const tail = output.trim() === "" ? "" : ` → ${oneLine(lastLines(output))}`;
      return ok({
        changed: true,
        summary: `exit 0: ${clip(oneLine(run.text), 200)}${tail}`,
        items: [],
        data: { exit_code: 0, output, ms, command: run.text },
      });
    }
    case "timed_out":
      return fail(
        "failed",
        run.thing,
        `it was killed after ${formatDuration(run.timeoutMs)}, and may have been carried out in part`,
        {
          hint: "look at what it did before repeating it; --timeout D gives it longer",
          data: { ...ran, exit_code: null },
        },
      );
    case "killed":
    case "too_large":
      return fail("interrupted", run.thing, "it was cut off, and may have been carried out in part", {
        data: { ...ran, exit_code: null },
      });
    case "not_started":
      return fail("failed", run.thing, `it could not be started: ${end.message}`);
    default:
      return never(end);
  }
}

function quoted(text: string): string {
  return `"${clip(oneLine(text), 120)}"`;
}
