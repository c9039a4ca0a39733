import { isId } from "../base/id.ts";
import { ok } from "../base/result.ts";
import { formatAge, formatDuration } from "../base/duration.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
import { removeIfEqual, replaceIfEqual } from "../os/guarded_files.ts";
import type { Context } from "../profile/profile.ts";
import { type HolderLiveness, type LeaseFile, leaseState } from "./lease.ts";
import type { Claim, ClaimFile } from "./schema.ts";
import { CLAIM_VERSION, claimPath, listClaims, parseClaim } from "./store.ts";

/** Tells whether a session lives: handed in, since sessions' workers are another noun. */
export type HolderOf = (session: string) => Promise<HolderLiveness>;

/** How often a name is tried again after a lease that no longer holds has been taken away. */
const TRIES = 8;

/** Who wants what, for how long. A holder that is no session's id (`@human`) needs a time. */
export interface ClaimRequest {
  readonly name: string;
  readonly holder: string;
  readonly forMs?: number | undefined;
}

/**
 * Takes a lease, or renews it for its holder. Of any number at once one gets it, the others learn who; the lease of a holder that is dead,
 * or whose time is over, is taken away by comparing and deleting, so that nobody's fresh lease can go with it.
 */
export async function acquireClaim(
  ctx: Context,
  request: ClaimRequest,
  holderOf: HolderOf,
): Promise<Result<{ readonly claim: Claim; readonly renewed: boolean }>> {
  const { os, profile } = ctx;
  const thing = `claim "${request.name}"`;
  const path = claimPath(profile.paths, request.name);
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const claim = claimOf(request, os.clock.now());
    const published = os.files.publish(path, `${JSON.stringify(claim)}\n`);
    if (!published.ok) return ioFailure(thing, published.failure);
    if (published.value === "published") return ok({ claim, renewed: false });
    const found = readLease(ctx, request.name);
    if (found === undefined) continue; // released in this moment
    if (found.file.kind === "claim" && found.file.claim.session === request.holder) {
      const renewed = await replaceIfEqual(os, path, { expected: found.text, next: `${JSON.stringify(claim)}\n` });
      if (!renewed.ok) return ioFailure(thing, renewed.failure);
      if (renewed.value === "replaced") return ok({ claim, renewed: true });
      continue;
    }
    const state = leaseState(found.file, { now: os.clock.now(), holder: await livenessOf(found.file, holderOf) });
    if (state === "held") return held(thing, found, os.clock.now());
    const removed = await removeIfEqual(os, path, found.text);
    if (!removed.ok) return ioFailure(thing, removed.failure);
  }
  return fail("conflict", thing, "others keep taking it", { hint: "run it again" });
}

function claimOf(request: ClaimRequest, now: number): Claim {
  return {
    v: CLAIM_VERSION,
    session: request.holder,
    name: request.name,
    ts: now,
    // New each time: a lease of an earlier life that looks the same is another one.
    nonce: crypto.randomUUID(),
    ...(request.forMs === undefined ? {} : { expires: now + request.forMs }),
  };
}

interface Found {
  readonly text: string;
  readonly file: LeaseFile;
  readonly problem?: string | undefined;
}

function readLease(ctx: Context, name: string): Found | undefined {
  const read = ctx.os.files.read(claimPath(ctx.profile.paths, name));
  if (read.kind === "absent") return undefined;
  const parsed: ClaimFile = parseClaim(name, read);
  if (parsed.claim !== undefined) {
    return { text: read.kind === "text" ? read.text : "", file: { kind: "claim", claim: parsed.claim } };
  }
  if (read.kind === "unreadable" || parsed.newer === true) {
    return { text: "", file: { kind: "opaque" }, problem: parsed.problem };
  }
  return { text: read.text, file: { kind: "broken", mtimeMs: read.stamp.mtimeMs }, problem: parsed.problem };
}

function livenessOf(file: LeaseFile, holderOf: HolderOf): Promise<HolderLiveness> {
  if (file.kind !== "claim") return Promise.resolve("unknown");
  // A name that no session can have has none.
  return isId(file.claim.session) ? holderOf(file.claim.session) : Promise.resolve("never");
}

function held(thing: string, found: Found, now: number): Result<never> {
  if (found.file.kind !== "claim") {
    return fail("conflict", thing, `its file is there, and ${found.problem ?? "it cannot be read"}`, {
      hint: "one that is no claim counts for nothing after ten seconds; looop doctor names one that cannot be read",
    });
  }
  const { session, ts, expires } = found.file.claim;
  const until = expires === undefined
    ? ""
    : `, for another ${formatDuration(Math.max(1000, Math.ceil((expires - now) / 1000) * 1000))}`;
  return fail("conflict", thing, `${session} has held it for ${formatAge(now - ts)}${until}`, {
    hint: "work on something else, or ask; claims of sessions that ended are freed by themselves",
    data: { holder: session, ts, expires },
  });
}

/**
 * Gives a lease back: one's own, or that of a holder that is dead. One that is not there is as good as given back; somebody else's is a
 * conflict, since it may be theirs by now because ours had expired.
 */
export async function releaseClaim(
  ctx: Context,
  request: { readonly name: string; readonly holder: string },
  holderOf: HolderOf,
): Promise<Result<"released" | "absent">> {
  const thing = `unclaim "${request.name}"`;
  const found = readLease(ctx, request.name);
  if (found === undefined) return ok("absent");
  const own = found.file.kind === "claim" && found.file.claim.session === request.holder;
  if (!own) {
    const state = leaseState(found.file, { now: ctx.os.clock.now(), holder: await livenessOf(found.file, holderOf) });
    if (state === "held") return held(thing, found, ctx.os.clock.now());
  }
  const removed = await removeIfEqual(ctx.os, claimPath(ctx.profile.paths, request.name), found.text);
  if (!removed.ok) return ioFailure(thing, removed.failure);
  if (removed.value === "removed") return ok("released");
  return fail("conflict", thing, "it changed hands in this moment", {
    hint: "looop _ state --json shows who holds it",
  });
}

/** A lease that was taken away. */
export interface ReapedClaim {
  readonly name: string;
  readonly session: string | undefined;
  readonly why: "expired" | "holder dead" | "debris";
}

/**
 * Frees what no longer holds. Each lease is read again and its holder looked at again right before, and goes only if it is still the one
 * that was read: a lease that was renewed or taken meanwhile stays. What cannot be told is left alone.
 */
export async function reapClaims(ctx: Context, holderOf: HolderOf): Promise<readonly ReapedClaim[]> {
  const reaped: ReapedClaim[] = [];
  for (const { name } of listClaims(ctx)) {
    const found = isId(name) ? readLease(ctx, name) : undefined;
    if (found === undefined) continue;
    const why = leaseState(found.file, { now: ctx.os.clock.now(), holder: await livenessOf(found.file, holderOf) });
    if (why === "held") continue;
    const removed = await removeIfEqual(ctx.os, claimPath(ctx.profile.paths, name), found.text);
    if (!removed.ok || removed.value === "changed") continue;
    reaped.push({ name, session: found.file.kind === "claim" ? found.file.claim.session : undefined, why });
  }
  return reaped;
}

/** Frees all that a session holds: it was killed, or a new one takes its id and must not inherit them. Answers the names. */
export async function releaseClaims(ctx: Context, session: string): Promise<readonly string[]> {
  const released: string[] = [];
  for (const { name, claim } of listClaims(ctx)) {
    if (claim?.session !== session) continue;
    const found = readLease(ctx, name);
    if (found?.file.kind !== "claim" || found.file.claim.session !== session) continue;
    const removed = await removeIfEqual(ctx.os, claimPath(ctx.profile.paths, name), found.text);
    if (removed.ok && removed.value === "removed") released.push(name);
  }
  return released;
}
