import type { Clock } from "./clock.ts";
import { loaderEnv, RESTORE_LOADER } from "./loader_env.ts";

/** A command to run to its end. */
export interface ChildSpec {
  /** Program and arguments: never joined, never read by a shell. */
  readonly argv: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads on stdin (at most 100 KB: it travels in the environment); nothing when left out. */
  readonly stdin?: string;
  /** After this long its whole group is killed. */
  readonly timeoutMs: number;
  /** How much of stdout is kept, in bytes. */
  readonly stdoutMax: number;
  /** Past that: `kill` ends the command as too large; `tail` lets it run and keeps the end. */
  readonly overflow: "kill" | "tail";
  /** How much of the end of stderr is kept. Left out: stderr goes into stdout, in order. */
  readonly stderrMax?: number;
}

/** How it ended. `code` is the command's own; a death by signal n reads 128 + n, as shells say it. */
export type ChildEnd =
  & {
    readonly stdout: Uint8Array;
    readonly stderr: Uint8Array;
    readonly ms: number;
    /** Its output was still held open after its group was killed: something fled into a session of its own. */
    readonly held: boolean;
  }
  & (
    | { readonly kind: "exited"; readonly code: number }
    | { readonly kind: "timed_out" }
    | { readonly kind: "too_large" }
    | { readonly kind: "killed" }
    | { readonly kind: "not_started"; readonly message: string }
  );

/** A command under way. */
export interface Child {
  readonly end: Promise<ChildEnd>;
  /** Kills its whole group now; `end` then says `killed`. */
  kill(): void;
}

/**
 * The guard leads a session and group of its own. It holds the read end of our pipe: when we die, however that happens, the pipe
 * closes and the group is killed. When the command has ended the guard reports its code on stderr behind a secret word and kills
 * the group, itself included, so that nothing the command forked outlives it.
 */
const GUARD = `${RESTORE_LOADER}
word=$1 merge=$2; shift 2
exec 3<&0 </dev/null
(trap '' HUP INT TERM; read -r _ <&3; kill -s KILL -- -$$) >/dev/null 2>&1 &
exec 3<&-
unset IFS
if [ -n "\${LOOOP_STDIN+x}" ]; then
  input=$LOOOP_STDIN; unset LOOOP_STDIN
  if [ "$merge" = 1 ]; then printf %s "$input" | "$@" 2>&1; else printf %s "$input" | "$@"; fi
elif [ "$merge" = 1 ]; then "$@" 2>&1
else "$@"
fi
printf '\\n%s %s\\n' "$word" "$?" >&2
kill -s KILL -- -$$
`;

/** The guard's report is shorter than this. */
const REPORT_MAX = 128;

/** Runs a command under the guard. */
export function runGuarded(clock: Clock, spec: ChildSpec): Child {
  const started = clock.ticks();
  const word = Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("sh", {
      args: ["-c", GUARD, "sh", word, spec.stderrMax === undefined ? "1" : "0", ...spec.argv],
      env: { ...loaderEnv(), ...spec.env, ...(spec.stdin === undefined ? {} : { LOOOP_STDIN: spec.stdin }) },
      ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
      detached: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const nothing = new Uint8Array();
    return {
      end: Promise.resolve({ kind: "not_started", message, stdout: nothing, stderr: nothing, ms: 0, held: false }),
      kill: () => {},
    };
  }
  let verdict: "timed_out" | "too_large" | "killed" | undefined;
  const stop = (why: "timed_out" | "too_large" | "killed"): void => {
    verdict ??= why;
    killGroup(child);
  };
  return {
    end: follow(clock, spec, { child, word, started }, { stop, verdict: () => verdict }),
    kill: () => stop("killed"),
  };
}

interface Run {
  readonly child: Deno.ChildProcess;
  readonly word: string;
  readonly started: number;
}

interface Control {
  stop(why: "timed_out" | "too_large" | "killed"): void;
  verdict(): "timed_out" | "too_large" | "killed" | undefined;
}

async function follow(clock: Clock, spec: ChildSpec, run: Run, control: Control): Promise<ChildEnd> {
  const { child } = run;
  const over = new AbortController();
  clock.sleep(spec.timeoutMs, over.signal).then(() => {
    if (!over.signal.aborted) control.stop("timed_out");
  });
  const onOver = spec.overflow === "kill" ? () => control.stop("too_large") : undefined;
  const stdout = collect(child.stdout, spec.stdoutMax, { onOver });
  const stderr = collect(child.stderr, spec.stderrMax ?? 2048, { word: run.word });
  await child.status;
  over.abort();
  // What fled into another session may hold the pipes open for ever: what is there now is read, then they are closed.
  const drained = new AbortController();
  let held = true;
  const ended = Promise.all([stdout.done, stderr.done]).then(() => {
    held = false;
  });
  await Promise.race([ended, clock.sleep(250, drained.signal)]);
  const wasHeld = held; // before the readers are cancelled, which ends them too
  drained.abort();
  await Promise.all([stdout.cancel(), stderr.cancel(), child.stdin.close().catch(() => {})]);
  const common = {
    stdout: stdout.bytes(),
    stderr: stderr.bytes(),
    ms: clock.ticks() - run.started,
    held: wasHeld,
  };
  const verdict = control.verdict();
  // A command that ended by itself in the same instant as the deadline did end: its own report counts.
  const code = stderr.code();
  if (code !== undefined && verdict !== "too_large") return { kind: "exited", code, ...common };
  return { kind: verdict ?? "killed", ...common };
}

function killGroup(child: Deno.ChildProcess): void {
  // The guard is not reaped before we are told of its end, so its group number cannot belong to anybody else here.
  new Deno.Command("sh", {
    args: ["-c", 'kill -s KILL -- -"$1"', "sh", String(child.pid)],
    env: loaderEnv(),
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn().status.catch(() => {});
}

/**
 * Reads a stream to its end and keeps its last `max` bytes: memory stays bounded however much comes. With `word`, the guard's report
 * is looked for as it passes: what a left-over child still floods behind it can neither push it out nor count as the command's.
 */
function collect(
  stream: ReadableStream<Uint8Array>,
  max: number,
  options: { readonly onOver?: (() => void) | undefined; readonly word?: string },
): {
  readonly done: Promise<void>;
  cancel(): Promise<void>;
  bytes(): Uint8Array;
  /** The command's exit code, when the guard reported it. */
  code(): number | undefined;
} {
  const reader = stream.getReader();
  let kept = new Uint8Array();
  let code: number | undefined;
  const room = max + (options.word === undefined ? 0 : REPORT_MAX);
  const done = (async () => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      if (code !== undefined) continue;
      const joined = new Uint8Array(kept.length + next.value.length);
      joined.set(kept);
      joined.set(next.value, kept.length);
      const report = options.word === undefined
        ? undefined
        : findReport(joined, Math.max(0, kept.length - REPORT_MAX), options.word);
      code = report?.code;
      const own = report === undefined ? joined : joined.subarray(0, report.at);
      if (own.length > max) options.onOver?.();
      const space = report === undefined ? room : max;
      kept = own.length > space ? own.slice(own.length - space) : own;
    }
  })().catch(() => {});
  return {
    done,
    cancel: () => reader.cancel().catch(() => {}),
    bytes: () => kept.length > max ? kept.subarray(kept.length - max) : kept,
    code: () => code,
  };
}

/** The report in `bytes` from `from` on; undefined while its line is not whole. */
function findReport(
  bytes: Uint8Array,
  from: number,
  word: string,
): { readonly at: number; readonly code: number } | undefined {
  // Latin-1 keeps one character a byte, so an index into the text is an index into the bytes.
  const text = new TextDecoder("latin1").decode(bytes.subarray(from));
  const at = text.indexOf(`\n${word} `);
  const code = at < 0 ? undefined : /^([0-9]+)\n/.exec(text.slice(at + word.length + 2, at + REPORT_MAX))?.[1];
  return code === undefined ? undefined : { at: from + at, code: Number(code) };
}
