import { join } from "node:path";
import { clip, oneLine, stripControls } from "../base/text.ts";
import { formatDuration } from "../base/duration.ts";
import { redact } from "../base/redact.ts";
import { never } from "../base/result.ts";
import type { ChildEnd } from "../os/guarded_child.ts";
import type { Context } from "../profile/profile.ts";
import type { HookRecord, Notice } from "./schema.ts";
import { openNotices, updateNotice } from "./store.ts";

/** How much longer than its deadline a script counts as under way. A record older than that was left by a crash. */
const SLACK_MS = 60_000;

/** A script of `notify.d/` that could not take what it was given. */
export interface HookFailure {
  readonly hook: string;
  /** One line. */
  readonly message: string;
}

/** The scripts of `notify.d/`, in the order of their names: files, or links to files, with the execute bit. */
export function notifyHooks(ctx: Context): readonly string[] {
  const dir = ctx.profile.paths.notifyHooks;
  const entries = ctx.os.files.list(dir);
  if (!entries.ok) return [];
  return entries.value.map((entry) => entry.name).filter((name) =>
    !name.startsWith(".") && isExecutable(ctx, join(dir, name))
  );
}

/** The open notices that the scripts have not had yet. */
export function unhandedNotices(ctx: Context): readonly Notice[] {
  return openNotices(ctx).filter((notice) => notice.handed === undefined && notice.problem === undefined);
}

/**
 * Hands a notice to every script of `notify.d/`, all at once, each under the deadline of `notify_timeout`, and answers which failed. Each
 * gets it once: who takes it writes so into the notice first, under its lock, and another process leaves it alone. Only when that process
 * dies in the middle is it handed out again. A script that fails is not repeated.
 */
export async function runNotifyHooks(ctx: Context, notice: Notice): Promise<readonly HookFailure[]> {
  const { clock } = ctx.os;
  const hooks = notifyHooks(ctx);
  const mine: string[] = [];
  const claimed = await updateNotice(ctx, notice.n, (found) => {
    const now = clock.now();
    if (found.handed !== undefined) return undefined;
    mine.push(...hooks.filter((hook) => isDue(found.hooks?.[hook], now, ctx.profile.config.notifyTimeoutMs)));
    if (mine.length === 0) return allSettled(found.hooks) ? { ...found, handed: now } : undefined;
    const started = Object.fromEntries(mine.map((hook): [string, HookRecord] => [hook, { state: "started", ts: now }]));
    return { ...found, hooks: { ...found.hooks, ...started } };
  });
  if (!claimed.ok || mine.length === 0) return [];
  const failures = await runHooks(ctx, mine, payload(ctx, notice));
  await updateNotice(ctx, notice.n, (found) => {
    const now = clock.now();
    const ended = mine.map((hook): [string, HookRecord] => {
      const failure = failures.find((one) => one.hook === hook);
      return [
        hook,
        failure === undefined ? { state: "ok", ts: now } : { state: "failed", ts: now, message: failure.message },
      ];
    });
    const records = { ...found.hooks, ...Object.fromEntries(ended) };
    return { ...found, hooks: records, ...(allSettled(records) ? { handed: now } : {}) };
  });
  return failures;
}

/** Runs scripts of `notify.d/` with a value as JSON on stdin. Answers which failed. */
export async function runHooks(
  ctx: Context,
  hooks: readonly string[],
  value: Readonly<Record<string, unknown>>,
): Promise<readonly HookFailure[]> {
  const ended = await Promise.all(hooks.map((hook) => runHook(ctx, hook, value)));
  return ended.filter((failure) => failure !== undefined);
}

async function runHook(
  ctx: Context,
  hook: string,
  value: Readonly<Record<string, unknown>>,
): Promise<HookFailure | undefined> {
  const { os, profile } = ctx;
  const child = os.processes.run({
    argv: [join(profile.paths.notifyHooks, hook)],
    cwd: profile.paths.root,
    env: {
      LOOOP_BIN: os.environment.selfPath(),
      LOOOP_DATA_DIR: profile.paths.root,
      LOOOP_CONFIG: profile.paths.config,
    },
    stdin: `${JSON.stringify(value)}\n`,
    timeoutMs: profile.config.notifyTimeoutMs,
    stdoutMax: 1024,
    overflow: "tail",
    stderrMax: 1024,
  });
  const problem = problemOf(await child.end, profile.config.notifyTimeoutMs);
  return problem === undefined ? undefined : { hook, message: clip(redact(oneLine(problem)), 300) };
}

function problemOf(end: ChildEnd, timeoutMs: number): string | undefined {
  switch (end.kind) {
    case "exited": {
      if (end.code === 0) return undefined;
      const said = new TextDecoder().decode(end.stderr).trim();
      return `exited with ${end.code}${said === "" ? "" : `: ${said}`}`;
    }
    case "timed_out":
      return `killed after ${formatDuration(timeoutMs)}`;
    case "killed":
    case "too_large":
      return "killed";
    case "not_started":
      return end.message;
    default:
      return never(end);
  }
}

/** What a script reads: safe to print as it is. */
function payload(ctx: Context, notice: Notice): Readonly<Record<string, unknown>> {
  return {
    v: 1,
    n: notice.n,
    ts: notice.ts,
    source: notice.source,
    message: stripControls(notice.message),
    data_dir: ctx.profile.paths.root,
  };
}

function isDue(record: HookRecord | undefined, now: number, timeoutMs: number): boolean {
  if (record === undefined) return true;
  // Absolute, so that a clock that was set back does not leave a record young for ever.
  return record.state === "started" && Math.abs(now - record.ts) > timeoutMs + SLACK_MS;
}

function allSettled(records: Readonly<Record<string, HookRecord>> | undefined): boolean {
  return Object.values(records ?? {}).every((record) => record.state !== "started");
}

function isExecutable(ctx: Context, path: string): boolean {
  const real = ctx.os.files.realPath(path);
  if (!real.ok) return false;
  const stamp = ctx.os.files.stat(real.value);
  return stamp.ok && stamp.value.kind === "file" && (stamp.value.mode & 0o111) !== 0;
}
