import { join } from "node:path";
import type { Context } from "../profile/profile.ts";
import { FILES, generationDir } from "./layout.ts";
import { openLog } from "./log.ts";
import { type SessionEvent, sessionEventSchema, type SessionRef } from "./schema.ts";

/** Notes what happened to a terminal, at the end its log has now. Display may miss it; nothing depends on it for being right. */
export function noteEvent(
  ctx: Context,
  ref: SessionRef,
  event: Omit<SessionEvent, "ts" | "offset"> & { readonly event: string; readonly offset?: number },
): void {
  const log = openLog(ctx, ref);
  const line = { v: 1, ts: ctx.os.clock.now(), offset: log.ok ? log.value.end : 0, ...event };
  ctx.os.files.append(join(generationDir(ctx.profile.paths, ref), FILES.events), `${JSON.stringify(line)}\n`);
}

/** What was noted, in order; lines that cannot be read are left out. */
export function readEvents(ctx: Context, ref: SessionRef): readonly SessionEvent[] {
  const text = ctx.os.files.readListed(join(generationDir(ctx.profile.paths, ref), FILES.events)) ?? "";
  const events: SessionEvent[] = [];
  for (const line of text.split("\n")) {
    if (line === "") continue;
    try {
      const parsed = sessionEventSchema.safeParse(JSON.parse(line));
      if (parsed.success) events.push(parsed.data);
    } catch { /* cut off by a full disk */ }
  }
  return events;
}
