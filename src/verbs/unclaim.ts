import { idProblem } from "../base/id.ts";
import { ok } from "../base/result.ts";
import { releaseClaim } from "../claims/lease_files.ts";
import { fail, type Result } from "../failure.ts";
import { appendEvent } from "../journal/store.ts";
import { workerLiveness } from "../workers/views.ts";
import { holderOf } from "./claim.ts";
import { requiredText } from "./input.ts";
import { asOwn } from "./own.ts";
import { type Call, type Input, verb } from "./verb.ts";

interface Output {
  readonly name: string;
  readonly released: boolean;
}

/** `looop _ unclaim <name>` */
export const module = verb<Output>({
  run,
  text: ({ name, released }) => released ? `unclaimed ${name}` : `${name} is not claimed`,
});

async function run(call: Call, input: Input): Promise<Result<Output>> {
  const name = requiredText(input, "name");
  if (idProblem(name) !== undefined) return fail("usage", `unclaim "${name}"`, "that is not a name");
  const { context, actor } = call;
  const released = await asOwn(call, { [`claim:${name}`]: null }, {
    run: () => releaseClaim(context, { name, holder: holderOf(actor) }, (session) => workerLiveness(context, session)),
  });
  if (!released.ok) return released;
  if (released.value === "released") {
    await appendEvent(call.context, {
      actor: call.actor,
      verb: "unclaim",
      ids: [name],
      items: [`claim:${name}`],
      outcome: "done",
    });
  }
  return ok({ name, released: released.value === "released" });
}
