import * as z from "zod/mini";

/** `spec.json`: what a generation was started with; never changed afterwards. Holds no environment values. Times in ms since 1970. */
export const specSchema = z.looseObject({
  v: z.optional(z.number()),
  id: z.string(),
  generation: z.number(),
  argv: z.array(z.string()),
  cwd: z.string(),
  columns: z.number(),
  rows: z.number(),
  /** Carried by every process of the tree in `LOOOP_SESSION_MARK`. */
  mark: z.string(),
  /** Which boot of the machine it belongs to. */
  boot: z.string(),
  started: z.number(),
  /** Answer terminal queries while nobody is attached. */
  answers: z.optional(z.boolean()),
});

export type Spec = z.infer<typeof specSchema>;

/** `kill.json`: the intent, recorded before the first signal. */
export const intentSchema = z.looseObject({
  v: z.optional(z.number()),
  by: z.string(),
  /** `kill` ends the session; `restart` makes way for the next generation. */
  why: z.string(),
  ts: z.number(),
  grace_ms: z.number(),
});

export type Intent = z.infer<typeof intentSchema>;

/** A line of `events.jsonl`: what happened to the terminal, at which offset of the log. */
export const sessionEventSchema = z.looseObject({
  v: z.optional(z.number()),
  ts: z.number(),
  /** `size`, `gap`, `attach`, `detach`, `pause`, `resume`, `answer`, `mark`. */
  event: z.string(),
  offset: z.number(),
  columns: z.optional(z.number()),
  rows: z.optional(z.number()),
  bytes: z.optional(z.number()),
});

export type SessionEvent = z.infer<typeof sessionEventSchema>;

/** `log.head`: bytes before `head` are no longer kept; `modes` sets a terminal up as it was there. */
export const logHeadSchema = z.looseObject({
  v: z.optional(z.number()),
  head: z.number(),
  modes: z.string(),
});

export type LogHead = z.infer<typeof logHeadSchema>;

/** `viewers/N.json`: who is attached, with what size of terminal. */
export const viewerSchema = z.looseObject({
  v: z.optional(z.number()),
  /** Types nothing and never sets the size. */
  read_only: z.boolean(),
  columns: z.optional(z.number()),
  rows: z.optional(z.number()),
});

export type Viewer = z.infer<typeof viewerSchema>;

/** A session's state: derived from its files and a probe each time it is asked for, stored nowhere. */
export type SessionState =
  | { readonly kind: "unstarted" }
  | { readonly kind: "starting" }
  | { readonly kind: "running" }
  | { readonly kind: "paused" }
  | { readonly kind: "exited"; readonly code: number }
  /** Ended on request; `code` is the command's own, null when nobody was left to record it. */
  | { readonly kind: "killed"; readonly code: number | null }
  | { readonly kind: "failed_to_start"; readonly message: string }
  | { readonly kind: "lost"; readonly reason: LostReason }
  /** The terminal is gone and processes of the session are left. */
  | { readonly kind: "orphaned"; readonly reason: LostReason };

/** How a session got lost. */
export type LostReason = "reboot" | "terminal gone" | "helpers gone";

/** One generation of a session, by name. */
export interface SessionRef {
  readonly id: string;
  readonly generation: number;
}

/** A generation as it is now. */
export interface SessionView extends SessionRef {
  readonly state: SessionState;
  readonly alive: boolean;
}

/** True for the states in which the command may still be doing something. */
export function isAlive(state: SessionState): boolean {
  return state.kind === "starting" || state.kind === "running" || state.kind === "paused";
}

/** True for the states that no longer change: the command has ended and nothing of it is left. */
export function isOver(state: SessionState): boolean {
  return state.kind === "exited" || state.kind === "killed" || state.kind === "failed_to_start" ||
    state.kind === "lost";
}

/** The exit code that stands for a state, as shells would say it; null while there is none. */
export function exitCodeOf(state: SessionState): number | null {
  switch (state.kind) {
    case "exited":
    case "killed":
      return state.code;
    case "failed_to_start":
      return 127;
    default:
      return null;
  }
}
