import { join } from "node:path";
import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { noteEvent, readEvents } from "./events.ts";
import { FILES, generationDir } from "./layout.ts";
import { platformOf } from "./platform.ts";
import { leaderOfSession, readLine, readSession, readSpec } from "./read.ts";
import { isAlive, type SessionRef } from "./schema.ts";

/** Columns and rows of a terminal. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Reads `100x30`; undefined when it is no size of a terminal. */
export function parseSize(text: string): Size | undefined {
  const [, columns, rows] = /^([1-9][0-9]{0,3})x([1-9][0-9]{0,3})$/.exec(text) ?? [];
  return columns === undefined || rows === undefined ? undefined : { columns: Number(columns), rows: Number(rows) };
}

/** The size a session's terminal has now. */
export function sizeOf(ctx: Context, ref: SessionRef): Size {
  const last = readEvents(ctx, ref).findLast((event) => event.event === "size");
  const spec = readSpec(ctx, ref);
  return { columns: last?.columns ?? spec?.columns ?? 80, rows: last?.rows ?? spec?.rows ?? 24 };
}

/** Sets the size of a session's terminal; the program in the foreground is told by the system. */
export async function resize(ctx: Context, ref: SessionRef, size: Size): Promise<Result<Size>> {
  const thing = `resize "${ref.id}"`;
  const { state } = await readSession(ctx, ref);
  if (!isAlive(state)) return fail("conflict", thing, `it is ${state.kind}`);
  const platform = platformOf(ctx.os);
  const inner = leaderOfSession(ctx, ref).inner;
  const pts = readLine(ctx, join(generationDir(ctx.profile.paths, ref), FILES.pts));
  if (inner === undefined || pts === undefined) {
    return fail("conflict", thing, "it is starting", { hint: "try it again" });
  }
  // Noted before it is done: what the program draws in answer must not come before the note.
  noteEvent(ctx, ref, { event: "size", ...size });
  if (!await platform.resize(ctx.os, pts, size)) return fail("failed", thing, "stty refused it");
  return ok(size);
}
