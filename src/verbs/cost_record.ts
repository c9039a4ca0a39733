import { ok } from "../base/result.ts";
import { idProblem } from "../base/id.ts";
import { fail, type Result } from "../failure.ts";
import { type CostEntry, decimalUsd, formatUsd, parseUsd } from "../cost/format.ts";
import { appendCost } from "../cost/store.ts";
import { appendEvent } from "../journal/store.ts";
import { countOf, listOf, textOf } from "./input.ts";
import { type Call, type Input, verb } from "./verb.ts";

const KINDS = ["session", "root", "tick"] as const;

const HINT = "looop _ cost 0.42 --runner claude, or looop _ cost session fix-ci claude 0.42";

/** `looop _ cost <usd>` and `looop _ cost <kind> <id> <runner> <usd>` */
export const module = verb<CostEntry>({
  run: async (call, input) => {
    const entry = entryOf(call, input);
    if (!entry.ok) return entry;
    const written = await appendCost(call.context, entry.value);
    if (!written.ok) return written;
    await appendEvent(call.context, {
      actor: call.actor,
      verb: "cost",
      ids: [entry.value.id],
      items: ["budget"],
      outcome: "done",
      more: { usd: decimalUsd(entry.value.micros) },
    });
    return entry;
  },
  text: ({ micros, id }) => `${formatUsd(micros)} for ${id}`,
  json: ({ micros, ...entry }) => ({ ...entry, usd: Number(decimalUsd(micros)) }),
});

function entryOf(call: Call, input: Input): Result<CostEntry> {
  const words = listOf(input, "amount");
  if (words.length !== 1 && words.length !== 4) {
    return fail("usage", "record a cost", "it takes one amount, or kind, id, runner and amount", { hint: HINT });
  }
  const [kindWord, idWord, runnerWord] = words.length === 4 ? words : [];
  const usd = words[words.length - 1] ?? "";
  const micros = parseUsd(usd);
  if (!micros.ok) return fail("usage", `record a cost of "${usd}"`, micros.failure, { hint: HINT });
  const { session, client } = call.actor;
  const id = idWord ?? textOf(input, "id") ?? session ?? client ?? "root";
  if (idProblem(id) === "shape" || id === "") {
    return fail("usage", `record a cost for "${id}"`, "this is not an id", { hint: HINT });
  }
  const kind = kindWord ?? textOf(input, "kind") ??
    (session === undefined && idWord === undefined && textOf(input, "id") === undefined ? "root" : "session");
  if (kind !== "session" && kind !== "root" && kind !== "tick") {
    return fail("usage", `record a cost of kind "${kind}"`, `the kinds are ${KINDS.join(", ")}`, { hint: HINT });
  }
  const tokens = countOf(input, "tokens");
  if (!tokens.ok) return tokens;
  return ok({
    ts: call.os.clock.now(),
    micros: micros.value,
    kind,
    id,
    runner: runnerWord ?? textOf(input, "runner"),
    model: textOf(input, "model"),
    tokens: tokens.value,
    goal: textOf(input, "goal"),
  });
}
