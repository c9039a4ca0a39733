import { join } from "node:path";
import { ok } from "../base/result.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { publishEnd } from "./ends.ts";
import { endName, FILES, generationDir } from "./layout.ts";
import { type Platform, platformOf, type ProcessRow } from "./platform.ts";
import { decidedEnds, isHeld, kinOf, readSessions } from "./read.ts";
import { type Intent, intentSchema, isOver, type SessionRef, type SessionState, type SessionView } from "./schema.ts";
import { type Kin, victims } from "./victims.ts";

/** How to end a session. */
export interface KillOptions {
  /** Who wants it: for the record. */
  readonly by: string;
  readonly why: "kill" | "restart";
  /** Between TERM and KILL. */
  readonly graceMs: number;
}

/** What ending a session did, as it was observed. */
export interface KillAnswer extends SessionRef {
  /** False: it had ended before, and nothing was done. */
  readonly killed: boolean;
  readonly escalated: boolean;
  /** How many processes got a signal. */
  readonly signalled: number;
  /** Processes that were still there at the end. */
  readonly left: readonly number[];
  readonly scriptHung: boolean;
  readonly state: SessionState;
  readonly ms: number;
}

/** The grace of sessions.md: long enough for an agent to save its state. */
export const GRACE_MS = 5_000;

/** How often the tree is listed again while it is given time, and while it is being killed. */
const GRACE_STEP_MS = 40;
const KILL_STEP_MS = 25;
const KILL_ROUNDS = 50;
/** The shell beside the command is spared at first, so that it can record how the command ended. */
const SPARED_ROUNDS = 4;
/** How long script(1) may take to notice that its child is gone. */
const SCRIPT_MS = 1_000;

interface Target {
  readonly ref: SessionRef;
  kin: Kin;
  readonly signalled: Set<string>;
  escalated: boolean;
  scriptHung: boolean;
  /** Undefined: it was over before we came. */
  tree: readonly ProcessRow[] | undefined;
}

/** Ends one session. */
export async function killSession(ctx: Context, ref: SessionRef, options: KillOptions): Promise<Result<KillAnswer>> {
  const answers = await killSessions(ctx, [ref], options);
  if (!answers.ok) return answers;
  const [answer] = answers.value;
  return answer === undefined ? fail("not_found", `end session "${ref.id}"`, "there is none") : ok(answer);
}

/**
 * Ends sessions, whole trees of them, all together: the intent on disk first, TERM (and CONT, for what was stopped), the grace, KILL.
 * The tree is listed anew in every round, so that what forks meanwhile is seen. Running it again after a crash completes it.
 */
export async function killSessions(
  ctx: Context,
  refs: readonly SessionRef[],
  options: KillOptions,
): Promise<Result<readonly KillAnswer[]>> {
  const platform = platformOf(ctx.os);
  const began = ctx.os.clock.ticks();
  const targets: Target[] = [];
  const boot = await platform.bootId(ctx.os);
  // The states first: what is seen alive after its end was seen is really left of it.
  const views = await readSessions(ctx, refs);
  let rows = await platform.processes(ctx.os);
  if (rows === undefined) {
    const problem = await platform.problem(ctx.os);
    return fail("failed", "end sessions", problem?.state ?? "the system does not list its processes", {
      hint: problem?.hint ?? "looop doctor",
    });
  }
  for (const [index, ref] of refs.entries()) {
    // Of another boot nothing can be left, and its numbers are somebody else's.
    const kin = kinOf(ctx, ref, boot) ?? {};
    const tree = victims(rows, kin, ctx.os.environment.pid);
    const state = views[index]?.state;
    const over = state !== undefined && isOver(state) && tree.every((row) => isRecorder(row, kin));
    targets.push({
      ref,
      kin,
      tree: over ? undefined : tree,
      signalled: new Set(),
      escalated: false,
      scriptHung: false,
    });
    if (over) continue;
    const recorded = recordIntent(ctx, ref, options);
    if (!recorded.ok) return recorded;
  }
  const live = targets.filter((target) => target.tree !== undefined);
  if (live.length > 0) {
    // Once more: what began before it could see the intent shows now, and nothing begins that can see it.
    rows = await platform.processes(ctx.os) ?? rows;
    relist(ctx, live, { rows, boot });
    await terminate(ctx, platform, live);
    const end = ctx.os.clock.ticks() + options.graceMs;
    while (live.some(({ tree }) => tree?.length !== 0) && ctx.os.clock.ticks() < end) {
      await ctx.os.clock.sleep(GRACE_STEP_MS);
      rows = await platform.processes(ctx.os) ?? rows;
      relist(ctx, live, { rows, boot });
      await terminate(ctx, platform, live); // only what has not been told yet
    }
    for (let round = 0; live.some(({ tree }) => tree?.length !== 0) && round < KILL_ROUNDS; round++) {
      await destroy(ctx, platform, live, round >= SPARED_ROUNDS);
      await ctx.os.clock.sleep(KILL_STEP_MS);
      rows = await platform.processes(ctx.os) ?? rows;
      relist(ctx, live, { rows, boot });
    }
    await awaitHelpers(ctx, platform, live);
  }
  const ms = Math.round(ctx.os.clock.ticks() - began);
  const after = live.length === 0 ? views : await readSessions(ctx, refs);
  const marked = decidedEnds(ctx);
  return ok(targets.map((target, index) => {
    const view = after[index];
    // Also of one that was over before: a kill that was cut off may have left it without.
    if (view !== undefined && (target.tree ?? []).length === 0 && !marked.has(endName(view, ""))) publishEnd(ctx, view);
    return answerOf(target, { view, ms });
  }));
}

/** The shell beside the command records the end before its own, by programs that it starts: it and they are nothing left behind. */
function isRecorder(row: ProcessRow, { inner }: Kin): boolean {
  return inner !== undefined && (row.pid === inner.pid || row.ppid === inner.pid);
}

/** The intent of a generation's end; undefined when nobody meant it to end. */
export function readIntent(ctx: Context, ref: SessionRef): Intent | undefined {
  const text = ctx.os.files.readListed(join(generationDir(ctx.profile.paths, ref), FILES.intent));
  try {
    const parsed = intentSchema.safeParse(JSON.parse(text ?? ""));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function recordIntent(ctx: Context, ref: SessionRef, options: KillOptions): Result<void> {
  const path = join(generationDir(ctx.profile.paths, ref), FILES.intent);
  const intent: Intent = { v: 1, by: options.by, why: options.why, ts: ctx.os.clock.now(), grace_ms: options.graceMs };
  const text = `${JSON.stringify(intent)}\n`;
  const published = ctx.os.files.publish(path, text);
  if (!published.ok) {
    // A full disk keeps nobody alive: that it is meant to end can be said by a name alone.
    const slot = join(generationDir(ctx.profile.paths, ref), FILES.intentSlot);
    if (ctx.os.files.stat(path).ok || ctx.os.files.rename(slot, path).ok) return ok(undefined);
    return ioFailure(`record the end of session "${ref.id}"`, published.failure);
  }
  // A kill that comes during a restart wins: the restart looks here before it starts the next generation.
  if (published.value === "taken" && options.why === "kill" && readIntent(ctx, ref)?.why !== "kill") {
    const replaced = ctx.os.files.replace(path, text);
    if (!replaced.ok) return ioFailure(`record the end of session "${ref.id}"`, replaced.failure);
  }
  return ok(undefined);
}

function relist(
  ctx: Context,
  live: readonly Target[],
  now: { readonly rows: readonly ProcessRow[]; readonly boot: string },
): void {
  for (const target of live) {
    // One that was just starting has told meanwhile who its helpers are.
    if (target.kin.inner === undefined) target.kin = kinOf(ctx, target.ref, now.boot) ?? {};
    target.tree = victims(now.rows, target.kin, ctx.os.environment.pid);
  }
}

async function terminate(ctx: Context, platform: Platform, live: readonly Target[]): Promise<void> {
  const fresh: ProcessRow[] = [];
  for (const target of live) {
    for (const row of target.tree ?? []) {
      const name = `${row.pid}:${row.start}`;
      if (target.signalled.has(name)) continue;
      target.signalled.add(name);
      fresh.push(row);
    }
  }
  if (fresh.length === 0) return;
  await platform.signal(ctx.os, "TERM", fresh);
  // A stopped process gets its TERM only once it runs again; a stopped script(1) would sleep beside its dead child. It comes first: of a
  // child that goes on and ends while it sleeps, it learns but the one.
  const scripts = live.flatMap(({ kin }) => kin.script === undefined ? [] : [kin.script]);
  await platform.signal(ctx.os, "CONT", [...scripts, ...fresh]);
  for (const { ref } of live) ctx.os.files.remove(join(generationDir(ctx.profile.paths, ref), FILES.paused));
}

async function destroy(ctx: Context, platform: Platform, live: readonly Target[], inner: boolean): Promise<void> {
  const doomed: ProcessRow[] = [];
  for (const target of live) {
    for (const row of target.tree ?? []) {
      if (row.pid === target.kin.inner?.pid && !inner) continue;
      target.escalated = true;
      target.signalled.add(`${row.pid}:${row.start}`);
      doomed.push(row);
    }
  }
  await platform.signal(ctx.os, "KILL", doomed);
}

/** script(1) ends when its child has; one that was stopped at the wrong moment sleeps on, and is killed: the supervisor records that. */
async function awaitHelpers(ctx: Context, platform: Platform, live: readonly Target[]): Promise<void> {
  const end = ctx.os.clock.ticks() + SCRIPT_MS;
  const held = (): Promise<Target[]> => filterAsync(live, (target) => isHeld(ctx, target.ref));
  let waiting = await held();
  while (waiting.length > 0 && ctx.os.clock.ticks() < end) {
    await ctx.os.clock.sleep(5);
    waiting = await held();
  }
  for (const target of waiting) {
    if (target.tree?.length !== 0) continue; // what could not be killed keeps its terminal
    target.scriptHung = true;
    if (target.kin.script !== undefined) await platform.signal(ctx.os, "KILL", [target.kin.script]);
  }
  const last = ctx.os.clock.ticks() + SCRIPT_MS;
  const hung = waiting.filter(({ scriptHung }) => scriptHung);
  while ((await filterAsync(hung, ({ ref }) => isHeld(ctx, ref))).length > 0 && ctx.os.clock.ticks() < last) {
    await ctx.os.clock.sleep(20);
  }
}

async function filterAsync<T>(items: readonly T[], keep: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept: T[] = [];
  for (const item of items) if (await keep(item)) kept.push(item);
  return kept;
}

function answerOf(
  target: Target,
  seen: { readonly view: SessionView | undefined; readonly ms: number },
): KillAnswer {
  const left = (target.tree ?? []).map(({ pid }) => pid);
  return {
    ...target.ref,
    killed: target.tree !== undefined && left.length === 0,
    escalated: target.escalated,
    signalled: target.signalled.size,
    left,
    scriptHung: target.scriptHung,
    state: seen.view?.state ?? { kind: "unstarted" },
    ms: seen.ms,
  };
}
