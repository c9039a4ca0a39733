import type { Json } from "../base/canonical_json.ts";
import { clip } from "../base/text.ts";
import { sensorOfSnapshot } from "../snapshots/store.ts";
import type { Change } from "./diff.ts";
import { isAsk } from "./filter.ts";
import {
  asksJson,
  budgetJson,
  needsSomeone,
  noticesJson,
  pulseJson,
  schedulesJson,
  UNTRUSTED,
  workersJson,
} from "./state.ts";
import type { AskJson, NoticeJson, ScheduleJson, StateJson, WorkerJson } from "./state_json.ts";
import type { World } from "./world.ts";

/** The size that a brief delivery stays below, as UTF-8 with its newline. */
export const BRIEF_MAX_BYTES = 8_192;

/** Kept free for what is not known while choosing: the hash, the id of the delivery, escapes. */
const MARGIN_BYTES = 512;

/** Texts of asks are cut to this, in UTF-16 units: the whole is in `looop asks <ask>` and `_ state`. */
const PROMPT_MAX = 1_200;
const OPTION_MAX = 120;

/** What a brief delivery holds: the changed items with what they are now, and the open asks. Names and types as in `StateJson`. */
export interface BriefBody extends Pick<StateJson, "schema" | "pulse" | "budget" | "snapshots" | "untrusted"> {
  readonly changed: readonly Change[];
  /** Changes that had no room; the next wait gives them. */
  readonly more_changed: number;
  readonly asks: readonly AskJson[];
  /** Open asks that had no room. */
  readonly more_asks: number;
  readonly workers: readonly WorkerJson[];
  readonly notices: readonly NoticeJson[];
  readonly schedules: readonly ScheduleJson[];
}

/** Of the changes those that a brief delivery has room for, asks first, each with what its item is now where that fits. */
export function briefChanges(world: World, changes: readonly Change[]): readonly Change[] {
  const parts = partsOf(world);
  let body = emptyBody(world, changes.length);
  for (const change of asksFirst(changes)) {
    const whole = withPart(withChange(body, change), change.item, parts);
    // The name alone, when what it names is too large: better told and looked up than not told.
    const next = fits(whole) ? whole : withChange(body, change);
    if (!fits(next)) break;
    body = next;
  }
  return body.changed;
}

/** The body for changes that were picked by `briefChanges`: all of them, then what they are now, then the other open asks. */
export function briefBody(world: World, changes: readonly Change[], left: number): BriefBody {
  const parts = partsOf(world);
  const picked = asksFirst(changes);
  let body = picked.reduce(withChange, emptyBody(world, changes.length + left));
  for (const { item } of picked) {
    const next = withPart(body, item, parts);
    if (fits(next)) body = next;
  }
  for (const [item, ask] of parts.asks) {
    const next = withPart(body, item, parts);
    if (!body.asks.includes(ask) && fits(next)) body = next;
  }
  return body;
}

function asksFirst(changes: readonly Change[]): readonly Change[] {
  return [...changes.filter(({ item }) => isAsk(item)), ...changes.filter(({ item }) => !isAsk(item))];
}

interface Parts {
  readonly asks: ReadonlyMap<string, AskJson>;
  readonly workers: ReadonlyMap<string, WorkerJson>;
  readonly notices: ReadonlyMap<string, NoticeJson>;
  readonly schedules: ReadonlyMap<string, ScheduleJson>;
  readonly snapshots: ReadonlyMap<string, readonly [string, Json]>;
}

function partsOf(world: World): Parts {
  return {
    asks: new Map(asksJson(world).map((ask) => [`ask:${ask.id}`, shortAsk(ask)])),
    workers: new Map(workersJson(world).map((worker) => [`worker:${worker.id}`, worker])),
    notices: new Map(noticesJson(world).map((notice) => [`notice:${notice.n}`, notice])),
    schedules: new Map(schedulesJson(world).map((schedule) => [`schedule:${schedule.name}`, schedule])),
    snapshots: new Map(world.snapshots.map(({ name, reading }) => [
      `sensor:${sensorOfSnapshot(name)}`,
      [name, reading ?? { signal: { error: "unreadable" } }],
    ])),
  };
}

function shortAsk(ask: AskJson): AskJson {
  return {
    ...ask,
    prompt: clip(ask.prompt, PROMPT_MAX),
    ...(ask.reference !== undefined && { reference: clip(ask.reference, PROMPT_MAX) }),
    ...(ask.options !== undefined && { options: ask.options.map((option) => clip(option, OPTION_MAX)) }),
    ...(ask.action !== undefined && { action: clip(ask.action, PROMPT_MAX) }),
  };
}

function emptyBody(world: World, changes: number): BriefBody {
  return {
    schema: 1,
    changed: [],
    more_changed: changes,
    pulse: pulseJson(world),
    budget: budgetJson(world),
    asks: [],
    more_asks: needsSomeone(world).length,
    workers: [],
    notices: [],
    schedules: [],
    snapshots: {},
    untrusted: UNTRUSTED,
  };
}

function withChange(body: BriefBody, change: Change): BriefBody {
  return { ...body, changed: [...body.changed, change], more_changed: body.more_changed - 1 };
}

function withPart(body: BriefBody, item: string, parts: Parts): BriefBody {
  const ask = parts.asks.get(item);
  if (ask !== undefined) return { ...body, asks: [...body.asks, ask], more_asks: body.more_asks - 1 };
  const worker = parts.workers.get(item);
  if (worker !== undefined) return { ...body, workers: [...body.workers, worker] };
  const notice = parts.notices.get(item);
  if (notice !== undefined) return { ...body, notices: [...body.notices, notice] };
  const schedule = parts.schedules.get(item);
  if (schedule !== undefined) return { ...body, schedules: [...body.schedules, schedule] };
  const snapshot = parts.snapshots.get(item);
  if (snapshot !== undefined) return { ...body, snapshots: { ...body.snapshots, [snapshot[0]]: snapshot[1] } };
  return body;
}

function fits(body: BriefBody): boolean {
  const bytes = new TextEncoder().encode(escaped(JSON.stringify(body))).length;
  return bytes < BRIEF_MAX_BYTES - MARGIN_BYTES;
}

/** What JSON leaves bare and a terminal would obey is printed as an escape of six bytes. */
function escaped(json: string): string {
  return json.replace(/[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, "\\u0000");
}
