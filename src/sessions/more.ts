import type { Context } from "../profile/profile.ts";
import { generationDir } from "./layout.ts";
import { isHeld, readSession } from "./read.ts";
import { isAlive, type SessionRef } from "./schema.ts";

/** How long after an end script(1) is waited for: it needs milliseconds, and one that was stopped must hold up nobody. */
const LAST_WORDS_MS = 5_000;

/**
 * Whether a session may still add to its log: it lives, or its command has ended and script(1) has not yet written the last of what it
 * showed. To be asked before the log is read: then all is in it once the answer is no.
 */
export async function mayShowMore(ctx: Context, ref: SessionRef): Promise<boolean> {
  const { state } = await readSession(ctx, ref);
  return isAlive(state) || await hasLastWords(ctx, ref);
}

/** The same of a session that was seen to have ended. */
export async function hasLastWords(ctx: Context, ref: SessionRef): Promise<boolean> {
  const changed = ctx.os.files.stat(generationDir(ctx.profile.paths, ref));
  // The end renamed a file in it.
  const age = changed.ok ? ctx.os.clock.now() - changed.value.mtimeMs : Infinity;
  return age >= 0 && age <= LAST_WORDS_MS && await isHeld(ctx, ref);
}
