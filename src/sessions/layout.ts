import { join } from "node:path";
import { isId } from "../base/id.ts";
import type { Paths } from "../profile/paths.ts";
import type { SessionRef } from "./schema.ts";

/** The directory of all generations of a session. The id has been validated. */
export function sessionDir(paths: Paths, id: string): string {
  return join(paths.sessions, id);
}

/** The directory of one generation: its terminal, log and end. */
export function generationDir(paths: Paths, ref: SessionRef): string {
  return join(paths.sessions, ref.id, String(ref.generation));
}

/** The highest generation number ever given to the id: it outlives the records, so that no number is used twice. */
export function counterFile(paths: Paths, id: string): string {
  return join(paths.sessions, ".generations", id);
}

/** How the marker of an end is called; ids hold no comma. */
export function endName(ref: SessionRef, how: string): string {
  return `${ref.id},${ref.generation},${how}`;
}

/** What the marker of an end says. `gone` needs a closer look: only the terminal is known to have ended. */
export interface EndMarker extends SessionRef {
  readonly how: "exited" | "killed" | "failed" | "gone" | "lost" | "reboot";
  readonly code: number | null;
}

const HOWS: readonly string[] = ["exited", "killed", "failed", "gone", "lost", "reboot"];

/** Reads a marker's name; undefined for anything else that lies there. */
export function parseEndName(name: string): EndMarker | undefined {
  const parts = name.split(",");
  const [id, generation, how, code] = parts;
  if (parts.length < 3 || parts.length > 4 || id === undefined || generation === undefined || how === undefined) {
    return undefined;
  }
  if (!isId(id) || !/^[1-9][0-9]{0,9}$/.test(generation) || !HOWS.includes(how)) return undefined;
  const number = code === undefined || !/^[0-9]{1,3}$/.test(code) ? null : Number(code);
  return { id, generation: Number(generation), how: how as EndMarker["how"], code: number };
}

/** The names of one generation's files. */
export const FILES = {
  spec: "spec.json",
  // In a directory of their own: a watch of the runtime opens whatever an event names, and would wait for ever at a dead pipe.
  input: "pipes/in",
  alive: "pipes/alive",
  held: "held",
  log: "out.log",
  logHead: "log.head",
  sup: "sup.id",
  script: "script.id",
  inner: "inner.id",
  pts: "pts",
  /** Everything is in place and the command takes over. */
  launched: "launched",
  intent: "kill.json",
  /** Made at the start and renamed to `intent` where a full disk lets nothing be written. */
  intentSlot: "kill.slot",
  scriptErr: "script.err",
  spawnErr: "spawn.err",
  paused: "paused",
  events: "events.jsonl",
  /** Held by the one viewer whose terminal answers what the program asks. */
  attach: "attach.lock",
  viewers: "viewers",
  detach: "detach",
  inputLock: "input.lock",
} as const;
