import { never, ok } from "../base/result.ts";
import { fitLine } from "../base/width.ts";
import { EXIT_CODES, fail, type Result } from "../failure.ts";
import { type BriefBody, briefBody, briefChanges } from "../world/brief.ts";
import { DEFAULT_CLIENT } from "../world/client_files.ts";
import type { Change } from "../world/diff.ts";
import type { Filter } from "../world/filter.ts";
import { worldHash } from "../world/items.ts";
import { stateJson } from "../world/state.ts";
import type { StateJson } from "../world/state_json.ts";
import { type Delivery, recordDelivery, waitForChange, type WaitOptions } from "../world/wait.ts";
import { switchOf, textOf } from "./input.ts";
import { stateText } from "./state.ts";
import { type Call, type Input, verb } from "./verb.ts";
import { waitTimeout } from "./wait_timeout.ts";
import { block } from "./world_text.ts";

/** What a wait prints. */
type Output =
  | { readonly kind: "pending" }
  | { readonly kind: "whole"; readonly delivery: Delivery; readonly state: StateJson }
  | { readonly kind: "brief"; readonly delivery: Delivery; readonly body: BriefBody; readonly hash: string };

/** `looop _ wait`: blocks until there is something to tell this client, tells it, and records that. */
export const module = verb<Output>({
  run: async (call, input): Promise<Result<Output>> => {
    const options = optionsOf(call, input);
    if (!options.ok) return options;
    const end = await waitForChange(call.context, options.value);
    if (!end.ok) return end;
    if (end.value.kind === "pending") {
      if (!call.json) call.note("nothing new; run the same line again");
      return ok({ kind: "pending" });
    }
    const { delivery } = end.value;
    if (switchOf(input, "brief")) {
      const body = briefBody(delivery.world, delivery.changes, delivery.left);
      return ok({ kind: "brief", delivery, body, hash: await worldHash(delivery.texts) });
    }
    return ok({ kind: "whole", delivery, state: await stateJson(call.context, delivery.world, delivery.texts) });
  },
  text: (output, call) => {
    switch (output.kind) {
      case "pending":
        return "";
      case "whole":
        return [
          ...changeLines(output.delivery, call),
          "",
          ...stateText({ world: output.delivery.world, state: output.state }, call),
        ]
          .join("\n");
      case "brief":
        return changeLines(output.delivery, call).join("\n");
      default:
        return never(output);
    }
  },
  json: (output) => {
    switch (output.kind) {
      case "pending":
        return { status: "pending" };
      case "whole":
        // First, for readers whose shell cuts long output.
        return { delivery: output.delivery.id, changed: output.delivery.changes, ...output.state };
      case "brief":
        return { delivery: output.delivery.id, ...output.body, world_hash: output.hash };
      default:
        return never(output);
    }
  },
  delivered: async (call, output) =>
    output.kind === "pending" ? ok(undefined) : await recordDelivery(call.context, output.delivery),
  exit: (output) => output.kind === "pending" ? EXIT_CODES.pending : 0,
});

function optionsOf(call: Call, input: Input): Result<WaitOptions> {
  if (switchOf(input, "only-asks") && switchOf(input, "actionable")) {
    return fail("usage", "wait", "--only-asks and --actionable exclude each other");
  }
  const timeout = waitTimeout(call, input);
  if (!timeout.ok) return timeout;
  const filter: Filter = switchOf(input, "only-asks") ? "asks" : switchOf(input, "actionable") ? "actionable" : "all";
  const after = textOf(input, "after");
  return ok({
    // A worker that waits must not take the root agent's place.
    client: call.actor.client ?? call.actor.session ?? DEFAULT_CLIENT,
    filter,
    ...(switchOf(input, "brief") && { select: briefChanges }),
    timeoutMs: timeout.value,
    // A template whose first round has nothing to fill in yet.
    after: after === "" ? undefined : after,
    // The first time takes several milliseconds longer than the second, and who waits is in no hurry.
    whenIdle: async (world, texts) => JSON.stringify(await stateJson(call.context, world, texts)),
    signal: call.signal,
  });
}

const MARKS: Readonly<Record<Change["change"], string>> = {
  added: "+",
  changed: "~",
  removed: "-",
  reminder: "again",
};

function changeLines({ id, changes, left }: Delivery, { columns }: Call): readonly string[] {
  const lines = changes.map(({ item, change, by }) =>
    `${MARKS[change]} ${item}${by === undefined ? "" : `  (by ${by})`}`
  );
  return [
    ...block(`changed (delivery ${id})`, lines, columns, 20),
    ...(left === 0 ? [] : [`  ${fitLine(`${left} more had no room: run the same line again`, columns - 2)}`]),
  ];
}
