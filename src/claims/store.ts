import * as z from "zod/mini";
import { join } from "node:path";
import { isId } from "../base/id.ts";
import type { Read } from "../os/files.ts";
import type { Paths } from "../profile/paths.ts";
import type { Context } from "../profile/profile.ts";
import { versionOf } from "../profile/records.ts";
import { type ClaimFile, claimSchema } from "./schema.ts";

/** The newest version of a claim that is understood. */
export const CLAIM_VERSION = 1;

/** `claims/<name>.json`. */
export function claimPath(paths: Paths, name: string): string {
  return join(paths.claims, `${name}.json`);
}

/** The leases as they lie there, by name; one that cannot be read has a `problem` and is held by somebody unknown. Reads only. */
export function listClaims(ctx: Context): readonly ClaimFile[] {
  const { paths } = ctx.profile;
  const listed = ctx.os.files.list(paths.claims);
  if (!listed.ok) {
    if (listed.failure.code === "absent") return [];
    return [{ name: "claims", claim: undefined, problem: `the directory cannot be read: ${listed.failure.message}` }];
  }
  const claims: ClaimFile[] = [];
  for (const { name: file } of listed.value) {
    const name = file.endsWith(".json") ? file.slice(0, -".json".length) : "";
    if (!isId(name)) continue; // debris: `doctor` names it
    const read = ctx.os.files.read(claimPath(paths, name));
    if (read.kind !== "absent") claims.push(parseClaim(name, read));
  }
  return claims;
}

/** A claim out of what reading its file gave (not absent). */
export function parseClaim(name: string, read: Exclude<Read, { kind: "absent" }>): ClaimFile {
  if (read.kind === "unreadable") {
    return { name, claim: undefined, problem: `it cannot be read: ${read.failure.message}` };
  }
  const value = decode(read.text);
  const version = versionOf(value);
  if (version > CLAIM_VERSION) {
    return { name, claim: undefined, problem: `it was written by a newer looop (version ${version})`, newer: true };
  }
  const parsed = z.safeParse(claimSchema, value);
  if (!parsed.success) return { name, claim: undefined, problem: read.text === "" ? "it is empty" : "it is no claim" };
  const claim = parsed.data;
  if (claim.name !== name) return { name, claim: undefined, problem: `it is a claim on "${claim.name}"` };
  if (claim.session === "") return { name, claim: undefined, problem: "it names no holder" };
  return { name, claim };
}

function decode(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
