import { isPulseHeld } from "../heartbeat/store.ts";
import { mailboxNames } from "../mailbox/store.ts";
import type { Context } from "../profile/profile.ts";
import { endName } from "../sessions/layout.ts";
import { decidedEnds } from "../sessions/read.ts";
import { listRecords } from "../workers/store.ts";

/** What the line for a prompt is made of. */
export interface StatusLine {
  readonly alive: boolean;
  readonly asks: number;
  readonly notices: number;
  readonly workers: number;
}

/** Lists names and reads the workers' records, nothing else: fast enough for a shell's prompt. */
export function statusLine(ctx: Context): StatusLine {
  const names = mailboxNames(ctx);
  const asks = "problem" in names ? 0 : names.asks.filter((id) => !names.answers.has(`${id}.json`)).length;
  const ends = decidedEnds(ctx);
  return {
    alive: isPulseHeld(ctx),
    asks,
    notices: countNotices(ctx),
    // Without a look at any process: one that was lost a moment ago still counts, until the pulse has seen it.
    workers: listRecords(ctx).filter((record) => !ends.has(endName(record, ""))).length,
  };
}

function countNotices(ctx: Context): number {
  const listed = ctx.os.files.list(ctx.profile.paths.notices);
  return listed.ok ? listed.value.filter(({ name }) => /^[1-9][0-9]*\.json$/.test(name)).length : 0;
}
