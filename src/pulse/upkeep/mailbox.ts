import { formatAge } from "../../base/duration.ts";
import { nextReminderAt } from "../../base/reminders.ts";
import { clip, oneLine } from "../../base/text.ts";
import { archiveConsumed } from "../../mailbox/archive.ts";
import { expireDue, nextExpiry } from "../../mailbox/expire.ts";
import { markReminded, type Reminder, remindersDue } from "../../mailbox/reminders.ts";
import { openAsks } from "../../mailbox/store.ts";
import { notifyHooks, runHooks } from "../../notices/process.ts";
import type { Context } from "../../profile/profile.ts";
import { workerLiveness } from "../../workers/views.ts";
import type { UpkeepJob, UpkeepSaid } from "../upkeep.ts";
import { ahead, must } from "./said.ts";

/** Gives asks whose time is over their default, and answered flags to their workers. */
export async function expireAsks({ ctx, now, log }: UpkeepJob): Promise<UpkeepSaid> {
  const views = openAsks(ctx, now);
  for (const id of await expireDue(ctx, now, (worker) => workerLiveness(ctx, worker), views)) {
    log.write({ level: "info", event: "ask.settled", msg: `ask ${id} was settled`, more: { ask: id } });
  }
  return ahead(now, [nextExpiry(views)]);
}

/**
 * An ask that stays open comes back to people's minds through `notify.d/`. The hooks first, then the record: a pulse that dies in between
 * reminds once more, and never not at all.
 */
export async function remindOfAsks({ ctx, now, log, signal }: UpkeepJob): Promise<UpkeepSaid> {
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
  return ahead(now, views.map(({ ask }) => ask === undefined ? undefined : nextReminderAt(ask.ts, now, steps)));
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

/** Moves pairs that are over to the archive of their month. */
export async function archiveMailbox({ ctx, now, log }: UpkeepJob): Promise<void> {
  const archived = must(await archiveConsumed(ctx, now));
  if (archived.length === 0) return;
  const msg = `${archived.length} settled ${archived.length === 1 ? "ask" : "asks"} went to the archive`;
  log.write({ level: "info", event: "mailbox.archived", msg });
}
