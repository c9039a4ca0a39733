import { type Result, sentence } from "../failure.ts";
import { formatAge } from "../base/duration.ts";
import { clip, oneLine } from "../base/text.ts";
import type { Context } from "../profile/profile.ts";
import { localDay } from "../base/local_time.ts";
import { reapClaims } from "../claims/lease_files.ts";
import { listClaims } from "../claims/store.ts";
import { budgetNow, rollUpCost } from "../cost/store.ts";
import { archiveConsumed } from "../mailbox/archive.ts";
import { expireDue, nextExpiry } from "../mailbox/expire.ts";
import { markReminded, type Reminder, remindersDue } from "../mailbox/reminders.ts";
import { nextReminder } from "../mailbox/reminder.ts";
import { openAsks } from "../mailbox/store.ts";
import { pruneTells } from "../mailbox/tells.ts";
import { notifyHooks, runHooks, runNotifyHooks, unhandedNotices } from "../notices/process.ts";
import { raise, sweepNotices } from "../notices/store.ts";
import { workerLiveness } from "../workers/store.ts";
import { runVerify, verifyOwed } from "../workers/verify.ts";
import { sweepTemps } from "./sweep_temps.ts";
import type { UpkeepJob, UpkeepSaid, UpkeepStep } from "./upkeep.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** So many checks of ended workers run at once; the rest follow. */
const VERIFY_AT_ONCE = 4;

/** What the nouns want done now and then, in the order in which they are started. */
export const UPKEEP: readonly UpkeepStep[] = [
  { name: "expire asks", every: "beat", run: expireAsks },
  { name: "remind of asks", every: MINUTE_MS, run: remindOfAsks },
  { name: "reap claims", every: "beat", run: reapDeadClaims },
  { name: "verify workers", every: "beat", run: verifyWorkers },
  { name: "hand out notices", every: "beat", run: handOutNotices },
  { name: "watch the budget", every: MINUTE_MS, run: watchBudget },
  { name: "archive the mailbox", every: 10 * MINUTE_MS, run: archiveMailbox },
  { name: "keep what is kept", every: HOUR_MS, run: retain },
];

async function expireAsks({ ctx, now, log }: UpkeepJob): Promise<UpkeepSaid> {
  const views = openAsks(ctx, now);
  for (const id of await expireDue(ctx, now, views)) {
    log.write({ level: "info", event: "ask.settled", msg: `ask ${id} was settled`, more: { ask: id } });
  }
  return ahead(now, [nextExpiry(views)]);
}

/**
 * An ask that stays open comes back to people's minds through `notify.d/`. The hooks first, then the record: a pulse that dies in between
 * reminds once more, and never not at all.
 */
async function remindOfAsks({ ctx, now, log, signal }: UpkeepJob): Promise<UpkeepSaid> {
  const views = openAsks(ctx, now);
  const due = remindersDue(ctx, now, views);
  const hooks = due.length === 0 ? [] : notifyHooks(ctx);
  if (hooks.length === 0) must(markReminded(ctx, due, views));
  for (const reminder of hooks.length === 0 ? [] : due) {
    if (signal.aborted) return {};
    for (const { hook, message } of await runHooks(ctx, hooks, reminderPayload(ctx, reminder, now))) {
      const msg = `notify.d/${hook} failed on ask ${reminder.view.id}: ${message}`;
      log.write({ level: "warn", event: "notify.fail", msg, more: { hook, ask: reminder.view.id } });
    }
    must(markReminded(ctx, [reminder], views));
  }
  const steps = ctx.profile.config.remindersMs;
  return ahead(now, views.map(({ ask }) => ask === undefined ? undefined : nextReminder(ask.ts, now, steps)));
}

function reminderPayload(ctx: Context, { view }: Reminder, now: number): Readonly<Record<string, unknown>> {
  const { ask, id } = view;
  const age = formatAge(now - (ask?.ts ?? now));
  return {
    v: 1,
    ts: now,
    source: "reminder",
    message: `ask ${id} has been open for ${age}: ${clip(oneLine(ask?.prompt ?? ""), 500)}`,
    ask: id,
    worker: ask?.worker ?? null,
    data_dir: ctx.profile.paths.root,
  };
}

/** A lease is looked at with its holder; where there is none, this is one directory list. */
async function reapDeadClaims({ ctx, now, log }: UpkeepJob): Promise<UpkeepSaid> {
  const claims = listClaims(ctx);
  if (claims.length === 0) return {};
  for (const { name, session, why } of await reapClaims(ctx, (holder) => workerLiveness(ctx, holder))) {
    const msg = `claim ${name} of ${session ?? "nobody"} was freed: ${why}`;
    log.write({ level: "info", event: "claim.reaped", msg, more: { claim: name, session: session ?? null } });
  }
  return ahead(now, claims.map(({ claim }) => claim?.expires));
}

/** The first of these dates that is still to come: what could not be done at its date waits for the next beat, and makes none. */
function ahead(now: number, dates: readonly (number | undefined)[]): UpkeepSaid {
  const coming = dates.filter((date) => date !== undefined && date > now) as number[];
  return coming.length === 0 ? {} : { nextAt: Math.min(...coming) };
}

async function verifyWorkers({ ctx, workers, log, signal }: UpkeepJob): Promise<void> {
  const owed = [...verifyOwed(workers)];
  async function work(): Promise<void> {
    for (let worker = owed.shift(); worker !== undefined && !signal.aborted; worker = owed.shift()) {
      const { id } = worker;
      const verdict = await runVerify(ctx, worker);
      if (!verdict.ok) throw new Error(sentence(verdict.failure));
      if (verdict.value === undefined) continue;
      const msg = `the check of worker ${id} says ${verdict.value}`;
      log.write({ level: verdict.value === "pass" ? "ok" : "warn", event: "worker.verify", msg, more: { worker: id } });
    }
  }
  await Promise.all(Array.from({ length: VERIFY_AT_ONCE }, work));
}

async function handOutNotices({ ctx, log }: UpkeepJob): Promise<void> {
  for (const notice of unhandedNotices(ctx)) {
    for (const { hook, message } of await runNotifyHooks(ctx, notice)) {
      const msg = `notify.d/${hook} failed on notice ${notice.n}: ${message}`;
      log.write({ level: "warn", event: "notify.fail", msg, more: { hook, notice: notice.n } });
    }
  }
}

/** One notice for each day on which the limit is reached. */
async function watchBudget({ ctx, now, log }: UpkeepJob): Promise<void> {
  if (ctx.profile.config.maxDailyMicros === undefined) return;
  const budget = budgetNow(ctx, now);
  if (budget.level !== "over") return;
  const message = budget.problem === undefined
    ? "today's budget (max_daily_usd) is used up: no worker starts until tomorrow, or until the limit is raised"
    : `the cost ledger cannot be read, so no worker starts: ${budget.problem}`;
  const raised = await raise(ctx, { source: "budget", key: `budget ${localDay(now)}`, once: true, message });
  if (!raised.ok) throw new Error(sentence(raised.failure));
  if (raised.value.fresh) log.write({ level: "warn", event: "budget.over", msg: message });
}

async function archiveMailbox({ ctx, now, log }: UpkeepJob): Promise<void> {
  const archived = must(await archiveConsumed(ctx, now));
  if (archived.length === 0) return;
  const msg = `${archived.length} settled ${archived.length === 1 ? "ask" : "asks"} went to the archive`;
  log.write({ level: "info", event: "mailbox.archived", msg });
}

/** Retention: archive before delete, each noun by its own rule. One that fails does not keep the next from its turn. */
async function retain({ ctx, now, log }: UpkeepJob): Promise<void> {
  const failures: string[] = [];
  for (const outcome of [await sweepNotices(ctx, now), await rollUpCost(ctx, now)]) {
    if (!outcome.ok) failures.push(sentence(outcome.failure));
  }
  pruneTells(ctx, now);
  const temps = sweepTemps(ctx, now);
  if (temps > 0) {
    log.write({ level: "info", event: "temps.swept", msg: `${temps} files that a crash had left were removed` });
  }
  if (failures.length > 0) throw new Error(failures.join("; "));
}

/** The value of an outcome; a failure is thrown for the upkeep to tell. */
function must<T>(outcome: Result<T>): T {
  if (!outcome.ok) throw new Error(sentence(outcome.failure));
  return outcome.value;
}
