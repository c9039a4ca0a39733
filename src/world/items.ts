import { canonicalJson } from "../base/canonical_json.ts";
import { byCodeUnit } from "../base/id.ts";
import { sha256Hex } from "../base/sha256.ts";
import type { Budget } from "../cost/schema.ts";
import { STATUS_RULES } from "../mailbox/status.ts";
import type { AskView } from "../mailbox/schema.ts";
import { signalOf, type Snapshot } from "../snapshots/schema.ts";
import { sensorOfSnapshot } from "../snapshots/store.ts";
import type { WorkerView } from "../workers/schema.ts";
import { reminderStep } from "./reminders.ts";
import { downSince, type ScheduleView, type World } from "./world.ts";

/** The world as a map of items to what tells one state of an item from another. Sorted by item. */
export type Items = ReadonlyMap<string, string>;

/** The value of an item that is there and cannot be read: a state of its own, never an absence. */
export const UNREADABLE = "!unreadable";

/** What stands before the names of directories that cannot be listed. */
export const UNREADABLE_PREFIX = "unreadable:";

/** Hex digits of a hash that are kept: 64 bits, for maps of thousands. */
const DIGITS = 16;

/**
 * Derives the items. Nothing that moves by itself enters (idle times, stamps, byte counts), but for the steps that time takes on purpose: reminders,
 * expiries, schedules that fall due.
 */
export function worldItems(world: World, now: number): Items {
  const items: [string, string][] = [
    ["budget", budgetValue(world.budget)],
    ["config", world.configProblem === undefined ? "ok" : "broken"],
    ["pulse", pulseValue(world, now)],
  ];
  if (world.playbook.kind !== "absent") {
    items.push(["playbook", world.playbook.kind === "text" ? playbookValue(world.playbook.text) : UNREADABLE]);
  }
  for (const { id, text } of world.goals) items.push([`goal:${id}`, text === undefined ? UNREADABLE : goalValue(text)]);
  for (const snapshot of world.snapshots) items.push([sensorItem(snapshot.name), sensorValue(snapshot)]);
  for (const worker of world.workers) items.push([`worker:${worker.id}`, workerValue(worker)]);
  for (const view of world.asks) {
    if (STATUS_RULES[view.status].wakes) items.push([`ask:${view.id}`, askValue(view, now, world.config.remindersMs)]);
  }
  for (const { name, claim, problem } of world.claims) {
    if (claim === undefined) items.push([`claim:${name}`, troubled(problem)]);
    else if (claim.expires === undefined || claim.expires > now) {
      items.push([`claim:${name}`, claimValue(claim.session)]);
    }
  }
  for (const schedule of world.schedules) items.push([`schedule:${schedule.name}`, scheduleValue(schedule, now)]);
  for (const notice of world.notices) items.push([`notice:${notice.n}`, "open"]);
  for (const collection of world.unreadable) items.push([`${UNREADABLE_PREFIX}${collection}`, UNREADABLE]);
  return new Map(items.sort((a, b) => byCodeUnit(a[0], b[0])));
}

/** SHA-256 over the map, each name and value with its length in front, so that no two maps can run together into one text. */
export function worldHash(items: Items): string {
  const parts: string[] = [];
  for (const [item, value] of items) parts.push(`${item.length} ${item} ${value.length} ${value}\n`);
  return sha256Hex(parts.join(""));
}

/** The value of `playbook` for a text. */
export function playbookValue(text: string): string {
  return hashOf(text);
}

/** The value of `goal:<id>` for the text of its file. */
export function goalValue(text: string): string {
  return hashOf(text);
}

/** The value of `claim:<name>` for its holder. */
export function claimValue(session: string): string {
  return hashOf(session);
}

/** `sensor:<name>` for a snapshot's name. */
export function sensorItem(snapshot: string): string {
  return `sensor:${sensorOfSnapshot(snapshot)}`;
}

function sensorValue({ reading, problem }: Snapshot): string {
  return reading === undefined ? troubled(problem) : hashOf(canonicalJson(signalOf(reading)));
}

/** Readable, because all its parts are words of ours. Starting and running are one: who started it was told when it ran. */
function workerValue(worker: WorkerView): string {
  const state = worker.state === "starting" ? "running" : worker.state;
  const stuck = worker.health === "stuck" ? "stuck" : "";
  return [worker.generation, state, worker.exitCode ?? "", stuck, worker.verify?.verdict ?? ""].join(",");
}

function askValue(view: AskView, now: number, reminders: readonly number[]): string {
  const { ask, status, problem } = view;
  if (ask === undefined || status === "corrupt") return troubled(problem);
  return withStep(`${hashOf(canonicalJson(ask))},${status}`, reminderStep(now - ask.ts, reminders));
}

/** How often it fired: what the file says, and one more while it is due, so that waiters need no pulse to know. */
export function firings({ schedule, dueAt }: ScheduleView, now: number): number {
  return (schedule?.count ?? 0) + (dueAt !== undefined && dueAt <= now ? 1 : 0);
}

function scheduleValue(view: ScheduleView, now: number): string {
  if (view.schedule === undefined) return troubled(view.problem);
  const { rule } = view.schedule;
  // The anchor is where the count began, not what was asked for.
  const asked = rule.kind === "at" ? rule.at : rule.kind === "every" ? rule.every_ms : rule.cron;
  return `${hashOf(canonicalJson([rule.kind, asked]))},${firings(view, now)}`;
}

function pulseValue(world: World, now: number): string {
  if (world.pulse.alive) return "alive";
  const since = downSince(world);
  const step = since === undefined ? 0 : reminderStep(now - since, world.config.remindersMs);
  return withStep(`down,${world.pulse.heartbeat?.run ?? ""}`, step);
}

function budgetValue(budget: Budget): string {
  if (budget.problem !== undefined) return UNREADABLE;
  return budget.level === "none" ? "under" : budget.level;
}

/** A value of something that is there and cannot be used; stable while the trouble is the same. */
function troubled(problem: string | undefined): string {
  return `!${hashOf(problem ?? "")}`;
}

function hashOf(text: string): string {
  return sha256Hex(text).slice(0, DIGITS);
}

/** A value and how often its item has been brought back to mind. */
function withStep(value: string, step: number): string {
  return `${value}+${step}`;
}

/** A value taken apart; without a step the step is 0. */
export function stepOf(value: string): { readonly base: string; readonly step: number } {
  const at = value.lastIndexOf("+");
  return at < 0 ? { base: value, step: 0 } : { base: value.slice(0, at), step: Number(value.slice(at + 1)) };
}
