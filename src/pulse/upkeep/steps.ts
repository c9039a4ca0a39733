import type { UpkeepStep } from "../upkeep.ts";
import { reapDeadClaims } from "./claims.ts";
import { archiveMailbox, expireAsks, remindOfAsks } from "./mailbox.ts";
import { handOutNotices, makeRootAwayWatch, tellCutOff, watchBudget } from "./notices.ts";
import { retain } from "./retention.ts";
import {
  endStuck,
  makeDiskWatch,
  makeLogCap,
  makeTerminalAnswers,
  markEnds,
  retainEnded,
  wakeStopped,
} from "./sessions.ts";
import { makeVerifying } from "./workers.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What the nouns want done now and then, in the order in which they are started. Made anew for each life of a pulse. */
export function upkeepSteps(): readonly UpkeepStep[] {
  return [
    { name: "expire asks", every: "beat", run: expireAsks },
    // With the beat that a new ask makes, so that its first reminder has a date from then on.
    { name: "remind of asks", every: "beat", run: remindOfAsks },
    { name: "reap claims", every: "beat", run: reapDeadClaims },
    { name: "mark the ends of workers", every: "beat", run: markEnds },
    { name: "verify workers", every: "beat", overlaps: true, run: makeVerifying() },
    { name: "end stuck workers", every: "beat", run: endStuck },
    { name: "wake stopped terminals", every: MINUTE_MS, run: wakeStopped },
    { name: "watch the disk", every: MINUTE_MS, everyWhileLive: 10_000, run: makeDiskWatch() },
    { name: "answer terminals", every: HOUR_MS, everyWhileLive: 1_000, light: true, run: makeTerminalAnswers() },
    { name: "keep logs within their size", every: HOUR_MS, everyWhileLive: 1_000, light: true, run: makeLogCap() },
    { name: "let ended workers go", every: 10 * MINUTE_MS, run: retainEnded },
    { name: "hand out notices", every: "beat", run: handOutNotices },
    { name: "tell of what was cut off", every: MINUTE_MS, run: tellCutOff },
    { name: "watch the budget", every: MINUTE_MS, run: watchBudget },
    { name: "notice an absent root agent", every: MINUTE_MS, run: makeRootAwayWatch() },
    { name: "archive the mailbox", every: 10 * MINUTE_MS, run: archiveMailbox },
    { name: "keep what is kept", every: HOUR_MS, run: retain },
  ];
}
