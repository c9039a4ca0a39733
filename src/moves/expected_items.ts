import { never } from "../base/result.ts";
import { storedBody } from "../goals/format.ts";
import { sensorOfFile } from "../sensors/names.ts";
import { isRunning, textValue } from "../world/items.ts";
import type { Expected } from "../world/own.ts";
import type { Move } from "./schema.ts";

/** What a move will make of which items of the world, as far as that can be told before it is made. */
export function expectedItems(move: Move): Expected {
  switch (move.kind) {
    case "goal.write":
      return { [`goal:${move.id}`]: textValue(storedBody(move.body)) };
    case "goal.archive":
      // The goal that a profile begins with takes its ask along.
      return { [`goal:${move.id}`]: null, ...(move.id === "setup" && { "ask:setup-*": undefined }) };
    case "playbook.write":
      return { playbook: textValue(storedBody(move.body)) };
    case "schedule.write":
      return { [`schedule:${move.name}`]: undefined };
    case "schedule.rm":
      return { [`schedule:${move.name}`]: null };
    case "notify":
      return { "notice:*": undefined };
    case "answer":
    case "withdraw":
      return { [`ask:${move.ask}`]: null };
    case "worker.start":
    case "worker.kill":
      return { [`worker:${move.id}`]: undefined, [`ask:${move.id}-*`]: undefined };
    case "worker.restart":
      return { [`worker:${move.id}`]: undefined };
    case "sensor.archive":
      // The pulse takes the reading away a moment later.
      return archivedSensor(move.name);
    case "sensor.write":
    case "noop":
    case "run":
    case "tell":
    case "session.send":
    case "session.key":
      // What a new sensor says is news for whoever wrote it; the others touch nothing, or nobody knows what.
      return {};
    default:
      return never(move);
  }
}

/**
 * Whether a value that was found after a move is what the move made. A worker that has ended by the time its start is looked at was started by the client, and
 * its end is news all the same.
 */
export function isMadeBy(move: Move, item: string, value: string | null): boolean {
  if (move.kind !== "worker.start" && move.kind !== "worker.restart") return true;
  return item !== `worker:${move.id}` || isRunning(value);
}

function archivedSensor(asked: string): Expected {
  const named = sensorOfFile(asked);
  return "why" in named ? {} : { [`sensor:${named.name}`]: null };
}
