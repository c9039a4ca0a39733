import { join } from "node:path";
import { fail, ioFailure, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import type { Os } from "../os/os.ts";
import { type Paths, profileDirs } from "./paths.ts";

/**
 * What lies where the profile should be: nothing, an empty directory, a profile, one whose making was cut off, a forerunner's, or
 * something of somebody else's.
 */
export type Contents = "absent" | "empty" | "complete" | "begun" | "forerunner" | "foreign";

/** Made before anything else and held as a lock while a profile is made; removed when `profile.json` is there. */
export const SEEDING = ".seeding";

/** The same for taking over a forerunner's profile. */
export const ADOPTING = ".adopting";

/**
 * Looks what lies at the root. A directory without `profile.json` is one of ours to finish only when it holds the
 * marker that is made first, and nothing whose name we would not have made.
 */
export function contentsOf(os: Os, paths: Paths): Result<Contents> {
  const thing = "open the profile";
  const root = os.files.stat(paths.root);
  if (!root.ok) return root.failure.code === "absent" ? ok("absent") : ioFailure(thing, root.failure);
  if (root.value.kind === "symlink") {
    return fail("refused", thing, `${paths.root} is a link to a place that is not there`);
  }
  if (root.value.kind !== "dir") return fail("refused", thing, `${paths.root} is not a directory`);
  const marker = os.files.stat(paths.marker);
  if (marker.ok) return ok("complete");
  if (marker.failure.code !== "absent") return ioFailure(thing, marker.failure);
  const names = os.files.list(paths.root);
  if (!names.ok) return ioFailure(thing, names.failure);
  return ok(judge(os, paths, names.value.map((entry) => entry.name)));
}

function judge(os: Os, paths: Paths, names: readonly string[]): Contents {
  if (names.length === 0) return "empty";
  if (names.includes(ADOPTING)) return "forerunner";
  const own = ownNames(paths);
  if (names.includes(SEEDING) && names.every((name) => own.has(name))) return "begun";
  return looksLikeForerunner(os, paths, names) ? "forerunner" : "foreign";
}

/** The names that making a profile puts into its root. */
function ownNames(paths: Paths): ReadonlySet<string> {
  const start = paths.root.length + 1;
  const names = [...profileDirs(paths), paths.config, paths.playbook, paths.gitignore]
    .filter((path) => path.startsWith(`${paths.root}/`))
    .map((path) => path.slice(start).split("/")[0] ?? "");
  return new Set([SEEDING, ...names]);
}

/** Keys by which a forerunner's config is known. */
const FORERUNNER_KEYS = /"(tick_command|worker_command|runners|tick|interactive)"\s*:/;

function looksLikeForerunner(os: Os, paths: Paths, names: readonly string[]): boolean {
  if (names.includes("PLAYBOOK.md") || names.includes("looop.json")) return true;
  if (!names.includes("config.json")) return false;
  const config = os.files.read(join(paths.root, "config.json"));
  return config.kind === "text" && FORERUNNER_KEYS.test(config.text);
}
