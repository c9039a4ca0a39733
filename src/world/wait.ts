import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import type { Context } from "../profile/profile.ts";
import { isUpgraded } from "../profile/upgraded.ts";
import { type Bell, makeBell } from "./bell.ts";
import { asSeenAfter, type Change, diffItems, withChanges } from "./diff.ts";
import { type Filter, isAsk, isWanted } from "./filter.ts";
import { type Gatherer, gatherer } from "./gather.ts";
import { type Items, itemsOf, type ItemText, worldTexts } from "./items.ts";
import { newerItems } from "./newer.ts";
import { nextChangeAt } from "./next_change.ts";
import { type OwnMoves, readOwnMoves } from "./own.ts";
import { enter, type Presence } from "./presence.ts";
import { type Burst, nextBurst, restOf } from "./settle.ts";
import {
  offer,
  type OfferedChanges,
  recordGiven,
  type Standing,
  standingOf,
  unrecorded,
  type Waiter,
} from "./standing.ts";
import type { Entry } from "./schema.ts";
import { watchWorld } from "./watched.ts";
import type { World } from "./world.ts";
import type { Watch } from "../os/watch.ts";

/** The look at stamps that stands behind the file events, for when they are lost or there are none. */
export const SLOW_LOOK_MS = 3_000;

/** After a look that took long the next one waits for so many times its length, at most this long: a storm must not eat a core. */
const REST_FACTOR = 4;
const LONGEST_REST_MS = 500;

/** What a client waits for. */
export interface WaitOptions {
  readonly client: string;
  readonly filter: Filter;
  /** Picks those of the wanted changes that the output has room for; only these count as given. Without it: all. */
  readonly select?: ((world: World, changes: readonly Change[]) => readonly Change[]) | undefined;
  /** Milliseconds; 0 looks once. */
  readonly timeoutMs?: number | undefined;
  /** The delivery that was really read. */
  readonly after?: string | undefined;
  /** Called once, when there is nothing to tell yet: what printing will need can be made ready while nothing happens. */
  readonly whenIdle?: ((world: World, texts: readonly ItemText[]) => Promise<unknown>) | undefined;
  readonly signal: AbortSignal;
}

/** What a wait ended with: something to print, or the end of its time (or of this version of looop: the same line runs the next). */
export type WaitEnd =
  | { readonly kind: "delivery"; readonly delivery: Delivery }
  | { readonly kind: "pending" };

/** Something to print, and what has to be recorded once it was. */
export interface Delivery {
  readonly id: string;
  readonly client: string;
  readonly changes: readonly Change[];
  /** How many more changes had no room; the next wait gives them. */
  readonly left: number;
  readonly world: World;
  /** The items as they are, before and after their texts are shortened. */
  readonly texts: readonly ItemText[];
  readonly items: Items;
  /** What the client has been given once this is printed. */
  readonly given: Items;
  readonly own: OwnMoves;
  readonly presence: Presence;
}

/**
 * Blocks until the world differs from what the client was last given. A delivery is offered on disk before it is answered; once it
 * was printed the caller records it with `recordDelivery`. Whoever dies in between is given the same delivery again, under the same id.
 * A later wait of the same client ends this one with `conflict`.
 */
export async function waitForChange(ctx: Context, options: WaitOptions): Promise<Result<WaitEnd>> {
  const { client } = options;
  const shape = options.select === undefined ? options.filter : `${options.filter}, brief`;
  const entered = await enter(ctx, client, shape);
  if (!entered.ok) return entered;
  const presence = entered.value;
  const end = await waitAs(ctx, { client, shape, presence }, options);
  // A delivery keeps its waiter alive until it is recorded: whoever comes next can tell printing from dead.
  if (!end.ok || end.value.kind === "pending") presence.leave();
  return end;
}

/** Records that a delivery was printed. Doing so twice is doing so once. */
export async function recordDelivery(ctx: Context, delivery: Delivery): Promise<Result<void>> {
  const recorded = await recordGiven(ctx, delivery.client, delivery.id);
  if (recorded.ok) delivery.own.forget(delivery.given, delivery.items);
  delivery.presence.leave();
  return recorded;
}

async function waitAs(ctx: Context, waiter: Waiter, options: WaitOptions): Promise<Result<WaitEnd>> {
  const end = ctx.os.clock.ticks() + (options.timeoutMs ?? Infinity);
  const bell = makeBell(ctx.os.clock);
  let watch: Watch | undefined;
  const arm = (): boolean => {
    if (watch !== undefined) return false;
    watch = watchWorld(ctx, waiter.client, bell.ring);
    return true;
  };
  try {
    return await untilChanged(ctx, waiter, { ...options, bell, arm, end });
  } finally {
    watch?.close();
  }
}

interface Run extends WaitOptions {
  readonly bell: Bell;
  /** Has the bell rung by what changes from now on; false when that was done already. */
  arm(): boolean;
  /** Monotonic milliseconds at which the time is up. */
  readonly end: number;
}

async function untilChanged(ctx: Context, waiter: Waiter, run: Run): Promise<Result<WaitEnd>> {
  const { clock } = ctx.os;
  const eyes = gatherer(ctx);
  let standing = await standingOf(ctx, waiter, run.after);
  let burst: Burst | undefined;
  let whenIdle = run.whenIdle;
  let begunOn: ReadonlySet<string> | undefined;
  for (;;) {
    if (!standing.ok) return standing;
    if (run.signal.aborted) return fail("interrupted", "go on waiting", "it was interrupted");
    const held = waiter.presence.standing();
    if (held !== "owner") return over(ctx, waiter.client, held);
    const started = clock.ticks();
    const isLast = started >= run.end;
    const seen = await look(ctx, waiter, { run, eyes, standing: standing.value });
    // What this one does not understand it must not deliver: the same line runs the looop that does. What was there when it began is told
    // as it is, or a line that still runs this one would go in circles.
    const newer = newerItems(seen.world);
    if (begunOn !== undefined && (isUpgraded(ctx) || [...newer].some((item) => begunOn?.has(item) === false))) {
      return ok({ kind: "pending" });
    }
    begunOn ??= newer;
    const ticks = clock.ticks();
    burst = nextBurst(burst, { mark: seen.mark, ticks, afterQuiet: isQuiet(standing.value, seen.world) });
    const settleMs = seen.world.config.settleMs;
    const rest = burst === undefined ? Infinity : restOf(burst, { ticks, settleMs, urgent: seen.urgent });
    if (burst !== undefined && (rest <= 0 || isLast)) {
      const made = await deliver(ctx, waiter, { standing: standing.value, seen });
      if (made !== "moved") return made;
      standing = await standingOf(ctx, waiter, undefined);
      continue;
    }
    if (isLast) return ok({ kind: "pending" });
    // Not before there is something to wait for: it costs as much as the look. What changed since that look would not ring, so: again.
    if (run.arm()) continue;
    await whenIdle?.(seen.world, seen.texts);
    whenIdle = undefined;
    const due = (nextChangeAt(seen.world, seen.world.now) ?? Infinity) - clock.now();
    await run.bell.wait(Math.max(1, Math.min(SLOW_LOOK_MS, rest, due, run.end - clock.ticks())), run.signal);
    const breath = Math.min(LONGEST_REST_MS, REST_FACTOR * (ticks - started)) - (clock.ticks() - ticks);
    if (breath > 0) await clock.sleep(breath, run.signal);
  }
}

function over(ctx: Context, client: string, how: "superseded" | "gone"): Result<never> {
  const thing = `go on waiting as client "${client}"`;
  if (how === "gone") return fail("not_found", thing, `its files in ${ctx.profile.paths.cursors} were taken away`);
  const { failure } = fail("conflict", thing, "another wait of this client runs now", {
    hint: "one wait a client at a time; another client takes --client NAME",
  });
  return { ok: false, failure: { ...failure, stderrOnly: true } };
}

/** Whether nothing was given for a while. A clock that was set back counts as quiet: better a delivery too many. */
function isQuiet({ cursor }: Standing, world: World): boolean {
  const last = cursor.history.findLast((entry) => entry.given);
  const since = last === undefined ? Infinity : world.now - last.ts;
  return since < 0 || since >= world.config.settleMs;
}

/** What one look found. */
interface Seen {
  readonly world: World;
  readonly texts: readonly ItemText[];
  readonly items: Items;
  readonly own: OwnMoves;
  readonly offered: OfferedChanges;
  readonly left: number;
  /** The offer that is to be made again. */
  readonly again: Entry | undefined;
  /** What there is to tell, as a text; empty: nothing that wakes. */
  readonly mark: string;
  readonly urgent: boolean;
}

async function look(
  ctx: Context,
  waiter: Waiter,
  from: { readonly run: Run; readonly eyes: Gatherer; readonly standing: Standing },
): Promise<Seen> {
  const { run, standing: { before } } = from;
  const world = await from.eyes.gather(ctx.os.clock.now());
  // After the world: a change of ours that is in it was announced before.
  const own = readOwnMoves(ctx, waiter.client);
  const texts = worldTexts(world, world.now);
  const items = await itemsOf(texts);
  const after = asSeenAfter(before, items);
  const again = unrecorded(from.standing, waiter.shape, after);
  if (again !== undefined) {
    return {
      world,
      texts,
      items,
      own,
      offered: again,
      left: 0,
      again: again.entry,
      mark: again.entry.id,
      urgent: true,
    };
  }
  const wanted = diffItems(before, after)
    .filter((change) => isWanted(run.filter, change, { before, after }) && !own.isBeingMade(change.item))
    .map((change) => own.made(change.item, after.get(change.item)) ? { ...change, by: waiter.client } : change);
  const loud = wanted.filter((change) => change.by === undefined);
  const changes = loud.length > 0 && run.select !== undefined ? run.select(world, wanted) : wanted;
  return {
    world,
    texts,
    items,
    own,
    offered: { changes, items: withChanges(before, after, changes) },
    left: wanted.length - changes.length,
    again: undefined,
    mark: loud.map(({ item }) => `${item} ${after.get(item) ?? ""}`).join("\n"),
    urgent: loud.some(({ item }) => isAsk(item)),
  };
}

async function deliver(
  ctx: Context,
  waiter: Waiter,
  { standing, seen }: { readonly standing: Standing; readonly seen: Seen },
): Promise<Result<WaitEnd> | "moved"> {
  const made = await offer(ctx, waiter, { standing, offered: seen.offered, again: seen.again });
  if (!made.ok) return made;
  if (made.value === "moved") return "moved";
  if (made.value === "superseded" || made.value === "gone") return over(ctx, waiter.client, made.value);
  const { world, texts, items, own, offered } = seen;
  const delivery = {
    id: made.value.id,
    client: waiter.client,
    changes: offered.changes,
    left: seen.left,
    world,
    texts,
    items,
    given: offered.items,
    own,
    presence: waiter.presence,
  };
  return ok({ kind: "delivery", delivery });
}
