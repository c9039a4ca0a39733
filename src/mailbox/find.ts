import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { history } from "./archive.ts";
import { askPath, byAskId } from "./layout.ts";
import { happened } from "./resolve.ts";
import { mailboxNames } from "./store.ts";

/**
 * The ask that somebody means: its id, or the beginning of one that is the only one to begin so. Asks that still need an answer are
 * looked at first, so that a short beginning stays unique among what is open. `thing` is what could not be done, for the sentence.
 */
export function resolveAskId(ctx: Context, text: string, thing: string): Result<string> {
  const names = mailboxNames(ctx);
  if ("problem" in names) return fail("unreadable", thing, names.problem, { hint: "looop doctor" });
  if (names.asks.includes(text)) return ok(text);
  const matching = text === "" ? [] : names.asks.filter((id) => id.startsWith(text));
  const unanswered = matching.filter((id) => !names.answers.has(`${id}.json`) && !names.answers.has(`${id}.consumed`));
  const candidates = unanswered.length > 0 ? unanswered : matching;
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return ok(only);
  if (candidates.length > 1) {
    const some = [...candidates].sort(byAskId).slice(0, 6).join(", ");
    return fail("conflict", thing, `${candidates.length} asks begin so: ${some}${candidates.length > 6 ? ", …" : ""}`, {
      hint: "give more of the id",
      data: { candidates },
    });
  }
  return archivedOrUnknown(ctx, text, thing);
}

function archivedOrUnknown(ctx: Context, id: string, thing: string): Result<never> {
  const archived = history(ctx, thing);
  if (!archived.ok) return archived;
  const pair = archived.value.find((one) => one.id === id);
  if (pair === undefined) return fail("not_found", thing, "there is no such ask", { hint: "looop asks lists them" });
  const how = pair.answer === undefined ? "it is over" : happened(pair.answer);
  return fail("conflict", thing, `${how} and has been archived`, { hint: "looop asks --all shows it" });
}

/** Whether an ask's file is (still) there. */
export function askExists(ctx: Context, id: string): boolean {
  return ctx.os.files.stat(askPath(ctx.profile.paths, id)).ok;
}
