import { ok } from "../base/result.ts";
import { type Offer, offer } from "./completions/candidates.ts";
import { liveIds } from "./completions/live_ids.ts";
import { GLOBAL_OPTIONS } from "./help/verb_help.ts";
import { listOf } from "./input.ts";
import { VERBS } from "./table.ts";
import { verb } from "./verb.ts";

/** `looop complete -- words…`: called by the shells. Tells nothing rather than failing: a menu is no place for errors. */
export const module = verb<Offer>({
  run: ({ os }, input) =>
    Promise.resolve(ok(offer(listOf(input, "words"), {
      verbs: VERBS,
      globals: GLOBAL_OPTIONS,
      ids: (kind) => liveIds(os, kind),
    }))),
  text: (found) =>
    found.kind === "files" ? ":files" : found.candidates.map(({ value, summary }) => `${value}\t${summary}`).join("\n"),
});
