import { dirname, join } from "node:path";
import { isId, parseAskId } from "../base/id.ts";
import { ioFailure, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import type { Os } from "../os/os.ts";
import type { Paths } from "./paths.ts";

/** What was copied, for people and for the rest of the adoption. */
export interface TakenOver {
  readonly lines: readonly string[];
  /** The number that the setup ask gets; undefined: the goal `setup` was archived long ago. */
  readonly setupAsk: number | undefined;
}

const THING = "take over the profile";

/** Larger single files stay among the originals. */
const LARGEST_BYTES = 512 * 1024 * 1024;

/** Plain files that mean the same in every era. */
const SAME_FILES = ["PLAYBOOK.md", "journal.md", "journal.md.1", "cost.jsonl"];

/** Copies what we have a place for out of the originals. Publishes, so that what a cut-off call copied is passed over. */
export function takeOver(os: Os, paths: Paths, originals: string): Result<TakenOver> {
  const lines: string[] = [];
  const copier: Copier = { os, lines };
  for (const name of SAME_FILES) {
    const copied = copyFile(copier, join(originals, name), { to: join(paths.root, name), mode: 0o600 });
    if (!copied.ok) return copied;
    if (copied.value) lines.push(name);
  }
  const dirs: readonly DirCopy[] = [
    { from: "goals", to: paths.goals, accept: isMarkdown, noun: "goals" },
    { from: "goals/archive", to: paths.goalsArchive, accept: isMarkdown, noun: "archived goals" },
    { from: "sensors", to: paths.sensors, accept: () => true, noun: "sensors" },
    { from: "playbook.d", to: paths.playbookHistory, accept: () => true, noun: "older PLAYBOOKs" },
  ];
  for (const dir of dirs) {
    const copied = copyDir(copier, originals, dir);
    if (!copied.ok) return copied;
  }
  const reports = copyTree(copier, join(originals, "reports"), paths.reports);
  if (!reports.ok) return reports;
  const highest = highestAsks(os, originals);
  const setupAsk = os.files.stat(join(paths.goals, "setup.md")).ok ? (highest.get("setup") ?? 0) + 1 : undefined;
  if (setupAsk !== undefined) highest.set("setup", setupAsk);
  const counted = writeCounters(os, paths, highest);
  if (!counted.ok) return counted;
  lines.push(...leftBehind(os, originals));
  return ok({ lines, setupAsk });
}

interface Copier {
  readonly os: Os;
  readonly lines: string[];
}

interface DirCopy {
  readonly from: string;
  readonly to: string;
  readonly noun: string;
  accept(name: string): boolean;
}

function isMarkdown(name: string): boolean {
  return name.endsWith(".md") && isId(name.slice(0, -3));
}

function copyDir(copier: Copier, originals: string, dir: DirCopy): Result<void> {
  const from = join(originals, dir.from);
  const names = copier.os.files.list(from);
  if (!names.ok) return names.failure.code === "absent" ? ok(undefined) : ioFailure(THING, names.failure);
  let count = 0;
  for (const { name, kind } of names.value) {
    if (kind === "dir" || name.startsWith(".")) continue;
    if (kind !== "file" || !dir.accept(name)) {
      copier.lines.push(
        `${dir.from}/${name} was left out: ${kind === "file" ? "its name is no id" : "it is no regular file"}`,
      );
      continue;
    }
    const stamp = copier.os.files.stat(join(from, name));
    // Only the owner's right to run it means anything from now on.
    const mode = stamp.ok && (stamp.value.mode & 0o111) !== 0 ? 0o700 : 0o600;
    const copied = copyFile(copier, join(from, name), { to: join(dir.to, name), mode });
    if (!copied.ok) return copied;
    if (copied.value) count++;
  }
  if (count > 0) copier.lines.push(`${count} ${dir.noun}`);
  return ok(undefined);
}

/** Answers whether there is such a file now. */
function copyFile(
  copier: Copier,
  from: string,
  what: { readonly to: string; readonly mode: number },
): Result<boolean> {
  const { files } = copier.os;
  const stamp = files.stat(from);
  if (!stamp.ok) return stamp.failure.code === "absent" ? ok(false) : ioFailure(THING, stamp.failure);
  if (stamp.value.kind !== "file" || stamp.value.size > LARGEST_BYTES) {
    copier.lines.push(
      `${from} was left out: ${stamp.value.kind === "file" ? "it is too large" : "it is no regular file"}`,
    );
    return ok(false);
  }
  const bytes = files.readFrom(from, 0, stamp.value.size);
  if (!bytes.ok) return ioFailure(THING, bytes.failure);
  const dir = files.makeDir(dirname(what.to));
  if (!dir.ok) return ioFailure(THING, dir.failure);
  const published = files.publish(what.to, bytes.value, what.mode);
  return published.ok ? ok(true) : ioFailure(THING, published.failure);
}

/** Reports may lie in directories of their own; links in them are not followed. */
function copyTree(copier: Copier, from: string, to: string): Result<void> {
  const names = copier.os.files.list(from);
  if (!names.ok) return names.failure.code === "absent" ? ok(undefined) : ioFailure(THING, names.failure);
  for (const { name, kind } of names.value) {
    const copied = kind === "dir"
      ? copyTree(copier, join(from, name), join(to, name))
      : copyFile(copier, join(from, name), { to: join(to, name), mode: 0o600 });
    if (!copied.ok) return copied;
  }
  return ok(undefined);
}

/** The highest number of an ask that each worker has ever used. */
function highestAsks(os: Os, originals: string): Map<string, number> {
  const highest = new Map<string, number>();
  for (const dir of ["asks", "asks/archive", "answers"]) {
    const names = os.files.list(join(originals, dir));
    for (const { name } of names.ok ? names.value : []) {
      const ask = parseAskId(name.replace(/\.json$/, ""));
      if (ask !== undefined) highest.set(ask.worker, Math.max(ask.n, highest.get(ask.worker) ?? 0));
    }
  }
  return highest;
}

/** Carries those numbers on: an id that stands in an old journal or report must not come to mean another ask. */
function writeCounters(os: Os, paths: Paths, highest: ReadonlyMap<string, number>): Result<void> {
  for (const [worker, n] of highest) {
    const path = join(paths.mailbox, "workers", worker, "ask.counter");
    const dir = os.files.makeDir(dirname(path));
    if (!dir.ok) return ioFailure(THING, dir.failure);
    const published = os.files.publish(path, `${n}\n`);
    if (!published.ok) return ioFailure(THING, published.failure);
  }
  return ok(undefined);
}

/** What a person may miss, and where it is. */
function leftBehind(os: Os, originals: string): readonly string[] {
  const lines: string[] = [];
  const schedules = count(os, join(originals, "schedules"));
  if (schedules > 0) lines.push(`${schedules} schedules were left out: write them anew with looop _ schedule write`);
  const open = openAsks(os, originals);
  if (open > 0) lines.push(`${open} open asks were left out: their workers are gone`);
  if (os.files.stat(join(originals, "PLAYBOOK.proposed.md")).ok) {
    lines.push("PLAYBOOK.proposed.md was left out: nobody had approved it yet");
  }
  if (os.files.stat(join(originals, "paused")).ok) lines.push("the old loop was paused; looop up starts it");
  return lines;
}

function count(os: Os, dir: string): number {
  const names = os.files.list(dir);
  return names.ok ? names.value.filter(({ name }) => name.endsWith(".json")).length : 0;
}

function openAsks(os: Os, originals: string): number {
  const names = os.files.list(join(originals, "asks"));
  if (!names.ok) return 0;
  return names.value.filter(({ name }) =>
    name.endsWith(".json") && name !== "setup-1.json" && !os.files.stat(join(originals, "answers", name)).ok
  ).length;
}
