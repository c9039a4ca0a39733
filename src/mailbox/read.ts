import * as z from "zod/mini";
import { basename } from "node:path";
import { shellWord } from "../base/shell_word.ts";
import type { Os } from "../os/os.ts";
import type { Read } from "../os/files.ts";
import type { Context } from "../profile/profile.ts";
import { versionOf } from "../profile/records.ts";
import { actionDigest } from "./approval.ts";
import { answerPath, askPath, type MarkKind, markPath } from "./layout.ts";
import { type Answer, answerSchema, type Ask, askSchema, type Mark, markSchema } from "./schema.ts";
import type { Found } from "./status.ts";

/** The newest version of the mailbox's shapes that is understood. */
export const MAILBOX_VERSION = 1;

/**
 * Reads an ask. One whose id is not its file's name is corrupt: somebody copied or renamed it. So is an approval whose action is not the
 * one that its digest was made of: a yes is for what was asked, and never for what somebody wrote there later.
 */
export function readAsk(ctx: Context, id: string): Found<Ask> {
  return askFrom(id, ctx.os.files.read(askPath(ctx.profile.paths, id)));
}

/** An ask out of what reading its file gave. */
export function askFrom(id: string, read: Read): Found<Ask> {
  const found = parseFound(askSchema, read);
  if (found.kind === "present" && found.value.id !== id) {
    return { kind: "corrupt", problem: `the ask's file holds the ask "${found.value.id}"` };
  }
  if (found.kind === "present" && found.value.kind === "approval") {
    const { action, digest } = found.value;
    if (action === undefined || digest !== actionDigest(action)) {
      return { kind: "corrupt", problem: "the ask's file holds another action than it was raised for", changed: true };
    }
  }
  return found.kind === "corrupt" ? { ...found, problem: `the ask's file ${found.problem}` } : found;
}

/** Reads an answer. */
export function readAnswer(ctx: Context, id: string): Found<Answer> {
  return answerFrom(ctx.os.files.read(answerPath(ctx.profile.paths, id)));
}

/** An answer out of what reading its file gave. */
export function answerFrom(read: Read): Found<Answer> {
  const found = parseFound(answerSchema, read);
  return found.kind === "corrupt" ? { ...found, problem: `the answer's file ${found.problem}` } : found;
}

/** Reads a mark of delivery. */
export function readMark(ctx: Context, id: string, kind: MarkKind): Found<Mark> {
  return parseFound(markSchema, ctx.os.files.read(markPath(ctx.profile.paths, id, kind)));
}

/** A stored shape out of what reading its file gave; what is newer than we know is not guessed at. */
export function parseFound<T extends { readonly v?: number | undefined }>(
  schema: z.ZodMiniType<T>,
  read: Read,
): Found<T> {
  if (read.kind === "absent") return read;
  if (read.kind === "unreadable") {
    const transient = read.failure.code !== "not_regular";
    return { kind: "corrupt", problem: `cannot be read: ${read.failure.message}`, transient };
  }
  let value: unknown;
  try {
    value = JSON.parse(read.text);
  } catch {
    return { kind: "corrupt", problem: read.text === "" ? "is empty" : "is no JSON" };
  }
  const version = versionOf(value);
  if (version > MAILBOX_VERSION) {
    return { kind: "corrupt", problem: `was written by a newer looop (version ${version})`, newer: true };
  }
  const parsed = z.safeParse(schema, value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { kind: "corrupt", problem: `has a bad ${issue?.path.join(".") || "shape"}` };
  }
  return { kind: "present", value: parsed.data };
}

/** Reads a file that a listing just named as a regular one: cheap, and exact again where the cheap way gives nothing. */
export function readNamed(os: Os, path: string): Read {
  const text = os.files.readListed(path);
  if (text === undefined) return os.files.read(path);
  return { kind: "text", text, stamp: NO_STAMP };
}

const NO_STAMP = { kind: "file", size: 0, mtimeMs: 0, mode: 0, uid: -1, ino: 0, dev: 0 } as const;

/** The text of a shape as it is stored. */
export function stored(value: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ v: MAILBOX_VERSION, ...value })}\n`;
}

/**
 * What to try when a directory lies where a file of the mailbox belongs; undefined when none does. Nothing that somebody has put into one
 * is removed by a verb.
 */
export function inTheWay(os: Os, path: string): string | undefined {
  const stamp = os.files.stat(path);
  if (!stamp.ok || stamp.value.kind !== "dir") return undefined;
  return `a directory lies where a file belongs; move it away: mv ${shellWord(path)} ${shellWord(`${path}.away`)}`;
}

/** The id that a file name stands for, undefined for marks, temporary files and debris. */
export function idOfName(path: string): string | undefined {
  const name = basename(path);
  return name.endsWith(".json") ? name.slice(0, -".json".length) : undefined;
}
