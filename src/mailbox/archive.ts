import { join } from "node:path";
import * as z from "zod/mini";
import { parseAskId } from "../base/id.ts";
import { ok } from "../base/result.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
import { withDirLock } from "../os/guarded_files.ts";
import type { Context } from "../profile/profile.ts";
import { answerPath, ARCHIVE_NAME, archivePath, askPath, keyPath, markName, markPath, repeatPath } from "./layout.ts";
import { idOfName, inTheWay, MAILBOX_VERSION, parseFound, readAnswer, readAsk, readMark, stored } from "./read.ts";
import { type Archived, archivedSchema, keySchema } from "./schema.ts";
import { mailboxNames } from "./store.ts";

/** How long a pair stays in place after it is over. */
export const KEEP_MS = 86_400_000;

/** How often the mailbox is gone through for pairs that are over. */
const EVERY_MS = 600_000;

/** A batch is appended at once; a crash can leave one batch that is in the archive and in place, and looking back twice as far finds it. */
const BATCH_BYTES = 512 * 1024;
const LOOK_BACK_BYTES = 4 * 1024 * 1024;

/**
 * Moves pairs that are over to the archive of their month: what the asker has read after a day, what it never fetched (it may be asleep
 * over a weekend) after `keep.tells`. Goes through the mailbox every ten minutes at most, so it may be called at every beat. Answers the ids.
 */
export async function archiveConsumed(ctx: Context, now: number): Promise<Result<readonly string[]>> {
  const stampPath = join(ctx.profile.paths.mailbox, ".archived");
  const stamp = ctx.os.files.stat(stampPath);
  const since = stamp.ok ? now - stamp.value.mtimeMs : EVERY_MS;
  if (since >= 0 && since < EVERY_MS) return ok([]);
  const stamped = ctx.os.files.replace(stampPath, `${now}\n`);
  if (!stamped.ok) return ioFailure("archive the mailbox", stamped.failure);
  const names = mailboxNames(ctx);
  if ("problem" in names) return ok([]); // said by everyone who looks at the asks
  const ids = new Set(names.asks);
  for (const name of names.answers) {
    const id = idOfName(name) ?? name.replace(/\.(?:delivering|consumed)$/, "");
    if (parseAskId(id) !== undefined) ids.add(id);
  }
  const isThere = (name: string): boolean => names.answers.has(name);
  const due = [...ids].filter((id) => isThere(`${id}.json`) || isThere(markName(id, "consumed"))).filter((id) =>
    isDue(ctx, id, now)
  );
  return await archivePairs(ctx, due);
}

function isDue(ctx: Context, id: string, now: number): boolean {
  const consumed = readMark(ctx, id, "consumed");
  if (consumed.kind === "present") return now - consumed.value.ts >= KEEP_MS;
  const answer = readAnswer(ctx, id);
  if (answer.kind !== "present") return false; // corrupt: somebody has to look at it first
  const over = readAsk(ctx, id).kind === "absent"; // what a crash left behind
  return now - answer.value.ts >= (over ? KEEP_MS : ctx.profile.config.keep.tellsMs);
}

/**
 * Moves these pairs to the archive now. Crash order: the line is on disk before a file goes; then the ask, so that an ask never stands
 * there without its answer; then the answer, the marks last. A run that was cut short is finished by the next, and no pair is written twice.
 */
export async function archivePairs(ctx: Context, ids: readonly string[]): Promise<Result<readonly string[]>> {
  if (ids.length === 0) return ok([]);
  const { mailbox } = ctx.profile.paths;
  const outcome = await withDirLock(ctx.os, mailbox, () => {
    const lines: Line[] = [];
    for (const id of ids) {
      const line = archivedLine(ctx, id);
      if (!line.ok) return line;
      if (line.value !== undefined) lines.push(line.value);
    }
    for (const batch of batches(lines)) {
      const moved = moveBatch(ctx, batch);
      if (!moved.ok) return moved;
    }
    return ok(lines.map(({ pair }) => pair.id));
  });
  return outcome.ok ? outcome.value : ioFailure("archive the mailbox", outcome.failure);
}

interface Line {
  readonly pair: Archived;
  readonly path: string;
  readonly text: string;
}

/** A pair as its line; undefined when nothing is left of it. What cannot be read just now is not archived as if it were empty. */
function archivedLine(ctx: Context, id: string): Result<Line | undefined> {
  const ask = readAsk(ctx, id);
  const answer = readAnswer(ctx, id);
  const consumed = readMark(ctx, id, "consumed");
  for (const found of [ask, answer, consumed]) {
    if (found.kind !== "corrupt" || found.transient !== true) continue;
    return fail("unreadable", `archive "${id}"`, found.problem, { hint: "looop doctor" });
  }
  // A directory cannot be removed as they are: better found before the first of its files goes.
  for (const path of [askPath(ctx.profile.paths, id), answerPath(ctx.profile.paths, id)]) {
    const hint = ask.kind === "corrupt" || answer.kind === "corrupt" ? inTheWay(ctx.os, path) : undefined;
    if (hint !== undefined) return fail("unreadable", `archive "${id}"`, `${path} is a directory`, { hint });
  }
  if (ask.kind === "absent" && answer.kind === "absent") {
    const removed = removeFiles(ctx, id); // marks that a crash left behind
    return removed.ok ? ok(undefined) : removed;
  }
  const pair: Archived = {
    v: MAILBOX_VERSION,
    id,
    ...(ask.kind === "present" ? { ask: ask.value } : {}),
    ...(answer.kind === "present" ? { answer: answer.value } : {}),
    ...(consumed.kind === "present" ? { consumed: consumed.value.ts } : {}),
    ...(ask.kind === "corrupt" ? { ask_text: rawText(ctx, askPath(ctx.profile.paths, id)) } : {}),
    ...(answer.kind === "corrupt" ? { answer_text: rawText(ctx, answerPath(ctx.profile.paths, id)) } : {}),
  };
  const ts = pair.answer?.ts ?? pair.ask?.ts ?? pair.consumed ?? ctx.os.clock.now();
  return ok({ pair, path: archivePath(ctx.profile.paths, ts), text: `${JSON.stringify(pair)}\n` });
}

function rawText(ctx: Context, path: string): string {
  const read = ctx.os.files.read(path);
  return read.kind === "text" ? read.text : "";
}

function batches(lines: readonly Line[]): readonly (readonly Line[])[] {
  const all: Line[][] = [];
  let bytes = 0;
  for (const line of lines) {
    const current = all.at(-1);
    if (current === undefined || bytes + line.text.length > BATCH_BYTES || current[0]?.path !== line.path) {
      all.push([line]);
      bytes = line.text.length;
    } else {
      current.push(line);
      bytes += line.text.length;
    }
  }
  return all;
}

function moveBatch(ctx: Context, batch: readonly Line[]): Result<void> {
  const path = batch[0]?.path;
  if (path === undefined) return ok(undefined);
  const tail = tailOf(ctx, path);
  const fresh = batch.filter(({ pair }) => !tail.ids.has(pair.id)).map(({ text }) => text);
  if (fresh.length > 0) {
    // A line that a power cut tore must not swallow the first of ours.
    const appended = ctx.os.files.append(path, (tail.torn ? "\n" : "") + fresh.join(""), { sync: true });
    if (!appended.ok) return ioFailure("archive the mailbox", appended.failure);
  }
  for (const { pair } of batch) {
    keepKey(ctx, pair);
    const removed = removeFiles(ctx, pair.id);
    if (!removed.ok) return removed;
  }
  return ok(undefined);
}

function tailOf(ctx: Context, path: string): { readonly ids: ReadonlySet<string>; readonly torn: boolean } {
  const tail = ctx.os.files.readTail(path, LOOK_BACK_BYTES);
  if (!tail.ok) return { ids: new Set(), torn: false };
  const text = new TextDecoder().decode(tail.value.bytes);
  const ids = parseLines(text).map(({ id }) => id);
  return { ids: new Set(ids), torn: text !== "" && !text.endsWith("\n") };
}

/** A key stands for its ask for good: the pair moves into the key's own file, where it costs nothing until somebody uses the key. */
function keepKey(ctx: Context, pair: Archived): void {
  const { ask } = pair;
  if (ask?.key === undefined) return;
  const path = keyPath(ctx.profile.paths, ask.worker, ask.key);
  const found = parseFound(keySchema, ctx.os.files.read(path));
  if (found.kind === "present" && found.value.ask === ask.id) ctx.os.files.replace(path, stored({ ask: ask.id, pair }));
}

function removeFiles(ctx: Context, id: string): Result<void> {
  const { paths } = ctx.profile;
  const order = [
    askPath(paths, id),
    answerPath(paths, id),
    repeatPath(paths, id),
    markPath(paths, id, "delivering"),
    markPath(paths, id, "consumed"),
  ];
  for (const path of order) {
    const removed = ctx.os.files.remove(path);
    if (!removed.ok) return ioFailure("archive the mailbox", removed.failure);
  }
  return ok(undefined);
}

/**
 * Everything in the archive, oldest first, each pair once. Reads whole files: for people who look at history, nobody else. An archive that
 * cannot be read is a failure (of `thing`), and never an empty one; one that is not there yet is empty.
 */
export function history(ctx: Context, thing: string): Result<readonly Archived[]> {
  const { mailbox } = ctx.profile.paths;
  const listed = ctx.os.files.list(mailbox);
  if (!listed.ok) return listed.failure.code === "absent" ? ok([]) : ioFailure(thing, listed.failure);
  const pairs = new Map<string, Archived>();
  for (const { name } of listed.value) {
    if (!ARCHIVE_NAME.test(name)) continue;
    const read = ctx.os.files.read(join(mailbox, name));
    if (read.kind === "unreadable") return ioFailure(thing, read.failure);
    for (const pair of read.kind === "text" ? parseLines(read.text) : []) pairs.set(pair.id, pair);
  }
  return ok([...pairs.values()]);
}

function parseLines(text: string): readonly Archived[] {
  return text.split("\n").flatMap((line) => {
    if (line === "") return [];
    try {
      const parsed = z.safeParse(archivedSchema, JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return []; // torn by a power cut, or the half line at which a tail begins
    }
  });
}
