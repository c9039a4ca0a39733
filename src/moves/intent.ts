import { join } from "node:path";
import { fail, ioFailure, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import { clip, oneLine } from "../base/text.ts";
import { redact } from "../base/redact.ts";
import { appendEvent, appendJournal, warnBookkeeping } from "../journal/store.ts";
import { raise } from "../notices/store.ts";
import type { Actor, Context } from "../profile/profile.ts";
import { type Intent, intentSchema } from "./schema.ts";

/** Between the record and its lock lies an instant; a record younger than this is never judged. */
const GRACE_MS = 5_000;

/** A record that is held: by a kernel lock that goes with this process, so that a killed one is told from a slow one at once. */
export interface HeldIntent {
  /** The effect has been journaled: nothing is left to tell. */
  clear(): void;
  /** Lets the lock go; without `clear` the command is told as cut off. */
  release(): void;
}

/**
 * Records what is about to be done, on disk when this returns. Whoever cannot record it must not do it: a crash would go untold.
 */
export function recordIntent(
  ctx: Context,
  actor: Actor,
  what: { readonly command: string; readonly timeoutMs: number },
): Result<HeldIntent> {
  const { files, locks, clock } = ctx.os;
  const thing = `record what is about to run`;
  const made = files.makeDir(ctx.profile.paths.runs);
  if (!made.ok) return ioFailure(thing, made.failure);
  const id = `${clock.now()}-${crypto.randomUUID().slice(0, 8)}`;
  const path = intentPath(ctx, id);
  const intent: Intent = {
    v: 1,
    id,
    ts: clock.now(),
    actor: { ...actor },
    command: clip(redact(what.command), 4096),
    timeout_ms: what.timeoutMs,
  };
  const written = files.publish(path, `${JSON.stringify(intent)}\n`);
  if (!written.ok) return ioFailure(thing, written.failure);
  const lock = locks.tryAcquire(path);
  if (lock === undefined) return fail("conflict", thing, "another process holds the record");
  return ok({
    // What cannot be removed is told as cut off once: too much said, never too little.
    clear: () => void files.remove(path),
    release: () => lock.release(),
  });
}

/** The records whose process is gone. */
export function interruptedIntents(ctx: Context, now: number): readonly Intent[] {
  const entries = ctx.os.files.list(ctx.profile.paths.runs);
  if (!entries.ok) return [];
  const lost: Intent[] = [];
  for (const { name, kind } of entries.value) {
    if (kind !== "file" || !/^intent-.+\.json$/.test(name)) continue;
    const path = join(ctx.profile.paths.runs, name);
    const intent = parseIntent(ctx.os.files.readListed(path));
    if (intent === undefined || intentPath(ctx, intent.id) !== path) continue;
    // A clock that was set back must not make a record young for ever.
    if (Math.abs(now - intent.ts) < GRACE_MS || ctx.os.locks.isHeld(path)) continue;
    lost.push(intent);
  }
  return lost;
}

/**
 * Upkeep: tells of each command that was cut off, by a notice (once, whatever crashes here), in journal and events. Told before the record
 * goes. Answers the commands that were told of.
 */
export async function tellInterrupted(ctx: Context, now: number): Promise<Result<readonly Intent[]>> {
  const lost = interruptedIntents(ctx, now);
  for (const intent of lost) {
    const command = clip(oneLine(intent.command), 200);
    const told = `a command was cut off and may have been carried out in part: ${command}`;
    const raised = await raise(ctx, { source: "run", message: told, key: `run-${intent.id}`, once: true });
    if (!raised.ok) return raised; // the record stays: the next beat tells
    warnBookkeeping(ctx, await appendJournal(ctx, `pulse run ${told}`));
    await appendEvent(ctx, {
      actor: { kind: "pulse" },
      verb: "run",
      ids: [],
      items: [`notice:${raised.value.notice.n}`],
      outcome: "cut_off",
      more: { command: intent.command, started: intent.ts, by: intent.actor },
    });
    ctx.os.files.remove(intentPath(ctx, intent.id));
  }
  return ok(lost);
}

function intentPath(ctx: Context, id: string): string {
  return join(ctx.profile.paths.runs, `intent-${id}.json`);
}

function parseIntent(text: string | undefined): Intent | undefined {
  if (text === undefined) return undefined;
  try {
    const parsed = intentSchema.safeParse(JSON.parse(text));
    return parsed.success && /^[A-Za-z0-9-]{1,80}$/.test(parsed.data.id) ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
