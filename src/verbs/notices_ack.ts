import { ok } from "../base/result.ts";
import { fail } from "../failure.ts";
import { appendEvent } from "../journal/store.ts";
import { ackNotices } from "../notices/store.ts";
import { switchOf, textOf } from "./input.ts";
import { asOwn } from "./own.ts";
import { verb } from "./verb.ts";

interface Acked {
  readonly acked: readonly number[];
}

/** `looop notices ack <n>|--all` */
export const module = verb<Acked>({
  run: async (call, input) => {
    const all = switchOf(input, "all");
    const text = textOf(input, "n");
    if (all === (text !== undefined)) {
      return fail("usage", "acknowledge notices", "give one number, or --all", { hint: "looop notices" });
    }
    const n = all ? 0 : Number(text);
    if (!all && (!/^[0-9]{1,15}$/.test(text ?? "") || n < 1)) {
      return fail("usage", `acknowledge notice "${text}"`, "it is not a number", { hint: "looop notices" });
    }
    const which = all ? "all" : [n];
    const acked = await asOwn(call, { [`notice:${all ? "*" : n}`]: all ? undefined : null }, {
      run: () => ackNotices(call.context, which),
      touched: (numbers) => numbers.map((one) => `notice:${one}`),
    });
    if (!acked.ok) return acked;
    if (acked.value.length > 0) {
      await appendEvent(call.context, {
        actor: call.actor,
        verb: "notices ack",
        ids: acked.value.map(String),
        items: acked.value.map((one) => `notice:${one}`),
        outcome: "done",
      });
    }
    return ok({ acked: acked.value });
  },
  text: ({ acked }) => acked.length === 0 ? "already acknowledged" : `acknowledged ${acked.join(", ")}`,
});
