import { fail, ioFailure, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import type { Os } from "../os/os.ts";
import { type ConfigState, loadConfig } from "../config/store.ts";
import { ADOPTING, type Contents, contentsOf, SEEDING } from "./contents.ts";
import { guardConfig, guardLinks, guardMode, guardOwnerToChange, guardOwnerToRead, guardParents } from "./guard.ts";
import { locateProfile } from "./locate.ts";
import type { Paths } from "./paths.ts";
import type { Context } from "./profile.ts";
import { readVersioned } from "./records.ts";
import { markerSchema } from "./schema.ts";
import { seedProfile } from "./seed.ts";
import { join } from "node:path";
import { shellWord } from "../base/shell_word.ts";

/** What the opener is going to do: look, change what is there, or change and make the profile when there is none. */
export interface OpenOptions {
  readonly mode: "read" | "change" | "seed";
}

/**
 * Opens the profile of this process: finds it, checks that it is ours alone and no link leads out of it, reads its config. `read`
 * writes nothing. `change` makes directories that are missing again (never files: who deleted a seed meant it). `seed` makes the
 * whole profile where there is none. A broken config does not keep anybody out: see `notes` and `configProblem` of the profile.
 */
export async function openProfile(os: Os, options: OpenOptions): Promise<Result<Context>> {
  const paths = locateProfile(os);
  if (!paths.ok) return paths;
  const contents = contentsOf(os, paths.value);
  if (!contents.ok) return contents;
  if (contents.value !== "complete") {
    if (options.mode !== "seed") return none(paths.value, contents.value);
    const seeded = await seedProfile(os, paths.value);
    if (!seeded.ok) return seeded;
  }
  const guarded = await guard(os, paths.value, options.mode);
  if (!guarded.ok) return guarded;
  const marker = readVersioned(os, paths.value.marker, markerSchema);
  if (marker.kind === "absent") return none(paths.value, "absent");
  if (marker.kind !== "ok") return { ok: false, failure: marker.failure };
  return ok(contextOf(os, paths.value, loadConfig(os, paths.value)));
}

async function guard(os: Os, paths: Paths, mode: OpenOptions["mode"]): Promise<Result<void>> {
  const root = os.files.stat(paths.root);
  if (!root.ok) return ioFailure("open the profile", root.failure);
  const looks = [guardMode(paths, root.value), guardParents(os, paths.root), guardConfig(os, paths)];
  const refused = looks.find((look) => !look.ok);
  if (refused !== undefined) return refused;
  const links = guardLinks(os, paths);
  if (!links.ok) return links;
  if (mode === "read") return guardOwnerToRead(os, paths, root.value);
  for (const dir of links.value) {
    const made = os.files.makeDir(dir);
    if (!made.ok) return ioFailure("open the profile", made.failure);
  }
  // Left by a crash between the last two steps of making the profile.
  for (const name of [SEEDING, ADOPTING]) os.files.remove(join(paths.root, name));
  return await guardOwnerToChange(os, paths, root.value);
}

function none(paths: Paths, contents: Contents): Result<never> {
  switch (contents) {
    case "begun":
      return fail("no_profile", "open the profile", `making ${paths.root} was cut off`, {
        hint: "looop init (finishes it)",
      });
    case "forerunner":
      return fail("no_profile", "open the profile", `${paths.root} holds an older looop's profile`, {
        hint: "looop init --adopt (takes it over and keeps the originals)",
      });
    case "foreign":
      return fail("no_profile", "open the profile", `${paths.root} holds files that are not looop's`, {
        hint: "set LOOOP_DATA_DIR to a directory of its own",
      });
    default:
      return fail("no_profile", "open the profile", `there is none at ${paths.root}`, {
        hint: `looop init (or looop up) makes one; another place: LOOOP_DATA_DIR=${
          shellWord("/some/directory")
        } looop init`,
      });
  }
}

function contextOf(os: Os, paths: Paths, state: ConfigState): Context {
  const { config, problem, warnings } = state;
  const notes = problem === undefined ? warnings : [...warnings, configNote(paths, problem)];
  return { os, profile: { paths, config, configProblem: problem, notes } };
}

/** The sentence for a config that cannot be used as it is. */
export function configNote(paths: Paths, problem: NonNullable<ConfigState["problem"]>): string {
  const where = problem.line === 0 ? paths.config : `${paths.config}:${problem.line}:${problem.column}`;
  return `${where}: ${problem.message}; what cannot be read has its default`;
}
