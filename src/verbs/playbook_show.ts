import { ok } from "../base/result.ts";
import { stripControls } from "../base/text.ts";
import { fail, ioFailure } from "../failure.ts";
import { playbookHistory, readPlaybook } from "../playbook/store.ts";
import { verb } from "./verb.ts";

interface Shown {
  readonly text: string;
  /** The kept bodies before it, newest first. */
  readonly history: readonly string[];
}

/** `looop _ playbook show` */
export const module = verb<Shown>({
  run: async (call) => {
    const found = readPlaybook(call.context);
    switch (found.kind) {
      case "absent":
        return fail("not_found", "show the playbook", "there is no PLAYBOOK.md", { hint: "looop _ playbook write -" });
      case "unreadable":
        return ioFailure("show the playbook", found.failure);
      case "text": {
        const names = playbookHistory(call.context).map((name) => `playbook.d/${name}`);
        return ok({ text: found.text, history: names.reverse() });
      }
    }
  },
  text: ({ text }) => stripControls(text).replace(/\n$/, ""),
});
