import { join } from "node:path";
import type { Context } from "../profile/profile.ts";
import { readVersioned, writeRecord } from "../profile/records.ts";
import type { Result } from "../failure.ts";
import { type Successor, successorSchema } from "./schema.ts";

/** The looop that waits to be the pulse; undefined when none does. */
export function readSuccessor(ctx: Context): Successor | undefined {
  const read = readVersioned(ctx.os, successorPath(ctx), successorSchema);
  return read.kind === "ok" ? read.value : undefined;
}

/** Says who waits, or that it may go; all or nothing. */
export function writeSuccessor(ctx: Context, successor: Successor): Result<void> {
  return writeRecord(ctx.os, successorPath(ctx), successor);
}

/** Nobody waits any more. Only the record of `run` is removed. */
export function removeSuccessor(ctx: Context, run: string): void {
  if (readSuccessor(ctx)?.run === run) ctx.os.files.remove(successorPath(ctx));
}

function successorPath(ctx: Context): string {
  return join(ctx.profile.paths.pulse, "next.json");
}
