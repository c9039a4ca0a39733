import { idProblem } from "../base/id.ts";
import { ok } from "../base/result.ts";
import { formatDuration } from "../base/duration.ts";
import { acquireClaim } from "../claims/lease_files.ts";
import type { Claim } from "../claims/schema.ts";
import { fail, type Result } from "../failure.ts";
import { appendEvent } from "../journal/store.ts";
import type { Actor } from "../profile/profile.ts";
import { workerLiveness } from "../workers/views.ts";
import { textValue } from "../world/items.ts";
import { durationOf, requiredText } from "./input.ts";
import { asOwn } from "./own.ts";
import { type Call, type Input, verb } from "./verb.ts";

interface Output {
  readonly claim: Claim;
  readonly renewed: boolean;
}

/** `looop _ claim <name> [--for D]` */
export const module = verb<Output>({
  run,
  text: ({ claim, renewed }) => {
    const until = claim.expires === undefined ? "" : ` for ${formatDuration(claim.expires - claim.ts)}`;
    return `${renewed ? "renewed" : "claimed"} ${claim.name}${until}`;
  },
  json: ({ claim, renewed }) => ({ ...claim, renewed }),
});

async function run(call: Call, input: Input): Promise<Result<Output>> {
  const name = requiredText(input, "name");
  if (idProblem(name) !== undefined) {
    return fail("usage", `claim "${name}"`, "that is not a name", {
      hint: "names look like deploy, db.schema, branch-main",
    });
  }
  const forMs = durationOf(input, "for");
  if (!forMs.ok) return forMs;
  if (forMs.value !== undefined && forMs.value <= 0) {
    return fail("usage", `claim "${name}"`, "it would be over at once", { hint: `looop _ claim ${name} --for 30m` });
  }
  if (call.actor.session === undefined && forMs.value === undefined) {
    return fail("usage", `claim "${name}"`, "outside a session nobody can tell when you are gone, so it needs a time", {
      hint: `looop _ claim ${name} --for 30m`,
    });
  }
  const { context, actor } = call;
  const holder = holderOf(actor);
  const claimed = await asOwn(call, { [`claim:${name}`]: textValue(holder) }, {
    run: () =>
      acquireClaim(context, { name, holder, forMs: forMs.value }, (session) => workerLiveness(context, session)),
  });
  if (!claimed.ok) return claimed;
  await appendEvent(call.context, {
    actor: call.actor,
    verb: "claim",
    ids: [name],
    items: claimed.value.renewed ? [] : [`claim:${name}`],
    outcome: "done",
  });
  return ok(claimed.value);
}

/** Who holds what this caller claims. A holder without a session has a name that no session can have. */
export function holderOf(actor: Actor): string {
  return actor.session ?? `@${actor.client ?? actor.kind}`;
}
