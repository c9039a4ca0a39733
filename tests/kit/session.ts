import { join } from "node:path";
import type { Context } from "../../src/profile/profile.ts";
import { realFiles } from "../../src/os/real_files.ts";
import { killSessions } from "../../src/sessions/kill.ts";
import { type Launch, launch } from "../../src/sessions/launch.ts";
import { generationDir } from "../../src/sessions/layout.ts";
import { platformOf, type ProcessRow } from "../../src/sessions/platform.ts";
import { readSession, readSpec } from "../../src/sessions/read.ts";
import type { SessionRef, SessionView } from "../../src/sessions/schema.ts";
import { assertEquals, assertOk } from "./assert.ts";
import { waitUntil } from "./wait_until.ts";

/** A launch of a shell line, with the usual size. */
export function shellLaunch(id: string, line: string, more: Partial<Launch> = {}): Launch {
  return {
    id,
    argv: ["sh", "-c", line],
    cwd: "/",
    env: {},
    unset: [],
    columns: 80,
    rows: 24,
    answers: true,
    ...more,
  };
}

/** Starts a shell line and answers the session. */
export async function startLine(
  ctx: Context,
  id: string,
  line: string,
  more: Partial<Launch> = {},
): Promise<SessionView> {
  return assertOk(await launch(ctx, shellLaunch(id, line, more)));
}

/** What the session's terminal has shown, as raw bytes in Latin-1. */
export function rawLog(ctx: Context, ref: SessionRef): string {
  const bytes = Deno.readFileSync(join(generationDir(ctx.profile.paths, ref), "out.log"));
  return new TextDecoder("latin1").decode(bytes);
}

/** Waits until the session's log holds `text`. */
export async function shown(ctx: Context, ref: SessionRef, text: string): Promise<void> {
  await waitUntil(`"${text}" in the log of ${ref.id}`, () => rawLog(ctx, ref).includes(text));
}

/** Waits until the session is in one of the states. */
export function inState(ctx: Context, ref: SessionRef, ...kinds: readonly string[]): Promise<SessionView> {
  return waitUntil(`${ref.id} in state ${kinds.join(" or ")}`, async () => {
    const view = await readSession(ctx, ref);
    return kinds.includes(view.state.kind) ? view : undefined;
  });
}

/** The processes that carry the session's mark. */
export async function marked(ctx: Context, ref: SessionRef): Promise<readonly ProcessRow[]> {
  const spec = readSpec(ctx, ref);
  const rows = await platformOf(ctx.os).processes(ctx.os) ?? [];
  return rows.filter((row) => row.mark !== undefined && row.mark === spec?.mark && !row.zombie);
}

/** The same profile without the faults that a walk makes: what a scenario cleans up with is none of its steps. */
export function unfaulted(ctx: Context): Context {
  return { ...ctx, os: { ...ctx.os, files: realFiles() } };
}

/** Ends a session without grace and fails unless nothing of it is left. */
export async function bury(ctx: Context, ...refs: readonly SessionRef[]): Promise<void> {
  assertOk(await killSessions(ctx, refs, { by: "test", why: "kill", graceMs: 0 }));
  for (const ref of refs) {
    await waitUntil(`no process of ${ref.id}`, async () => (await marked(ctx, ref)).length === 0, { everyMs: 50 });
    assertEquals((await marked(ctx, ref)).length, 0);
  }
}
