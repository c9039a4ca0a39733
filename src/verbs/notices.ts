import { formatAge } from "../base/duration.ts";
import { ok } from "../base/result.ts";
import { oneLine } from "../base/text.ts";
import type { Notice } from "../notices/schema.ts";
import { ackedNotices, openNotices } from "../notices/store.ts";
import { switchOf } from "./input.ts";
import { verb } from "./verb.ts";

/** `looop notices` */
export const module = verb<readonly Notice[]>({
  run: async (call, input) => {
    const open = openNotices(call.context);
    if (!switchOf(input, "all")) return ok(open);
    return ok([...ackedNotices(call.context), ...open].sort((a, b) => a.n - b.n));
  },
  text: (notices, call) => {
    if (notices.length === 0) return "no notices";
    return notices.map((notice) => {
      const age = formatAge(call.os.clock.now() - notice.ts);
      const failed = Object.entries(notice.hooks ?? {}).filter(([, hook]) => hook.state === "failed");
      const hooks = failed.map(([name, hook]) =>
        `\n    notify.d/${oneLine(name)} failed: ${oneLine(hook.message ?? "")}`
      );
      const done = notice.acked === undefined ? "" : " (acknowledged)";
      return `${notice.n}  ${age} ago  ${notice.source}: ${oneLine(notice.message)}${done}${hooks.join("")}`;
    }).join("\n");
  },
});
