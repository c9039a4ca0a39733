import { basename, dirname } from "node:path";
import { fail, type Failure, ioFailure, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import { withDirLock } from "../os/guarded_files.ts";
import type { Os } from "../os/os.ts";
import type { Durability, Stamp } from "../os/files.ts";

/** What reading a record gave. The four ways of not getting it are different things: only `absent` means there is none. */
export type RecordRead<T> =
  | { readonly kind: "ok"; readonly value: T; readonly text: string; readonly stamp: Stamp }
  | { readonly kind: "absent" }
  | { readonly kind: "unreadable" | "corrupt" | "newer"; readonly failure: Failure };

/** The part of a zod schema that reading needs. */
export interface RecordSchema<T> {
  safeParse(data: unknown): { readonly success: true; readonly data: T } | {
    readonly success: false;
    readonly error: { readonly issues: readonly { readonly path: readonly PropertyKey[] }[] };
  };
}

/** The version of a record that says nothing about it, and the one that is written. */
const VERSION = 1;

/**
 * Reads one JSON object with a version. `newer`: a later looop wrote it, and this one keeps its hands off; `corrupt`: no JSON, or
 * not of the schema's shape. Schemas are loose, so a value that is changed and written back keeps the keys we do not know.
 */
export function readVersioned<T>(os: Os, path: string, schema: RecordSchema<T>): RecordRead<T> {
  const found = os.files.read(path);
  if (found.kind === "absent") return found;
  if (found.kind === "unreadable") {
    return { kind: "unreadable", failure: ioFailure(`read ${basename(path)}`, found.failure).failure };
  }
  const parsed = parseVersioned(path, found.text, schema);
  return parsed.kind === "ok" ? { ...parsed, stamp: found.stamp } : parsed;
}

/** The same for a text that was read already; `path` is for the sentence. */
export function parseVersioned<T>(
  path: string,
  text: string,
  schema: RecordSchema<T>,
):
  | { readonly kind: "ok"; readonly value: T; readonly text: string }
  | { readonly kind: "corrupt" | "newer"; readonly failure: Failure } {
  const thing = `read ${basename(path)}`;
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return { kind: "corrupt", failure: fail("corrupt", thing, `${path} is not JSON`).failure };
  }
  const version = versionOf(data);
  if (version > VERSION) {
    const state = `it has version ${version}, and this looop knows ${VERSION}`;
    return { kind: "newer", failure: fail("newer", thing, state, { hint: "upgrade looop" }).failure };
  }
  const checked = schema.safeParse(data);
  if (checked.success) return { kind: "ok", value: checked.data, text };
  const key = (checked.error.issues[0]?.path ?? []).map(String).join(".");
  const state = key === "" ? `${path} is not an object` : `${path} holds nothing usable as "${key}"`;
  return { kind: "corrupt", failure: fail("corrupt", thing, state).failure };
}

/** The version that stored data says it has, 1 when it says none. Asked before its shape: a newer one need not be of ours. */
export function versionOf(data: unknown): number {
  const version = typeof data === "object" && data !== null ? (data as { readonly v?: unknown }).v : undefined;
  return typeof version === "number" ? version : 1;
}

/** The text of a record as it is stored: its version first, one key a line, a newline at the end. */
export function recordText(value: object): string {
  return `${JSON.stringify({ v: VERSION, ...value }, undefined, 2)}\n`;
}

/** Replaces (or makes) a record: a reader sees all of the old or all of the new. */
export function writeRecord(os: Os, path: string, value: object, durability: Durability = "full"): Result<void> {
  const written = os.files.replace(path, recordText(value), { durability });
  return written.ok ? ok(undefined) : ioFailure(`write ${basename(path)}`, written.failure);
}

/** Makes a record that must not exist yet; of many at once one is told `published`. */
export function publishRecord(os: Os, path: string, value: object): Result<"published" | "taken"> {
  const published = os.files.publish(path, recordText(value));
  return published.ok ? published : ioFailure(`write ${basename(path)}`, published.failure);
}

/**
 * Reads, changes and replaces a record under its directory's lock, so that of two changes at once none is lost. `change` is given
 * what is there (undefined: nothing) and answers what shall be; undefined leaves it. What is corrupt, newer or
 * unreadable is not written over.
 */
export async function changeRecord<T extends object>(
  os: Os,
  path: string,
  spec: { readonly schema: RecordSchema<T>; readonly change: (old: T | undefined) => T | undefined },
): Promise<Result<T | undefined>> {
  const outcome = await withDirLock(os, dirname(path), (): Result<T | undefined> => {
    const found = readVersioned(os, path, spec.schema);
    if (found.kind !== "ok" && found.kind !== "absent") return { ok: false, failure: found.failure };
    const next = spec.change(found.kind === "ok" ? found.value : undefined);
    if (next === undefined) return ok(undefined);
    const written = writeRecord(os, path, next);
    return written.ok ? ok(next) : written;
  });
  return outcome.ok ? outcome.value : ioFailure(`change ${basename(path)}`, outcome.failure);
}
