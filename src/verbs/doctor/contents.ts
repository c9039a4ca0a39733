import { join } from "node:path";
import { formatAge } from "../../base/duration.ts";
import { isId, parseAskId } from "../../base/id.ts";
import { oneLine } from "../../base/text.ts";
import { loadConfig } from "../../config/store.ts";
import { viewPulse } from "../../heartbeat/store.ts";
import type { Os } from "../../os/os.ts";
import type { Paths } from "../../profile/paths.ts";
import type { Context } from "../../profile/profile.ts";
import { ignoredSensorFiles } from "../../sensors/store.ts";
import { allRecords } from "../../workers/store.ts";
import { unrecorded } from "../../workers/unrecorded.ts";
import { bad, type Check, fine, some, warn } from "./check.ts";

/** The checks of what is in an opened profile. */
export function contentChecks(context: Context): readonly Check[] {
  const { os, profile } = context;
  return [
    config(os, profile.paths),
    owners(os, profile.paths),
    names(os, profile.paths),
    sensors(context),
    workers(context),
    pulse(context),
  ];
}

function config(os: Os, paths: Paths): Check {
  const state = loadConfig(os, paths);
  const { problem } = state;
  if (problem !== undefined) {
    const where = problem.line === 0 ? paths.config : `${paths.config}:${problem.line}:${problem.column}`;
    return bad("config", `${where}: ${problem.message}`, "put it right in an editor; looop up refuses until then");
  }
  const [first] = state.warnings;
  if (first !== undefined) {
    return warn("config", state.warnings.join("; "), "unset the variable, or give it a usable value");
  }
  return fine("config", state.file === undefined ? "there is no file: all defaults" : paths.config);
}

/** Files of another user in the profile: what root or a container left there cannot be changed later. */
function owners(os: Os, paths: Paths): Check {
  const root = os.files.stat(paths.root);
  const strange: string[] = [];
  const closed: string[] = [];
  for (const dir of [paths.root, ...topDirs(os, paths.root)]) {
    const entries = os.files.list(dir);
    if (!entries.ok) closed.push(dir);
    for (const { name } of entries.ok ? entries.value : []) {
      const stamp = os.files.stat(join(dir, name));
      if (stamp.ok && root.ok && stamp.value.uid !== root.value.uid) strange.push(join(dir, name));
    }
  }
  if (closed.length > 0) {
    return bad("owners", `cannot be read: ${some(closed)}`, `sudo chown -R "$(id -u)" ${paths.root}`);
  }
  if (strange.length === 0) return fine("owners", "everything in the profile is yours");
  return warn("owners", `these belong to another user: ${some(strange)}`, `sudo chown -R "$(id -u)" ${paths.root}`);
}

function topDirs(os: Os, root: string): readonly string[] {
  const entries = os.files.list(root);
  return entries.ok ? entries.value.filter(({ kind }) => kind === "dir").map(({ name }) => join(root, name)) : [];
}

/** Names of files or of directories, each an id with an ending. Directories among files are none of ours, and not looked at. */
interface NameRule {
  readonly dir: string;
  readonly kind: "file" | "dir";
  readonly ending: string;
  isName(text: string): boolean;
}

function nameRules(paths: Paths): readonly NameRule[] {
  return [
    { dir: paths.goals, kind: "file", ending: ".md", isName: isId },
    { dir: paths.asks, kind: "file", ending: ".json", isName: (text) => parseAskId(text) !== undefined },
    { dir: paths.claims, kind: "file", ending: ".json", isName: isId },
    { dir: paths.schedules, kind: "file", ending: ".json", isName: isId },
    { dir: paths.workers, kind: "file", ending: ".json", isName: isId },
    { dir: paths.sessions, kind: "dir", ending: "", isName: isId },
  ];
}

function names(os: Os, paths: Paths): Check {
  const debris: string[] = [];
  const irregular: string[] = [];
  for (const rule of nameRules(paths)) {
    const entries = os.files.list(rule.dir);
    const seen = new Set<string>();
    for (const { name, kind } of entries.ok ? entries.value : []) {
      if ((kind === "dir" && rule.kind === "file") || name.startsWith(".")) continue;
      const path = oneLine(join(rule.dir, name));
      const id = name.endsWith(rule.ending) ? name.slice(0, name.length - rule.ending.length) : "";
      // Two that differ only in case are one on some disks, and never meant.
      if (!rule.isName(id) || seen.has(id.toLowerCase())) debris.push(path);
      else if (kind !== rule.kind) (rule.kind === "file" ? irregular : debris).push(path);
      seen.add(id.toLowerCase());
    }
  }
  if (irregular.length > 0) {
    return bad(
      "names",
      `not read, because they are no regular files: ${some(irregular)}`,
      "put regular files in their places",
    );
  }
  if (debris.length === 0) return fine("names", "every name is an id");
  return warn("names", `looop passes over these: ${some(debris)}`, "rename them, or move them out of the profile");
}

function workers(context: Context): Check {
  const damaged = unrecorded(context, allRecords(context)).filter(({ hasRecord }) => hasRecord);
  if (damaged.length === 0) return fine("workers", "every worker's record can be read");
  return bad(
    "workers",
    some(damaged.map(({ id, problem }) => `${id}: ${problem}`)),
    "looop kill <id> ends it, and looop _ worker start gives it a record",
  );
}

function sensors(context: Context): Check {
  const ignored = ignoredSensorFiles(context);
  if (ignored.length === 0) return fine("sensors", "every file in sensors/ is one");
  return warn(
    "sensors",
    `not run: ${some(ignored.map(({ file, why }) => `${oneLine(file)} (${why})`))}`,
    "a sensor has the execute bit, a first line such as #!/bin/sh, and an id as its name",
  );
}

function pulse(context: Context): Check {
  const { alive, heartbeat } = viewPulse(context);
  if (!alive) return warn("pulse", "it is down: nothing is sensed", "looop up");
  const beat = heartbeat === undefined ? undefined : lastBeat(heartbeat);
  return fine(
    "pulse",
    beat === undefined ? "it is up" : `it is up, last beat ${formatAge(context.os.clock.now() - beat)} ago`,
  );
}

function lastBeat(heartbeat: object): number | undefined {
  const { last_beat: beat } = heartbeat as { readonly last_beat?: unknown };
  return typeof beat === "number" ? beat : undefined;
}
