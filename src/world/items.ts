import { canonicalJson } from "../base/canonical_json.ts";
import { byCodeUnit } from "../base/id.ts";
import { sha256Hex, sha256OfText } from "../base/sha256.ts";
import type { Budget } from "../cost/schema.ts";
import { STATUS_RULES } from "../mailbox/status.ts";
import type { AskView } from "../mailbox/schema.ts";
import { signalOf, type Snapshot } from "../snapshots/schema.ts";
import { sensorOfSnapshot } from "../snapshots/store.ts";
import type { WorkerView } from "../workers/schema.ts";
import { reminderStep } from "../base/reminders.ts";
import { downSince, type ScheduleView, type World } from "./world.ts";

/** The world as a map of items to what tells one state of an item from another. Sorted by item. */
export type Items = ReadonlyMap<string, string>;

/** The value of an item that is there and cannot be read: a state of its own, never an absence. */
export const UNREADABLE = "!unreadable";

/** What stands before the names of directories that cannot be listed. */
export const UNREADABLE_PREFIX = "unreadable:";

/** Stands for an empty text, which is not the same as no text. */
const EMPTY = "\n\0empty";

/** Hex digits of a hash that are kept: 64 bits, for maps of thousands. */
const DIGITS = 16;

/**
 * An item before its text is shortened to a hash: the texts of a whole world are hashed once in one pass, which is much cheaper than each
 * alone, for those who want nothing but `world_hash`. `tail` is what has to stay readable behind the hash.
 */
export interface ItemText {
  readonly item: string;
  readonly text: string;
  readonly tail: string;
}

/**
 * Derives the items, in item order. Nothing that moves by itself enters (idle times, stamps, byte counts), but for the steps that time
 * takes on purpose: reminders, expiries, schedules that fall due.
 */
export function worldTexts(world: World, now: number): readonly ItemText[] {
  const items: ItemText[] = [
    plain("budget", budgetValue(world.budget)),
    plain("config", world.configProblem === undefined ? "ok" : "broken"),
    plain("pulse", pulseValue(world, now)),
  ];
  if (world.playbook.kind !== "absent") {
    items.push(long("playbook", world.playbook.kind === "text" ? world.playbook.text : undefined));
  }
  for (const { id, text } of world.goals) items.push(long(`goal:${id}`, text));
  for (const snapshot of world.snapshots) items.push(sensorText(snapshot));
  for (const worker of world.workers) items.push(plain(`worker:${worker.id}`, workerValue(worker)));
  for (const view of world.asks) {
    if (STATUS_RULES[view.status].wakes) items.push(askText(view, now, world.config.remindersMs));
  }
  for (const { name, claim, problem } of world.claims) {
    if (claim === undefined) items.push(troubled(`claim:${name}`, problem));
    else if (claim.expires === undefined || claim.expires > now) items.push(long(`claim:${name}`, claim.session));
  }
  for (const schedule of world.schedules) items.push(scheduleText(schedule, now));
  for (const { n, problem } of world.notices) {
    items.push(problem === undefined ? plain(`notice:${n}`, "open") : troubled(`notice:${n}`, problem));
  }
  for (const collection of world.unreadable) items.push(plain(`${UNREADABLE_PREFIX}${collection}`, UNREADABLE));
  return items.sort((a, b) => byCodeUnit(a.item, b.item));
}

/** The items with their values, in item order: what is compared, and kept as what somebody was given. */
export async function worldItems(world: World, now: number): Promise<Items> {
  return await itemsOf(worldTexts(world, now));
}

/** The same for texts that were derived already. */
export async function itemsOf(texts: readonly ItemText[]): Promise<Items> {
  const hashes = await Promise.all(texts.map(({ text }) => text === "" ? "" : sha256OfText(text)));
  return new Map(texts.map(({ item, tail }, i) => [item, `${hashes[i]?.slice(0, DIGITS)}${tail}`]));
}

/** SHA-256 over all items, each part with its length in front, so that no two worlds can run together into one text. */
export async function worldHash(texts: readonly ItemText[]): Promise<string> {
  const parts: string[] = [];
  for (const { item, text, tail } of texts) {
    parts.push(`${item.length} ${item} ${text.length} ${text} ${tail.length} ${tail}\n`);
  }
  return await sha256OfText(parts.join(""));
}

/** The value of `playbook`, `goal:<id>` or `claim:<name>` for its text or its holder: what a change will leave, known before it is made. */
export function textValue(text: string): string {
  return sha256Hex(text === "" ? EMPTY : text).slice(0, DIGITS);
}

/** An item whose value is made of words of ours, and stays readable. */
function plain(item: string, value: string): ItemText {
  return { item, text: "", tail: value };
}

/** An item that is a text; undefined: one that cannot be read. An empty one has a hash too. */
function long(item: string, text: string | undefined): ItemText {
  return text === undefined ? plain(item, UNREADABLE) : { item, text: text === "" ? EMPTY : text, tail: "" };
}

/** `sensor:<name>` for a snapshot's name. */
export function sensorItem(snapshot: string): string {
  return `sensor:${sensorOfSnapshot(snapshot)}`;
}

function sensorText({ name, reading, problem }: Snapshot): ItemText {
  const item = sensorItem(name);
  return reading === undefined ? troubled(item, problem) : long(item, canonicalJson(signalOf(reading)));
}

/** Readable, because all its parts are words of ours. Starting and running are one: who started it was told when it ran. */
function workerValue(worker: WorkerView): string {
  const state = worker.state === "starting" ? "running" : worker.state;
  const stuck = worker.health === "stuck" ? "stuck" : "";
  const trouble = worker.problem === undefined ? "" : ",!";
  return [worker.generation, state, worker.exitCode ?? "", stuck, worker.verify?.verdict ?? ""].join(",") + trouble;
}

/** Whether a value of `worker:<id>` is that of one that runs. */
export function isRunning(value: string | null): boolean {
  return value !== null && value.split(",")[1] === "running";
}

function askText({ id, ask, status, problem }: AskView, now: number, reminders: readonly number[]): ItemText {
  const item = `ask:${id}`;
  if (ask === undefined || status === "corrupt") return troubled(item, problem);
  const { worker, kind, prompt, reference, options, action, expires, ts } = ask;
  const content = JSON.stringify([worker, kind, prompt, reference, options, action, expires, ask.default, ts]);
  return { item, text: content, tail: withStep(`,${status}`, reminderStep(now - ts, reminders)) };
}

/** How often it fired: what the file says, and one more while it is due, so that waiters need no pulse to know. */
export function firings({ schedule, dueAt }: ScheduleView, now: number): number {
  return (schedule?.count ?? 0) + (dueAt !== undefined && dueAt <= now ? 1 : 0);
}

function scheduleText(view: ScheduleView, now: number): ItemText {
  const item = `schedule:${view.name}`;
  if (view.schedule === undefined) return troubled(item, view.problem);
  const { rule } = view.schedule;
  // The anchor is where the count began, not what was asked for.
  const asked = rule.kind === "at" ? rule.at : rule.kind === "every" ? rule.every_ms : rule.cron;
  return { item, text: canonicalJson([rule.kind, asked]), tail: `,${firings(view, now)}` };
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

/** An item that is there and cannot be used; its value is stable while the trouble is the same. */
function troubled(item: string, problem: string | undefined): ItemText {
  return { item, text: problem ?? "", tail: "!" };
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
