import { canonicalJson } from "../base/canonical_json.ts";
import { never } from "../base/result.ts";
import { sha256Hex } from "../base/sha256.ts";
import type { Actor } from "../profile/profile.ts";
import { carriedCommands } from "./command.ts";
import type { Move } from "./schema.ts";

/**
 * What becomes of a move before anything is done: it may be done; a person has to agree to exactly this one (`approval` is its
 * digest); or it is not done at all, for this reason.
 */
export type Verdict = "done" | { readonly approval: string } | { readonly blocked: string };

/**
 * The one gate of everything that changes the profile on purpose. For people and root agents only the tripwire on commands holds: they
 * answer for what they do. A brain's move is done when it is plainly safe; whatever carries a command or rewrites judgement
 * takes a person's yes. `defaultRunner` is config's. Pure; asynchronous because the shell parser is loaded when a command is there to be read.
 */
export async function gate(move: Move, actor: Actor, defaultRunner: string): Promise<Verdict> {
  const commands = carriedCommands(move, defaultRunner);
  if (commands.length > 0) {
    const { tripwire } = await import("./tripwire.ts");
    for (const command of commands) {
      const reason = tripwire(command);
      if (reason !== undefined) return { blocked: commands.length === 1 ? reason : `${command.what}: ${reason}` };
    }
  }
  if (actor.kind !== "brain") return "done";
  return commands.length > 0 || !plainlySafe(move) ? { approval: moveDigest(move) } : "done";
}

/** What an approval is bound to: any other move, by a single character, has another digest. */
export function moveDigest(move: Move): string {
  return sha256Hex(canonicalJson(move));
}

/** Moves that are undone by another one, and that hand nobody a command. */
function plainlySafe(move: Move): boolean {
  switch (move.kind) {
    case "noop":
    case "goal.write":
    case "goal.archive":
    case "sensor.archive":
    case "schedule.write":
    case "schedule.rm":
    case "worker.start":
    case "worker.restart":
    case "tell":
    case "withdraw":
    case "notify":
      return true;
    case "playbook.write": // its own judgement
    case "answer": // speaks in a person's place
    case "worker.kill": // work that was not written down is lost
    case "sensor.write":
    case "run":
    case "session.send": // what is typed into a terminal may be a command
    case "session.key":
      return false;
    default:
      return never(move);
  }
}
