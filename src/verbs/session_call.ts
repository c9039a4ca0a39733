import { sealRepeats } from "../mailbox/repeats.ts";
import type { Context } from "../profile/profile.ts";
import type { VerbEntry } from "./verb.ts";

/**
 * What a call of a session says besides what it asks for, done before its verb runs: who calls again has read what it was told
 * before, so the same question is a new one from here on. `_ ask` itself sees to that when it asks something new.
 */
export function noteSessionCall(context: Context, session: string, entry: VerbEntry): void {
  if (entry.path.join(" ") !== "_ ask") sealRepeats(context.os, context.profile.paths, session);
}
