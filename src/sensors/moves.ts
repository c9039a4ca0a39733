import { join } from "node:path";
import { fail, ioFailure, type Result } from "../failure.ts";
import { ok, type Outcome } from "../base/result.ts";
import type { OsFailure } from "../os/sys.ts";
import { withDirLock } from "../os/guarded_files.ts";
import type { MoveOutcome } from "../moves/schema.ts";
import type { Context } from "../profile/profile.ts";
import { hasShebang, parseHeader } from "./header.ts";
import { fileForScript, sensorOfFile } from "./names.ts";

/** The largest script that is taken: what is longer belongs beside the profile, and the sensor calls it. */
const SCRIPT_MAX = 1024 * 1024;

/**
 * Writes a sensor, executable, all or nothing. `name` is an id, with or without an ending; without one the file of that stem is
 * replaced whatever its ending, or made with `.sh` when a shell runs it. A file of the same stem and another ending is archived: there is
 * never a moment with both. The same script again changes nothing.
 */
export async function applySensorWrite(
  ctx: Context,
  move: { readonly name: string; readonly script: string },
): Promise<Result<MoveOutcome>> {
  const thing = `write sensor "${move.name}"`;
  const named = sensorOfFile(move.name);
  if ("why" in named) return badName(thing, named.why);
  const script = move.script.endsWith("\n") ? move.script : `${move.script}\n`;
  const problem = scriptProblem(script);
  if (problem !== undefined) return fail("usage", thing, problem.state, { hint: problem.hint });
  const hasEnding = move.name !== named.name;
  const done = await withDirLock(ctx.os, ctx.profile.paths.sensors, (): Result<Written> => {
    const files = filesOf(ctx, named.name);
    if (!files.ok) return ioFailure(thing, files.failure);
    if (files.value.rival !== undefined) {
      return fail("conflict", thing, `there is "${files.value.rival}", which differs in case only`);
    }
    const [only] = files.value.mine;
    const file = !hasEnding && files.value.mine.length === 1 && only !== undefined
      ? only
      : fileForScript(move.name, script);
    return replaceScript(ctx, { thing, file, script, others: files.value.mine.filter((other) => other !== file) });
  });
  if (!done.ok) return ioFailure(thing, done.failure);
  if (!done.value.ok) return done.value;
  const { file, changed, archived } = done.value.value;
  const { problems } = parseHeader(script);
  return ok({
    changed,
    summary: changed ? `sensor ${named.name}: written (sensors/${file})` : `sensor ${named.name}: already so`,
    items: changed ? [`sensor:${named.name}`] : [],
    data: { name: named.name, file, archived, problems },
  });
}

interface Written {
  readonly file: string;
  readonly changed: boolean;
  readonly archived: readonly string[];
}

function replaceScript(
  ctx: Context,
  job: { readonly thing: string; readonly file: string; readonly script: string; readonly others: readonly string[] },
): Result<Written> {
  const { files } = ctx.os;
  const path = join(ctx.profile.paths.sensors, job.file);
  const before = files.read(path);
  if (before.kind === "unreadable" && before.failure.code === "not_regular") {
    return ioFailure(job.thing, before.failure);
  }
  const same = before.kind === "text" && before.text === job.script && (before.stamp.mode & 0o100) !== 0;
  const archived: string[] = [];
  // First away with the other, then the new one: a crash between leaves no sensor and both scripts, never two sensors of one name.
  for (const other of job.others) {
    const moved = archiveFile(ctx, other);
    if (!moved.ok) return ioFailure(job.thing, moved.failure);
    archived.push(moved.value);
  }
  if (!same) {
    const written = files.replace(path, job.script, { mode: 0o700 });
    if (!written.ok) return ioFailure(job.thing, written.failure);
  }
  return ok({ file: job.file, changed: !same || archived.length > 0, archived });
}

/**
 * Moves a sensor into `sensors/archive/`, never over what is there. The pulse then removes its reading. Archiving an archived one
 * says so.
 */
export async function applySensorArchive(ctx: Context, move: { readonly name: string }): Promise<Result<MoveOutcome>> {
  const thing = `archive sensor "${move.name}"`;
  const named = sensorOfFile(move.name);
  if ("why" in named) return badName(thing, named.why);
  const done = await withDirLock(ctx.os, ctx.profile.paths.sensors, (): Outcome<readonly string[], OsFailure> => {
    const files = filesOf(ctx, named.name);
    if (!files.ok) return files;
    // With the ending, only that file: the way out of two files of one stem.
    const chosen = files.value.mine.includes(move.name) ? [move.name] : files.value.mine;
    const archived: string[] = [];
    for (const file of chosen) {
      const moved = archiveFile(ctx, file);
      if (!moved.ok) return moved;
      archived.push(moved.value);
    }
    return ok(archived);
  });
  if (!done.ok) return ioFailure(thing, done.failure);
  if (!done.value.ok) return ioFailure(thing, done.value.failure);
  const archived = done.value.value;
  if (archived.length === 0 && !isArchived(ctx, named.name)) {
    return fail("not_found", thing, "there is no such sensor", { hint: "looop _ sensor list" });
  }
  return ok({
    changed: archived.length > 0,
    summary: archived.length > 0
      ? `sensor ${named.name}: archived as ${archived.map((file) => `sensors/archive/${file}`).join(", ")}`
      : `sensor ${named.name}: already archived`,
    items: archived.length > 0 ? [`sensor:${named.name}`] : [],
    data: { name: named.name, archived },
  });
}

/** The files of a sensor's stem (executable or not), and one whose stem differs in case only. */
function filesOf(
  ctx: Context,
  name: string,
): Outcome<{ readonly mine: readonly string[]; readonly rival: string | undefined }, OsFailure> {
  const entries = ctx.os.files.list(ctx.profile.paths.sensors);
  if (!entries.ok) return entries;
  const mine: string[] = [];
  let rival: string | undefined;
  for (const entry of entries.value) {
    if (entry.kind !== "file") continue;
    const named = sensorOfFile(entry.name);
    if ("why" in named) continue;
    if (named.name === name) mine.push(entry.name);
    else if (named.name.toLowerCase() === name.toLowerCase()) rival = named.name;
  }
  return ok({ mine, rival });
}

/** Moves a script to the first free name in the archive: `x.sh`, `x-2.sh`, `x-3.sh`, … */
function archiveFile(ctx: Context, file: string): Outcome<string, OsFailure> {
  const { sensors, sensorsArchive } = ctx.profile.paths;
  const made = ctx.os.files.makeDir(sensorsArchive);
  if (!made.ok) return made;
  const dot = file.lastIndexOf(".") > 0 ? file.lastIndexOf(".") : file.length;
  for (let n = 1;; n++) {
    const name = n === 1 ? file : `${file.slice(0, dot)}-${n}${file.slice(dot)}`;
    const moved = ctx.os.files.moveAside(join(sensors, file), join(sensorsArchive, name));
    if (!moved.ok) return moved;
    if (moved.value === "moved") return ok(name);
  }
}

function isArchived(ctx: Context, name: string): boolean {
  const entries = ctx.os.files.list(ctx.profile.paths.sensorsArchive);
  if (!entries.ok) return false;
  return entries.value.some((entry) => {
    const named = sensorOfFile(entry.name);
    if ("why" in named) return false;
    return named.name === name || named.name.replace(/-[1-9][0-9]*$/, "") === name;
  });
}

function scriptProblem(script: string): { readonly state: string; readonly hint: string } | undefined {
  const hint = "begin with a line such as #!/bin/sh, and print one JSON object";
  if (script.trim() === "") return { state: "the script is empty", hint };
  if (script.includes("\0")) return { state: "the script is not text", hint };
  if (script.length > SCRIPT_MAX) {
    return {
      state: "the script is larger than 1 MiB",
      hint: "keep what is large elsewhere and call it from the sensor",
    };
  }
  if (!hasShebang(script)) return { state: "its first line does not say what runs it (#!)", hint };
  if (/^[^\n]*\r/.test(script)) {
    return {
      state: "its first line ends in a carriage return, and no system starts that",
      hint: "save it with Unix line ends",
    };
  }
  return undefined;
}

function badName(thing: string, why: string): Result<never> {
  return fail("usage", thing, why, { hint: "letters, digits, dot, dash and underscore, such as disk or disk.py" });
}
