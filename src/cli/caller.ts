import { idProblem } from "../base/id.ts";
import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import type { Environment } from "../os/environment.ts";
import type { Actor } from "../profile/profile.ts";
import type { VerbEntry } from "../verbs/verb.ts";

/**
 * Who calls. With `LOOOP_SESSION_ID` a worker, whatever the verb; otherwise the root agent for verbs under `_`, and a person for the
 * rest. This says who makes a change; it is no proof: where a person is required, the verb itself asks for the terminal.
 */
export function callerOf(environment: Environment, entry: VerbEntry, clientOption: string | undefined): Result<Actor> {
  const session = environment.get("LOOOP_SESSION_ID");
  const client = clientOption ?? environment.get("LOOOP_CLIENT");
  for (const [what, name] of [["session", session], ["client", client]] as const) {
    if (name !== undefined && idProblem(name) !== undefined) {
      return fail("usage", `use "${name}" as the name of a ${what}`, "it is not an id", {
        hint: `ids look like fix-login or review.2: letters, digits, dots, dashes, at most 63 (${
          what === "client" ? "--client, LOOOP_CLIENT" : "LOOOP_SESSION_ID"
        })`,
      });
    }
  }
  const kind = session !== undefined ? "worker" : entry.path[0] === "_" ? "root" : "human";
  return ok({ kind, session, client });
}

/**
 * What a session may call: what is made for workers, and whatever only reads; with `meta`, policy too. `undefined`: allowed, or no
 * session calls.
 */
export function audienceProblem(entry: VerbEntry, actor: Actor, isMeta: () => boolean): Result<never> | undefined {
  if (actor.session === undefined || entry.audience === "worker" || entry.effect === "read") return undefined;
  if (entry.effect === "policy" && isMeta()) return undefined;
  const verb = entry.path.join(" ");
  const meant = entry.audience === "root" ? "the root agent" : "a person";
  return fail("refused", `run looop ${verb} in session "${actor.session}"`, `it is for ${meant}, not for workers`, {
    hint: entry.effect === "policy"
      ? "write what you propose to reports/ and ask: looop _ ask --prompt …"
      : "ask for it: looop _ ask --prompt …",
  });
}
