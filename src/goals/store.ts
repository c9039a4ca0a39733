import { join } from "node:path";
import { fail, type Failure, ioFailure, type Result } from "../failure.ts";
import { ok, type Outcome } from "../base/result.ts";
import { byCodeUnit, isId } from "../base/id.ts";
import type { OsFailure } from "../os/sys.ts";
import { isGone, readEntry, stem, withDirLock } from "../os/guarded_files.ts";
import type { Entry } from "../os/files.ts";
import type { Context } from "../profile/profile.ts";
import type { Goal } from "./schema.ts";
import { goalOf } from "./format.ts";

/** Where a goal lies. The id has been validated. */
export function goalPath(ctx: Context, id: string): string {
  return join(ctx.profile.paths.goals, `${id}.md`);
}

/**
 * The goals in id order. Names that are no ids are debris and left out (`doctor` lists them). A goal that cannot be read is there without text; a
 * directory that cannot be read is a failure, never an empty list.
 */
export function listGoals(ctx: Context): Result<readonly Goal[]> {
  const named = goalNames(ctx, ctx.profile.paths.goals);
  if (!named.ok) return named;
  return ok(named.value.flatMap(({ id, entry }) => {
    const text = readEntry(ctx.os, ctx.profile.paths.goals, entry);
    // Archived since the directory was listed: gone is not unreadable.
    return text === undefined && isGone(ctx.os, goalPath(ctx, id)) ? [] : [goalOf(id, text)];
  }));
}

interface GoalName {
  readonly id: string;
  readonly entry: Entry;
}

/** The names of the goals in force, or of the archived files (`<id>`, `<id>-2`, …) when `dir` is the archive. */
function goalNames(ctx: Context, dir: string): Result<readonly GoalName[]> {
  const entries = ctx.os.files.list(dir);
  if (!entries.ok) {
    return entries.failure.code === "absent" ? ok([]) : ioFailure("list goals", entries.failure);
  }
  const names: GoalName[] = [];
  for (const entry of entries.value) {
    const id = stem(entry.name, ".md");
    if (id !== undefined && isId(id) && entry.kind !== "dir") names.push({ id, entry });
  }
  // By id, not by file name: `a-b.md` stands before `a.md`.
  return ok(names.sort((a, b) => byCodeUnit(a.id, b.id)));
}

/** One goal. Undefined: there is none of that id; one that cannot be read is a failure. */
export function readGoal(ctx: Context, id: string): Result<Goal | undefined> {
  return readGoalFile(ctx, { id, path: goalPath(ctx, id) });
}

/** The archived file of that name (an id, or an id with its suffix). */
export function readArchivedGoal(ctx: Context, name: string): Result<Goal | undefined> {
  return readGoalFile(ctx, { id: name, path: join(ctx.profile.paths.goalsArchive, `${name}.md`) });
}

function readGoalFile(ctx: Context, file: { readonly id: string; readonly path: string }): Result<Goal | undefined> {
  const found = ctx.os.files.read(file.path);
  if (found.kind === "absent") return ok(undefined);
  if (found.kind === "unreadable") return ioFailure(`read goal "${file.id}"`, found.failure);
  return ok(goalOf(file.id, found.text));
}

/**
 * Makes or replaces a goal, atomically, under the lock of the directory. `same`: it was exactly that already. `clash`: another goal's
 * id differs from this one only in case, and on some file systems both would be one file.
 */
export async function writeGoal(
  ctx: Context,
  goal: { readonly id: string; readonly text: string },
): Promise<Outcome<"added" | "replaced" | "same" | { readonly clash: string }, OsFailure>> {
  const { files } = ctx.os;
  const path = goalPath(ctx, goal.id);
  const made = files.makeDir(ctx.profile.paths.goals);
  if (!made.ok) return made;
  const done = await withDirLock(
    ctx.os,
    ctx.profile.paths.goals,
    (): Outcome<"added" | "replaced" | "same" | { readonly clash: string }, OsFailure> => {
      const names = files.list(ctx.profile.paths.goals);
      if (!names.ok) return names;
      const clash = sameButCase(names.value.map((entry) => entry.name), `${goal.id}.md`);
      if (clash !== undefined) return ok({ clash: clash.slice(0, -3) });
      const before = files.read(path);
      if (before.kind === "unreadable") return { ok: false, failure: before.failure };
      if (before.kind === "text" && before.text === goal.text) return ok("same");
      const written = files.replace(path, goal.text);
      return written.ok ? ok(before.kind === "absent" ? "added" : "replaced") : written;
    },
  );
  return done.ok ? done.value : done;
}

/**
 * Moves a goal into `goals/archive/`, to `<id>.md` or the first free of `<id>-2.md`, `<id>-3.md`, …: nothing there is ever
 * overwritten. Answers the name it got, or that there is no such goal. A crash between the new name and the loss of the old one is finished
 * by the repetition.
 */
export async function moveToArchive(ctx: Context, id: string): Promise<Outcome<Archived, OsFailure>> {
  const { files } = ctx.os;
  const { goals, goalsArchive } = ctx.profile.paths;
  const done = await withDirLock(ctx.os, goals, (): Outcome<string, OsFailure> => {
    const made = files.makeDir(goalsArchive);
    if (!made.ok) return made;
    const from = goalPath(ctx, id);
    for (let n = 1;; n++) {
      const name = n === 1 ? id : `${id}-${n}`;
      const moved = files.moveAside(from, join(goalsArchive, `${name}.md`));
      if (!moved.ok) return moved;
      if (moved.value === "moved") return ok(name);
    }
  });
  if (!done.ok) return done;
  if (done.value.ok) return ok({ kind: "archived", name: done.value.value });
  return done.value.failure.code === "absent" ? ok({ kind: "absent" }) : done.value;
}

/** Where an archived goal went. */
export type Archived = { readonly kind: "absent" } | { readonly kind: "archived"; readonly name: string };

/** The archived goals in order of their names, with their texts. */
export function archivedGoals(ctx: Context): Result<readonly Goal[]> {
  const dir = ctx.profile.paths.goalsArchive;
  const names = goalNames(ctx, dir);
  if (!names.ok) return names;
  return ok(names.value.map(({ id, entry }) => goalOf(id, readEntry(ctx.os, dir, entry))));
}

/** What a goal of this id was archived as, newest last. */
export function archivedNames(ctx: Context, id: string): Result<readonly string[]> {
  const names = goalNames(ctx, ctx.profile.paths.goalsArchive);
  if (!names.ok) return names;
  const number = (name: string) => name === id ? 1 : Number(name.slice(id.length + 1));
  const mine = names.value.map((name) => name.id).filter((name) =>
    name === id || /^-[1-9][0-9]*$/.test(name.slice(id.length)) && name.startsWith(id)
  );
  return ok([...mine].sort((a, b) => number(a) - number(b)));
}

/** The failure of a goal that is not there. */
export function noSuchGoal(
  ctx: Context,
  verb: string,
  id: string,
): { readonly ok: false; readonly failure: Failure } {
  const archived = archivedNames(ctx, id);
  const last = archived.ok ? archived.value.at(-1) : undefined;
  const hint = last === undefined
    ? "looop _ goal list"
    : `it was archived as goals/archive/${last}.md: looop _ goal show ${last}`;
  return fail("not_found", `${verb} goal "${id}"`, "there is no such goal", { hint });
}

function sameButCase(names: readonly string[], name: string): string | undefined {
  return names.find((other) => other !== name && other.toLowerCase() === name.toLowerCase());
}
