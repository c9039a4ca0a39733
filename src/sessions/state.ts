import type { LostReason, SessionState } from "./schema.ts";

/** What was seen of one generation. */
export interface Seen {
  /** `exit.N`, written by the inner shell when the command ended by itself. */
  readonly exit?: number | undefined;
  /** `killed.N`: the same, after a recorded intent to end it. */
  readonly killed?: number | undefined;
  /** `pty.N`: script(1) ended; N is its own code. */
  readonly pty?: number | undefined;
  /** `kill.json` is there. */
  readonly intent: boolean;
  /** What `spawn.err` says: the command was never started. */
  readonly spawnError?: string | undefined;
  /** What script(1) complained of before it ended without having started anything. */
  readonly scriptError?: string | undefined;
  /** `sup.id` is there: the supervisor has run. */
  readonly sup: boolean;
  /** `launched` is there: the command has taken over. */
  readonly launched: boolean;
  /** The helpers' lock is held: the supervisor or script(1) lives. */
  readonly held: boolean;
  /** A pause is recorded and the command's processes are stopped. */
  readonly stopped: boolean;
  /** Asked only when nothing else decides: is this still the boot it was started in. */
  readonly sameBoot: boolean;
  /** Asked only when nothing else decides: processes that belong to the session. */
  readonly processes: number;
}

/** What a generation's files and a probe of its processes mean. Total and pure: the whole matrix is a table in the tests. */
export function deriveState(seen: Seen): SessionState {
  if (seen.spawnError !== undefined && (seen.exit ?? seen.killed ?? seen.pty) !== undefined) {
    return { kind: "failed_to_start", message: seen.spawnError };
  }
  if (seen.killed !== undefined) return { kind: "killed", code: seen.killed };
  if (seen.exit !== undefined) return { kind: "exited", code: seen.exit };
  if (seen.held && seen.pty === undefined) {
    if (!seen.launched) return { kind: "starting" };
    return { kind: seen.stopped ? "paused" : "running" };
  }
  // What was to end before it began never begins: its supervisor looks for the intent first.
  if (!seen.sup && seen.pty === undefined) return seen.intent ? { kind: "killed", code: null } : { kind: "unstarted" };
  const reason: LostReason = !seen.sameBoot ? "reboot" : seen.pty !== undefined ? "terminal gone" : "helpers gone";
  if (seen.sameBoot && seen.processes > 0) return { kind: "orphaned", reason };
  if (seen.intent && seen.sameBoot) return { kind: "killed", code: seen.pty ?? null };
  if (seen.pty !== undefined && !seen.launched) {
    return { kind: "failed_to_start", message: seen.scriptError ?? `the terminal could not be opened (${seen.pty})` };
  }
  return { kind: "lost", reason };
}
