import { join } from "node:path";
import { recordText } from "../../src/profile/records.ts";
import type { Lock, Locks } from "../../src/os/lock.ts";
import type { Os } from "../../src/os/os.ts";
import type { Watches } from "../../src/os/watch.ts";
import type { Context } from "../../src/profile/profile.ts";
import type { Change } from "../../src/world/diff.ts";
import { type Delivery, recordDelivery, type WaitEnd, waitForChange, type WaitOptions } from "../../src/world/wait.ts";
import { assertOk } from "./assert.ts";

/** A machine on which no file event is ever told. */
export function withoutEvents(ctx: Context): Context {
  const deaf: Watches = { open: () => ({ lost: true, close: () => {} }) };
  return { ...ctx, os: { ...ctx.os, watches: deaf } };
}

/** A process as the kernel sees it: its locks go when it dies, whatever it was at. */
export function mortal(ctx: Context): { readonly context: Context; die(): void } {
  const held = new Set<Lock>();
  const { locks } = ctx.os;
  const keep = (lock: Lock | undefined): Lock | undefined => {
    if (lock === undefined) return undefined;
    const mine: Lock = {
      release: () => {
        if (held.delete(mine)) lock.release();
      },
      isCurrent: () => lock.isCurrent(),
    };
    held.add(mine);
    return mine;
  };
  const wrapped: Locks = {
    ...locks,
    tryAcquire: (path, options) => keep(locks.tryAcquire(path, options)),
    acquire: async (path, deadlineMs) => keep(await locks.acquire(path, deadlineMs)),
  };
  const os: Os = { ...ctx.os, locks: wrapped };
  return {
    context: { ...ctx, os },
    die: () => {
      for (const lock of [...held]) lock.release();
    },
  };
}

/** Waits as a client that is never interrupted. Without a timeout it looks once. */
export async function waitOnce(ctx: Context, options: Partial<WaitOptions> = {}): Promise<WaitEnd> {
  return assertOk(await tryWait(ctx, options));
}

/** The same, with its failure. */
export function tryWait(ctx: Context, options: Partial<WaitOptions> = {}): ReturnType<typeof waitForChange> {
  const { signal } = new AbortController();
  return waitForChange(ctx, { client: "root", filter: "all", timeoutMs: 0, signal, ...options });
}

/** Waits and records, as the verb does when stdout took the output; undefined: nothing new. */
export async function take(ctx: Context, options: Partial<WaitOptions> = {}): Promise<Delivery | undefined> {
  const end = await waitOnce(ctx, options);
  if (end.kind === "pending") return undefined;
  assertOk(await recordDelivery(ctx, end.delivery));
  return end.delivery;
}

/** The changes as short lines: `added goal:x`. */
export function told(delivery: { readonly changes: readonly Change[] } | undefined): readonly string[] {
  return (delivery?.changes ?? []).map(({ item, change, by }) =>
    `${change} ${item}${by === undefined ? "" : ` by ${by}`}`
  );
}

/** Writes a goal as another process would. */
export function writeGoal(ctx: Context, id: string, text: string): void {
  assertOk(ctx.os.files.replace(join(ctx.profile.paths.goals, `${id}.md`), text));
}

/** Takes one away. */
export function dropGoal(ctx: Context, id: string): void {
  assertOk(ctx.os.files.remove(join(ctx.profile.paths.goals, `${id}.md`)));
}

/** Raises an ask. */
export function raiseAsk(ctx: Context, id: string, parts: Readonly<Record<string, unknown>> = {}): void {
  const worker = id.replace(/-[0-9]+$/, "");
  const ask = { id, worker, kind: "question", prompt: `is ${id} right?`, ts: ctx.os.clock.now(), ...parts };
  assertOk(ctx.os.files.publish(join(ctx.profile.paths.asks, `${id}.json`), recordText(ask)));
}

/** Answers it. */
export function answerAsk(ctx: Context, id: string, answer = "yes"): void {
  const body = { answer, by: { kind: "human" }, ts: ctx.os.clock.now() };
  assertOk(ctx.os.files.publish(join(ctx.profile.paths.answers, `${id}.json`), recordText(body)));
}
