import { join } from "node:path";
import { fail, ioFailure, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import { isId } from "../base/id.ts";
import { withDirLock } from "../os/guarded_files.ts";
import type { Lock } from "../os/lock.ts";
import type { Context } from "../profile/profile.ts";
import { readVersioned, writeRecord } from "../profile/records.ts";
import { clientFiles, newNonce, WAIT_ENDING, waitFile } from "./client_files.ts";
import { ownerSchema } from "./schema.ts";

/** A wait that is blocked now, as `status` shows it. `since` is milliseconds since 1970. */
export interface BlockedWait {
  readonly client: string;
  readonly pid: number;
  readonly since: number;
  readonly shape: string;
}

/** A wait's hold on its client: the newest one has it. */
export interface Presence {
  readonly nonce: string;
  /** Whether a later wait of the same client has begun, or the files of the profile were taken away. */
  standing(): "owner" | "superseded" | "gone";
  /** Ends it. What a killed process leaves is told from a live one by its lock, and swept by the next wait. */
  leave(): void;
}

/**
 * Announces a wait: from now on an older one of the same client is superseded. Under the client's lock, so that of two at once one is
 * the newest, and nobody sweeps the file of a wait that has not locked it yet.
 */
export async function enter(ctx: Context, client: string, shape: string): Promise<Result<Presence>> {
  const { os, profile } = ctx;
  const files = clientFiles(profile.paths, client);
  const thing = `wait as client "${client}"`;
  for (const dir of [files.dir, files.own]) {
    const made = os.files.makeDir(dir);
    if (!made.ok) return ioFailure(thing, made.failure);
  }
  const nonce = newNonce();
  const path = waitFile(files, nonce);
  const entered = await withDirLock(os, files.dir, (): Result<Lock> => {
    sweep(ctx, files.dir);
    const lock = os.locks.tryAcquire(path);
    if (lock === undefined) return fail("failed", thing, `${path} is locked by somebody else`);
    const owner = { nonce, pid: os.environment.pid, since: os.clock.now(), shape };
    // An outage ends every wait that this could be about.
    const written = writeRecord(os, files.owner, owner, "none");
    if (written.ok) return ok(lock);
    lock.release();
    return written;
  });
  if (!entered.ok) return ioFailure(thing, entered.failure);
  if (!entered.value.ok) return entered.value;
  const lock = entered.value.value;
  return ok({
    nonce,
    standing: () => standingOf(ctx, client, nonce),
    leave: () => {
      lock.release();
      os.files.remove(path, { durability: "none" });
    },
  });
}

/** Whether the wait of this name lives. */
export function isWaiting(ctx: Context, client: string, nonce: string): boolean {
  return ctx.os.locks.isHeld(waitFile(clientFiles(ctx.profile.paths, client), nonce));
}

/** The clients that have ever waited, by name. */
export function listClients(ctx: Context): readonly string[] {
  const listed = ctx.os.files.list(ctx.profile.paths.cursors);
  if (!listed.ok) return [];
  return listed.value.filter(({ name, kind }) => kind === "dir" && isId(name)).map(({ name }) => name);
}

/** The waits that are blocked now, by client. */
export function listWaits(ctx: Context): readonly BlockedWait[] {
  const waits: BlockedWait[] = [];
  for (const client of listClients(ctx)) {
    const owner = readVersioned(ctx.os, clientFiles(ctx.profile.paths, client).owner, ownerSchema);
    if (owner.kind !== "ok" || !isWaiting(ctx, client, owner.value.nonce)) continue;
    waits.push({ client, pid: owner.value.pid, since: owner.value.since, shape: owner.value.shape });
  }
  return waits;
}

function standingOf(ctx: Context, client: string, nonce: string): ReturnType<Presence["standing"]> {
  const owner = readVersioned(ctx.os, clientFiles(ctx.profile.paths, client).owner, ownerSchema);
  if (owner.kind === "absent") return "gone";
  // A file that cannot be read at this moment proves nothing.
  return owner.kind === "ok" && owner.value.nonce !== nonce ? "superseded" : "owner";
}

/** Removes what killed waits left. */
function sweep(ctx: Context, dir: string): void {
  const listed = ctx.os.files.list(dir);
  if (!listed.ok) return;
  for (const { name } of listed.value) {
    const path = join(dir, name);
    if (name.endsWith(WAIT_ENDING) && !ctx.os.locks.isHeld(path)) ctx.os.files.remove(path, { durability: "none" });
  }
}
