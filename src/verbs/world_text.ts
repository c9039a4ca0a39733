import { formatAge } from "../base/duration.ts";
import { fitLine, padLine } from "../base/width.ts";
import { oneLine } from "../base/text.ts";
import { canonicalJson } from "../base/canonical_json.ts";
import { formatUsd } from "../cost/format.ts";
import { signalOf } from "../snapshots/schema.ts";
import { needsSomeone } from "../world/state.ts";
import type { World } from "../world/world.ts";

/** Readings, workers and asks beyond this are counted, not listed: a screenful. */
const LIST_MAX = 12;

/** Counts the world in one line: `pulse alive, beat 12s ago · 2 asks · …`. */
export function headerLine(world: World): string {
  const live = world.workers.filter((worker) => worker.alive).length;
  const asks = needsSomeone(world).length;
  const parts = [
    pulseText(world),
    counted(asks, "ask"),
    counted(world.notices.length, "notice"),
    `${counted(live, "worker")} live of ${world.workers.length}`,
    counted(world.goals.length, "goal"),
    `${formatUsd(world.budget.spentMicros)} today${limitText(world)}`,
  ];
  return parts.join(" · ");
}

function limitText({ budget }: World): string {
  if (budget.problem !== undefined) return " (the ledger cannot be read)";
  if (budget.limitMicros === undefined) return "";
  return ` of ${formatUsd(budget.limitMicros)}${budget.level === "over" ? ", over budget" : ""}`;
}

/** The pulse in a few words. */
export function pulseText({ pulse, now }: World): string {
  const beat = pulse.heartbeat?.last_beat;
  if (pulse.alive) return beat === undefined ? "pulse alive" : `pulse alive, beat ${formatAge(now - beat)} ago`;
  return beat === undefined ? "pulse DOWN" : `pulse DOWN since ${formatAge(now - beat)}`;
}

/** What to try while something is wrong, one line each. */
export function troubleLines(world: World): readonly string[] {
  return [
    ...(world.pulse.alive ? [] : ["nothing is sensed, scheduled or watched over until: looop up"]),
    ...(world.configProblem === undefined
      ? []
      : [`config.json cannot be used (${world.configProblem}): looop config show`]),
    ...world.unreadable.map((kind) => `${kind} cannot be listed: looop doctor`),
  ];
}

/** The asks that need someone, each on one line with its age, the oldest first. */
export function askLines(world: World): readonly string[] {
  return needsSomeone(world).map(({ id, ask, status, problem }) => {
    const age = ask === undefined ? "" : `, ${formatAge(world.now - ask.ts)}`;
    const state = status === "open" ? "" : `, ${status}`;
    const options = ask?.options === undefined ? "" : ` [${ask.options.join(" | ")}]`;
    return `? ${id} (${ask?.worker ?? "?"}${age}${state})  ${ask?.prompt ?? problem ?? ""}${options}`;
  });
}

/** The open notices, one line each. */
export function noticeLines(world: World): readonly string[] {
  return world.notices.map(({ n, ts, message }) => `! notice ${n} (${formatAge(world.now - ts)})  ${message}`);
}

/** The readings, one line each: what wakes. */
export function sensorLines(world: World): readonly string[] {
  return world.snapshots.map(({ name, reading, problem }) =>
    `${name}  ${reading === undefined ? problem ?? "it cannot be read" : canonicalJson(signalOf(reading))}`
  );
}

/** The live workers, one line each. */
export function workerLines(world: World): readonly string[] {
  return world.workers.filter((worker) => worker.alive).map((worker) => {
    const idle = worker.idleMs === null ? "" : `, silent for ${formatAge(worker.idleMs)}`;
    const up = worker.uptimeMs === null ? "" : `, up ${formatAge(worker.uptimeMs)}`;
    const goal = worker.goal === undefined ? "" : `  for ${worker.goal}`;
    return `${worker.id}  ${worker.state} ${worker.health ?? ""}${up}${idle}${goal}`;
  });
}

/** A block of lines under a heading, indented, safe to show and no wider than the terminal; nothing when there are none. */
export function block(heading: string, lines: readonly string[], columns: number, most = LIST_MAX): readonly string[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, most).map((line) => `  ${fitLine(line, columns - 2)}`);
  const more = lines.length > most ? [`  and ${lines.length - most} more`] : [];
  return [heading, ...shown, ...more];
}

/** Rows whose first cells are as wide as the widest of them. */
export function columnsOf(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(0, ...rows.map(([first]) => oneLine(first).length));
  return rows.map(([first, second]) => `${padLine(oneLine(first), width)}  ${second}`);
}

/** `1 ask`, `2 asks`. */
export function counted(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? "" : "s"}`;
}
