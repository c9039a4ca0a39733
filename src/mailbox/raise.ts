import { ok } from "../base/result.ts";
import { parseAskId } from "../base/id.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { actionDigest } from "./approval.ts";
import { nextNumber, withDesk } from "./desk.ts";
import { isSameAsk, isSameDeed } from "./identity.ts";
import { askPath, keyPath, markName } from "./layout.ts";
import { newcomer } from "./newcomer.ts";
import { MAILBOX_VERSION, parseFound, readAnswer, readAsk, readMark, stored } from "./read.ts";
import { mayRepeat, sealRepeats } from "./repeats.ts";
import { type Answer, type Archived, type Ask, keySchema } from "./schema.ts";
import { type MailboxNames, mailboxNames } from "./store.ts";

/** What someone asks. Validated by the caller: the id, the lengths, the options. */
export interface AskRequest {
  readonly worker: string;
  readonly kind: Ask["kind"];
  readonly prompt: string;
  readonly reference?: string | undefined;
  readonly options?: readonly string[] | undefined;
  readonly key?: string | undefined;
  /** What an approval would allow. */
  readonly action?: string | undefined;
  /** Milliseconds from now. */
  readonly expiresMs?: number | undefined;
  /** The answer when it expires. */
  readonly fallback?: string | undefined;
}

/** The ask that a request stands for. `archived`: it was answered so long ago that its pair lies in the archive (keys only). */
export interface Raised {
  readonly id: string;
  readonly fresh: boolean;
  readonly archived?: Archived | undefined;
}

/**
 * Finds the ask that this request has raised before, or raises it. The same request of many processes at once, and of one that was
 * killed at any instant and started again, is one ask: searching and publishing happen under the worker's lock. An ask that was
 * answered meanwhile is found too, and one that was consumed as long as its answer may be repeated.
 */
export function raiseAsk(ctx: Context, request: AskRequest): Promise<Result<Raised>> {
  const thing = `ask as "${request.worker}"`;
  return withDesk(ctx, { worker: request.worker, thing }, () => {
    const names = mailboxNames(ctx);
    if ("problem" in names) return fail("unreadable", thing, names.problem, { hint: "looop doctor" });
    const known = findRaised(ctx, request, names);
    if (!known.ok) return known;
    if (known.value !== undefined) return ok(known.value);
    return publishAsk(ctx, request, { thing, names });
  });
}

function findRaised(ctx: Context, request: AskRequest, names: MailboxNames): Result<Raised | undefined> {
  const keyed = request.key === undefined ? ok(undefined) : findByKey(ctx, request, request.key);
  if (!keyed.ok || keyed.value !== undefined) return keyed;
  const wanted = { ...request, options: request.options === undefined ? undefined : [...request.options] };
  // The newest first: the same question may have been asked, answered and asked again.
  for (const id of idsOf(names.asks, request.worker).reverse()) {
    if (request.kind === "flag" && names.answers.has(`${id}.json`)) continue; // nobody fetches its answer: it is over
    const given = names.answers.has(markName(id, "consumed")) ? mayRepeat(ctx, id) : ok(true);
    if (!given.ok) return given;
    if (!given.value) continue;
    const ask = readAsk(ctx, id);
    if (ask.kind === "corrupt" && ask.transient === true) return troubled(request, `"${id}": ${ask.problem}`, id);
    if (ask.kind === "corrupt" && ask.changed === true && request.kind === "approval") {
      return changed(request, id, ask.problem);
    }
    if (ask.kind !== "present") continue;
    if (isTakenKey(ctx, ask.value, request)) return taken(request, id);
    if (!isSameAsk(ask.value, wanted)) continue;
    if (request.key !== undefined) recordKey(ctx, ask.value, request.key); // a crash came between the ask and its key
    return ok({ id, fresh: false });
  }
  return ok(undefined);
}

/** Something that cannot be read just now may be the very ask: raising another would double it. */
function troubled(request: AskRequest, problem: string, id?: string): Result<never> {
  return fail("unreadable", `ask as "${request.worker}"`, problem, {
    hint: id === undefined ? "looop doctor" : `looop doctor, or give it up: looop asks withdraw ${id}`,
  });
}

/** It may be the very approval that is asked for again: whoever changed it has to be known of first. */
function changed(request: AskRequest, id: string, problem: string): Result<never> {
  return fail("corrupt", `ask as "${request.worker}"`, `"${id}": ${problem}`, {
    hint: `looop asks withdraw ${id} clears it away; the same line again asks anew`,
  });
}

/** Whether an ask that is not over yet has the key of this request, and is about something else. A withdrawn one lets its key go. */
function isTakenKey(ctx: Context, ask: Ask, request: AskRequest): boolean {
  if (request.key === undefined || ask.key !== request.key || isSameDeed(ask, request)) return false;
  const answer = readAnswer(ctx, ask.id);
  return answer.kind !== "present" || answer.value.by.kind !== "withdrawn";
}

function taken(request: AskRequest, id: string): Result<never> {
  const state = `the key "${request.key}" belongs to ${id}, which is about something else`;
  return fail("conflict", `ask as "${request.worker}"`, state, {
    hint: "another action, or another kind of ask, takes another --key",
    data: { ask: id },
  });
}

function findByKey(ctx: Context, request: AskRequest, key: string): Result<Raised | undefined> {
  const found = parseFound(keySchema, ctx.os.files.read(keyPath(ctx.profile.paths, request.worker, key)));
  if (found.kind === "corrupt" && found.transient === true) {
    return troubled(request, `the record of its key ${found.problem}`);
  }
  // A damaged record is made up for by looking through the asks, like one that a crash kept from being written.
  if (found.kind !== "present") return ok(undefined);
  const { ask: id, pair } = found.value;
  if (pair !== undefined) {
    if (pair.ask?.kind !== "question" || !repeatsForGood(pair.answer)) return ok(undefined);
    return isSameDeed(pair.ask, request) ? ok({ id, fresh: false, archived: pair }) : taken(request, id);
  }
  const ask = readAsk(ctx, id);
  if (ask.kind === "corrupt" && ask.transient === true) return troubled(request, `"${id}": ${ask.problem}`, id);
  if (ask.kind !== "present") return ok(undefined);
  const same = isSameDeed(ask.value, request);
  if (readMark(ctx, id, "consumed").kind === "absent") {
    if (same) return ok({ id, fresh: false });
    return isTakenKey(ctx, ask.value, request) ? taken(request, id) : ok(undefined);
  }
  if (ask.value.kind !== "question") return ok(undefined); // a yes is used once, and so is its key
  const answer = readAnswer(ctx, id);
  if (answer.kind === "corrupt" && answer.transient === true) {
    return troubled(request, `"${id}": ${answer.problem}`, id);
  }
  if (answer.kind === "present" && repeatsForGood(answer.value)) {
    return same ? ok({ id, fresh: false }) : taken(request, id);
  }
  const again = same ? mayRepeat(ctx, id) : ok(false);
  return again.ok ? ok(again.value ? { id, fresh: false } : undefined) : again;
}

/** The answer to a question with a key is given for good. That an ask was withdrawn is told for a while, like any answer without a key. */
function repeatsForGood(answer: Answer | undefined): boolean {
  return answer !== undefined && answer.by.kind !== "withdrawn";
}

/** The ids of one worker's asks, by number. */
export function idsOf(ids: readonly string[], worker: string): string[] {
  const own = ids.flatMap((id) => {
    const parsed = parseAskId(id);
    return parsed?.worker === worker ? [{ id, n: parsed.n }] : [];
  });
  return own.sort((a, b) => a.n - b.n).map(({ id }) => id);
}

function publishAsk(
  ctx: Context,
  request: AskRequest,
  known: { readonly thing: string; readonly names: MailboxNames },
): Result<Raised> {
  const { os, profile } = ctx;
  const archived = newcomer(ctx, request.worker, known.thing);
  if (!archived.ok) return archived;
  for (let atLeast = Math.max(archived.value, highest(known.names, request.worker));; atLeast++) {
    const number = nextNumber(ctx, { worker: request.worker, kind: "ask", thing: known.thing, atLeast });
    if (!number.ok) return number;
    const id = `${request.worker}-${number.value}`;
    const ask = askOf(request, id, os.clock.now());
    const published = os.files.publish(askPath(profile.paths, id), stored(ask));
    if (!published.ok) return ioFailure(known.thing, published.failure);
    if (published.value === "taken") continue; // somebody put a file there by hand: a gap, never a second use
    if (request.key !== undefined) recordKey(ctx, ask, request.key);
    // Whoever asks something new has read what it was told before.
    sealRepeats(os, profile.paths, request.worker);
    return ok({ id, fresh: true });
  }
}

function askOf(request: AskRequest, id: string, now: number): Ask {
  const { worker, kind, prompt, reference, options, key, action, expiresMs, fallback } = request;
  return {
    v: MAILBOX_VERSION,
    id,
    worker,
    kind,
    prompt,
    ...(reference === undefined ? {} : { reference }),
    ...(options === undefined ? {} : { options: [...options] }),
    ...(key === undefined ? {} : { key }),
    ...(action === undefined ? {} : { action, digest: actionDigest(action) }),
    ...(expiresMs === undefined ? {} : { expires: now + expiresMs }),
    ...(fallback === undefined ? {} : { default: fallback }),
    ts: now,
  };
}

/** Best effort on purpose: without the record the ask is found by reading the asks, and the record is made up for then. */
function recordKey(ctx: Context, ask: Ask, key: string): void {
  ctx.os.files.replace(keyPath(ctx.profile.paths, ask.worker, key), stored({ ask: ask.id }));
}

function highest(names: MailboxNames, worker: string): number {
  let most = 0;
  for (const name of [...names.asks, ...names.answers]) {
    const parsed = parseAskId(name.replace(/\.(?:json|delivering|consumed)$/, ""));
    if (parsed?.worker === worker) most = Math.max(most, parsed.n);
  }
  return most;
}
