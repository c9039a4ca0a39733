import { join } from "node:path";
import { ok, type Outcome } from "../base/result.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
import { withDirLock } from "../os/guarded_files.ts";
import type { OsFailure } from "../os/sys.ts";
import type { Context } from "../profile/profile.ts";
import { argvProblem, commandScript } from "./command.ts";
import { counterFile, endName, FILES, generationDir, sessionDir } from "./layout.ts";
import { platformOf } from "./platform.ts";
import { knownGenerations, readSession } from "./read.ts";
import { isOver, type SessionRef, type SessionState, type SessionView, type Spec } from "./schema.ts";
import { spaceProblem } from "./space.ts";
import { until } from "./until.ts";
import { sealOf } from "./victims.ts";

/** What to run on a terminal of its own. */
export interface Launch {
  readonly id: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Added to the caller's environment; never written anywhere. */
  readonly env: Readonly<Record<string, string>>;
  /** Names, or patterns with `*`, that are taken out of the caller's environment; what `env` says stays. */
  readonly unset: readonly string[];
  readonly columns: number;
  readonly rows: number;
  /** Answer terminal queries while nobody is attached. */
  readonly answers: boolean;
  /** Called under the lock when the generation's number is known and before any process exists; a failure gives the claim up. */
  readonly onClaim?: (ref: SessionRef) => Promise<Result<void>>;
  /** Asked under the lock, when nobody else can start anything, before the claim: a reason not to start after all. */
  readonly veto?: () => Result<void> | Promise<Result<void>>;
}

/** A start is seen, one way or the other, within this long. */
const READY_MS = 5_000;

/**
 * States that say nothing of a start yet. A terminal that could not be made reads `lost` for a moment, until what kept it from being
 * made is written down.
 */
const NOT_YET: ReadonlySet<SessionState["kind"]> = new Set(["unstarted", "starting", "lost", "orphaned"]);

/** A claim without a process this old was left by a launcher that died. */
export const UNSTARTED_MS = 30_000;

/** What a prepared directory is called until it has its place. */
export const NEW_PREFIX = ".new-";

/**
 * Starts a session and answers once it is seen to run, or to have failed. Everything is prepared out of sight, then claimed by one
 * `mkdir`, then renamed into place, then started: a launcher that dies anywhere leaves nothing, or a claim without a process.
 */
export async function launch(ctx: Context, wanted: Launch): Promise<Result<SessionView>> {
  const thing = `start session "${wanted.id}"`;
  const problem = argvProblem(wanted.argv);
  if (problem !== undefined) return fail("usage", thing, problem);
  const examined = await examine(ctx, wanted.id);
  if (!examined.ok) return examined;
  const mark = crypto.randomUUID();
  const prepared = await prepare(ctx, wanted, mark);
  if (!prepared.ok) return prepared;
  const claimed = await claim(ctx, wanted, { prepared: prepared.value.dir, examined: examined.value });
  if (!claimed.ok) {
    ctx.os.files.removeTree(prepared.value.dir);
    return claimed;
  }
  const ref = claimed.value;
  try {
    spawn(ctx, wanted, { ref, mark });
  } catch (error) {
    retireUnstarted(ctx, ref);
    return fail("failed", thing, `no process could be made: ${error instanceof Error ? error.message : error}`);
  }
  const view = await until(ctx.os, async () => {
    const seen = await readSession(ctx, ref);
    return NOT_YET.has(seen.state.kind) ? undefined : seen;
  }, { dirs: [generationDir(ctx.profile.paths, ref)], timeoutMs: READY_MS, everyMs: 100 });
  if (view === undefined) {
    return fail("failed", thing, `it was not seen to run within ${READY_MS / 1000} s`, { data: { ...ref } });
  }
  if (view.state.kind === "failed_to_start") {
    return fail("failed", thing, view.state.message, { hint: "looop doctor", data: { ...ref } });
  }
  if (view.state.kind === "killed" && view.state.code === null) {
    return fail("conflict", thing, "it was ended before it ran", { data: { ...ref } });
  }
  return ok(view);
}

/** The generation that is there now, none, or why no other may be started. */
async function examine(ctx: Context, id: string): Promise<Result<number | undefined>> {
  const thing = `start session "${id}"`;
  const known = knownGenerations(ctx, id);
  if (known === undefined) return fail("failed", thing, "whether it runs cannot be told: its directory cannot be read");
  const generation = known.at(-1);
  if (generation === undefined) return ok(undefined);
  const latest = { id, generation };
  const { state } = await readSession(ctx, latest);
  if (isOver(state)) return ok(latest.generation);
  if (state.kind === "unstarted") {
    const stamp = ctx.os.files.stat(generationDir(ctx.profile.paths, latest));
    const age = stamp.ok ? ctx.os.clock.now() - stamp.value.mtimeMs : 0;
    if (Math.abs(age) >= READY_MS) return ok(latest.generation);
    return fail("conflict", thing, "it is being started already", { hint: "looop ls" });
  }
  if (state.kind === "orphaned") {
    return fail("conflict", thing, "processes of its last run are left, without a terminal", {
      hint: `looop kill ${id}`,
    });
  }
  return fail("conflict", thing, `it is ${state.kind}`, { hint: `looop kill ${id}, or choose another id` });
}

async function prepare(ctx: Context, wanted: Launch, mark: string): Promise<Result<{ readonly dir: string }>> {
  const { files } = ctx.os;
  const thing = `start session "${wanted.id}"`;
  const platform = platformOf(ctx.os);
  const dir = join(ctx.profile.paths.sessions, `${NEW_PREFIX}${wanted.id}-${mark.slice(0, 8)}`);
  const made = files.makeDir(dir);
  if (!made.ok) {
    files.removeTree(dir); // it may be there without its mode
    return ioFailure(thing, made.failure);
  }
  const [pipes, full] = await Promise.all([
    ctx.os.processes.sh(platform.makePipes, [dir]),
    spaceProblem(ctx.os, dir),
  ]);
  if (full !== undefined) {
    files.removeTree(dir);
    return fail("failed", thing, full, { hint: "make room on the disk of the data dir" });
  }
  if (pipes.code !== 0) {
    files.removeTree(dir);
    return fail("failed", thing, `its pipes could not be made: ${pipes.stderr.trim()}`, { hint: "looop doctor" });
  }
  const spec: Spec = {
    v: 1,
    id: wanted.id,
    generation: 0, // its number is the directory's name
    argv: [...wanted.argv],
    cwd: wanted.cwd,
    columns: wanted.columns,
    rows: wanted.rows,
    mark,
    boot: pipes.stdout.trim(),
    started: ctx.os.clock.now(),
    answers: wanted.answers,
  };
  const texts: readonly (readonly [string, string])[] = [
    ["sup.sh", platform.sup],
    ["inner.sh", platform.inner],
    ["cmd.sh", commandScript(wanted.argv, wanted.cwd)],
    [FILES.spec, `${JSON.stringify(spec)}\n`],
  ];
  for (const [name, text] of texts) {
    // Not synced: after a crash of the machine the session is gone anyway.
    const written = files.append(join(dir, name), text);
    if (!written.ok) {
      files.removeTree(dir);
      return ioFailure(thing, written.failure);
    }
  }
  return ok({ dir });
}

async function claim(
  ctx: Context,
  wanted: Launch,
  from: { readonly prepared: string; readonly examined: number | undefined },
): Promise<Result<SessionRef>> {
  const { files } = ctx.os;
  const { paths } = ctx.profile;
  const { id } = wanted;
  const thing = `start session "${id}"`;
  const outcome = await whileNoneStarts(ctx, async (): Promise<Result<SessionRef>> => {
    for (const dir of [paths.ends, sessionDir(paths, id)]) {
      const made = files.makeDir(dir);
      if (!made.ok) return ioFailure(thing, made.failure);
    }
    const known = knownGenerations(ctx, id);
    const latest = known?.at(-1);
    if (known === undefined || latest !== from.examined) {
      return fail("conflict", thing, "somebody else has just started it", { hint: "looop ls" });
    }
    const vetoed = await wanted.veto?.();
    if (vetoed !== undefined && !vetoed.ok) return vetoed;
    const generation = Math.max(latest ?? 0, lastNumber(ctx, id)) + 1;
    // The number is used up before it is used: a crash in between wastes it, and never gives it out twice.
    const counted = files.replace(counterFile(paths, id), `${generation}\n`);
    if (!counted.ok) return ioFailure(thing, counted.failure);
    // A launcher that claimed and then slept must find its place gone.
    if (latest !== undefined && !retireUnstarted(ctx, { id, generation: latest })) {
      return fail("conflict", thing, "it is being started already", { hint: "looop ls" });
    }
    const ref = { id, generation };
    const dir = generationDir(paths, ref);
    const taken = files.claimDir(dir);
    if (!taken.ok) {
      if (taken.failure.code !== "exists") files.removeTree(dir);
      return ioFailure(thing, taken.failure);
    }
    const accepted = await wanted.onClaim?.(ref) ?? ok(undefined);
    const moved = accepted.ok ? files.rename(from.prepared, dir) : undefined;
    if (moved?.ok) return ok(ref);
    files.removeTree(dir);
    return accepted.ok && moved !== undefined && !moved.ok
      ? ioFailure(thing, moved.failure)
      : accepted as Result<SessionRef>;
  });
  return outcome.ok ? outcome.value : ioFailure(thing, outcome.failure);
}

/** Runs `action` under the lock of all starts: meanwhile no generation is claimed and no record of one written. */
export async function whileNoneStarts<T>(ctx: Context, action: () => T | Promise<T>): Promise<Outcome<T, OsFailure>> {
  const counters = join(ctx.profile.paths.sessions, ".generations");
  const made = ctx.os.files.makeDir(counters);
  return made.ok ? await withDirLock(ctx.os, counters, action) : made;
}

function lastNumber(ctx: Context, id: string): number {
  const text = ctx.os.files.readListed(counterFile(ctx.profile.paths, id))?.trim() ?? "";
  return /^[1-9][0-9]{0,9}$/.test(text) ? Number(text) : 0;
}

/** False when its supervisor came to life in this instant: that looks, once it has said so, whether its place is still there. */
function retireUnstarted(ctx: Context, ref: SessionRef): boolean {
  const { files } = ctx.os;
  const dir = generationDir(ctx.profile.paths, ref);
  if (files.stat(join(dir, FILES.sup)).ok) return true;
  const trash = trashName(ctx, ref);
  if (!files.rename(dir, trash).ok) return true;
  if (files.stat(join(trash, FILES.sup)).ok && files.rename(trash, dir).ok) return false;
  files.removeTree(trash);
  return true;
}

/** Where a generation goes before it is deleted: out of sight in one step. */
export function trashName(ctx: Context, ref: SessionRef): string {
  return join(ctx.profile.paths.sessions, `.trash-${ref.id}-${ref.generation}-${crypto.randomUUID().slice(0, 8)}`);
}

function spawn(ctx: Context, wanted: Launch, as: { readonly ref: SessionRef; readonly mark: string }): void {
  const dir = generationDir(ctx.profile.paths, as.ref);
  ctx.os.processes.spawnDetached({
    argv: ["sh", join(dir, "sup.sh"), dir],
    env: {
      TERM: "xterm-256color",
      COLORTERM: "truecolor",
      ...wanted.env,
      LOOOP_SESSION_MARK: as.mark,
      LOOOP_SESSION_SEAL: String(sealOf(as.mark)),
      LOOOP_SESSION_KEEP: Object.keys(wanted.env).join(" "),
      LOOOP_SESSION_UNSET: ["LINES", "COLUMNS", ...wanted.unset].join(" "),
      LOOOP_SESSION_ROWS: String(wanted.rows),
      LOOOP_SESSION_COLUMNS: String(wanted.columns),
      LOOOP_SESSION_ENDS: ctx.profile.paths.ends,
      LOOOP_SESSION_END: endName(as.ref, "").slice(0, -1),
    },
  });
}
