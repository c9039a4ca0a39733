import { basename, join } from "node:path";
import { isId, parseAskId } from "../../base/id.ts";
import { clip, oneLine } from "../../base/text.ts";
import type { Os } from "../../os/os.ts";
import { locateProfile } from "../../profile/locate.ts";
import { KEY_LIST } from "../../config/keys.ts";
import { KEY_NAMES } from "../../sessions/keys.ts";
import { BUILT_IN } from "../../workers/runners.ts";
import { TOPICS } from "../help/topics.ts";
import type { Completion } from "../verb.ts";
import type { Candidate } from "./candidates.ts";

/**
 * What of one kind is there now, from the names in the profile's directories: nothing is opened, checked or seeded, and what cannot
 * be listed is nothing. Names that are no ids are left out, so that a candidate is always safe to put on a command line.
 */
export function liveIds(os: Os, kind: Exclude<Completion, readonly string[] | "files">): readonly Candidate[] {
  const located = locateProfile(os);
  if (!located.ok) return kind === "topics" ? topics() : [];
  const paths = located.value;
  const json = (dir: string) => stems(os, dir, /^(.+)\.json$/).filter(isId).map(bare);
  switch (kind) {
    case "topics":
      return topics();
    case "config-keys":
      return KEY_LIST.map(({ name, summary }) => ({ value: name, summary }));
    case "key-names":
      return KEY_NAMES.map(bare);
    case "runners":
      return runners(os, paths.config);
    case "goals":
      return stems(os, paths.goals, /^(.+)\.md$/).filter(isId).map(bare);
    case "sensors":
      return stems(os, paths.sensors, /^([^.]+.*?)(?:\.[^.]+)?$/).filter(isId).map(bare);
    case "asks":
      return openAsks(os, paths.asks, paths.answers);
    case "workers":
      return json(paths.workers);
    case "sessions":
      return [...names(os, paths.sessions, "dir").filter(isId).map(bare), {
        value: "pulse",
        summary: "the loop's own log",
      }];
    case "claims":
      return json(paths.claims);
    case "schedules":
      return json(paths.schedules);
    case "notices":
      return stems(os, paths.notices, /^([0-9]+)\.json$/).map((n) => ({
        value: n,
        summary: textIn(os, join(paths.notices, `${n}.json`), "message"),
      }));
  }
}

/** Asks without an answer, with what they ask. */
function openAsks(os: Os, asks: string, answers: string): readonly Candidate[] {
  const answered = new Set(stems(os, answers, /^(.+)\.json$/));
  return stems(os, asks, /^(.+)\.json$/)
    .filter((id) => parseAskId(id) !== undefined && !answered.has(id))
    .map((id) => ({ value: id, summary: textIn(os, join(asks, `${id}.json`), "prompt") }));
}

/** One text of a JSON file, made fit for a line of a completion menu. */
function textIn(os: Os, path: string, key: string): string {
  const found = os.files.read(path);
  if (found.kind !== "text") return "";
  try {
    const text = (JSON.parse(found.text) as Readonly<Record<string, unknown>>)[key];
    return typeof text === "string" ? clip(oneLine(text), 60) : "";
  } catch {
    return "";
  }
}

/** The built-in runners, and those that the config names. */
function runners(os: Os, config: string): readonly Candidate[] {
  const found = os.files.read(config);
  const names = new Set(Object.keys(BUILT_IN));
  try {
    const { runners } = JSON.parse(found.kind === "text" ? found.text : "{}") as { readonly runners?: object };
    for (const name of Object.keys(runners ?? {}).filter(isId)) names.add(name);
  } catch { /* a broken config names none */ }
  return [...names].sort().map(bare);
}

function stems(os: Os, dir: string, pattern: RegExp): readonly string[] {
  return names(os, dir, "file").flatMap((name) => pattern.exec(name)?.[1] ?? []);
}

function names(os: Os, dir: string, kind: "file" | "dir"): readonly string[] {
  const listed = os.files.list(dir);
  return listed.ok ? listed.value.filter((entry) => entry.kind === kind).map(({ name }) => basename(name)) : [];
}

function topics(): readonly Candidate[] {
  return TOPICS.map(({ name, summary }) => ({ value: name, summary }));
}

function bare(value: string): Candidate {
  return { value, summary: "" };
}
