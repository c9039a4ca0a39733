import { join } from "node:path";
import { ok, type Outcome } from "../base/result.ts";
import { localStamp } from "../base/local_time.ts";
import type { Read } from "../os/files.ts";
import type { OsFailure } from "../os/sys.ts";
import { withDirLock } from "../os/guarded_files.ts";
import type { Context } from "../profile/profile.ts";

/** The playbook as it is now: absent, unreadable or its text. */
export function readPlaybook(ctx: Context): Read {
  return ctx.os.files.read(ctx.profile.paths.playbook);
}

/** What a write of the playbook did; `kept` is the name under which the previous body lies in `playbook.d/`. */
export type PlaybookWritten =
  | { readonly kind: "same" }
  | { readonly kind: "written"; readonly kept: string | undefined };

/**
 * Replaces the playbook; the previous body is kept in `playbook.d/`, the newest `keep.playbook` of them. Order: history, then the
 * new body, then the sweep. A crash after the first leaves a copy of what is still in force, which the repetition recognises; after the second at
 * worst one copy too many. The body that was in force is never lost.
 */
export async function writePlaybook(ctx: Context, text: string): Promise<Outcome<PlaybookWritten, OsFailure>> {
  const { files } = ctx.os;
  const { playbook, playbookHistory } = ctx.profile.paths;
  const made = files.makeDir(playbookHistory);
  if (!made.ok) return made;
  const done = await withDirLock(ctx.os, playbookHistory, (): Outcome<PlaybookWritten, OsFailure> => {
    const before = readPlaybook(ctx);
    if (before.kind === "unreadable") return { ok: false, failure: before.failure };
    if (before.kind === "text" && before.text === text) return ok({ kind: "same" });
    const kept: Outcome<string | undefined, OsFailure> = before.kind === "text"
      ? keepBody(ctx, before.text)
      : ok(undefined);
    if (!kept.ok) return kept;
    const written = files.replace(playbook, text);
    if (!written.ok) return written;
    sweepHistory(ctx);
    return ok({ kind: "written", kept: kept.value });
  });
  return done.ok ? done.value : done;
}

/** The names in `playbook.d/`, oldest first: they sort as they were written. */
export function playbookHistory(ctx: Context): readonly string[] {
  const entries = ctx.os.files.list(ctx.profile.paths.playbookHistory);
  if (!entries.ok) return [];
  return entries.value.map((entry) => entry.name).filter((name) => HISTORY_NAME.test(name)).sort(byAge);
}

/** `<YYYYMMDD-HHMMSS>.md`, and `-0001` and so on for more within one second. */
const HISTORY_NAME = /^([0-9]{8}-[0-9]{6})(?:-([0-9]{4}))?\.md$/;

/** A history name taken apart. */
function parts(name: string): { readonly stamp: string; readonly n: number } {
  const match = HISTORY_NAME.exec(name);
  return { stamp: match?.[1] ?? "", n: Number(match?.[2] ?? 0) };
}

function byAge(a: string, b: string): number {
  const [first, second] = [parts(a), parts(b)];
  return first.stamp < second.stamp ? -1 : first.stamp > second.stamp ? 1 : first.n - second.n;
}

/** The name behind all there are: also within one second, after older ones were swept, and when the clock was set back. */
function nextName(now: string, newest: string | undefined): string {
  const last = newest === undefined ? undefined : parts(newest);
  if (last === undefined || last.stamp < now) return `${now}.md`;
  return `${last.stamp}-${String(last.n + 1).padStart(4, "0")}.md`;
}

/** Under the lock of the directory, so that the name is free. */
function keepBody(ctx: Context, text: string): Outcome<string, OsFailure> {
  const { files, clock } = ctx.os;
  const dir = ctx.profile.paths.playbookHistory;
  const newest = playbookHistory(ctx).at(-1);
  if (newest !== undefined && files.readListed(join(dir, newest)) === text) return ok(newest); // a crash left it
  const name = nextName(localStamp(clock.now()), newest);
  const published = files.publish(join(dir, name), text);
  if (!published.ok) return published;
  if (published.value === "published") return ok(name);
  return { ok: false, failure: { code: "exists", path: join(dir, name), message: "a file of that name appeared" } };
}

/** Nothing here is worth failing a write that has happened: what cannot be removed now goes with the next. */
function sweepHistory(ctx: Context): void {
  const names = playbookHistory(ctx);
  const surplus = names.length - Math.max(1, ctx.profile.config.keep.playbook);
  for (const name of names.slice(0, Math.max(0, surplus))) {
    ctx.os.files.remove(join(ctx.profile.paths.playbookHistory, name));
  }
}
