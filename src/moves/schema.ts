import * as z from "zod/mini";

/**
 * Everything that changes the profile on purpose: the closed list. Made by verbs and by the brain alike, through one gate, one
 * executor, one journal. (Asks, claims, cost and ends are events, not moves.)
 */
export type Move =
  | { readonly kind: "noop"; readonly reason?: string | undefined }
  | { readonly kind: "goal.write"; readonly id: string; readonly body: string }
  | { readonly kind: "goal.archive"; readonly id: string }
  | { readonly kind: "sensor.write"; readonly name: string; readonly script: string }
  | { readonly kind: "sensor.archive"; readonly name: string }
  | { readonly kind: "playbook.write"; readonly body: string }
  | {
    readonly kind: "schedule.write";
    readonly name: string;
    readonly in?: number;
    readonly every?: number;
    readonly cron?: string;
    readonly note?: string;
  }
  | { readonly kind: "schedule.rm"; readonly name: string }
  | {
    readonly kind: "run";
    readonly argv: readonly string[];
    readonly reason?: string | undefined;
    readonly timeoutMs?: number | undefined;
  }
  | {
    readonly kind: "worker.start";
    readonly id: string;
    readonly prompt: string;
    readonly runner?: string | undefined;
    readonly command?: string | undefined;
    readonly cwd?: string | undefined;
    readonly goal?: string | undefined;
    readonly verify?: string | undefined;
    readonly meta?: boolean | undefined;
  }
  | { readonly kind: "worker.kill"; readonly id: string; readonly reason?: string | undefined }
  | { readonly kind: "worker.restart"; readonly id: string }
  | { readonly kind: "tell"; readonly worker: string; readonly text: string }
  | {
    readonly kind: "answer";
    readonly ask: string;
    readonly text: string;
    readonly other?: boolean;
    readonly force?: boolean;
    /** For an approval: the digest of the action that a person at a terminal has seen. Set by the verb alone, never read from outside. */
    readonly consent?: string | undefined;
    readonly tty?: string | undefined;
  }
  | { readonly kind: "withdraw"; readonly ask: string }
  | { readonly kind: "notify"; readonly message: string }
  | {
    readonly kind: "session.send";
    readonly id: string;
    readonly text: string;
    /** Ends the text with Enter; so it is when it is not said. */
    readonly enter?: boolean;
    readonly confirm?: boolean;
    /** The text is bytes, a Latin-1 character each. */
    readonly raw?: boolean;
  }
  | { readonly kind: "session.key"; readonly id: string; readonly keys: readonly string[] };

/** The kinds of moves. */
export type MoveKind = Move["kind"];

/** What a move did. `changed` false: it was so already, which is said and is a success. */
export interface MoveOutcome {
  readonly changed: boolean;
  /** One line for journal and people. */
  readonly summary: string;
  /** Ids it touched, world items among them (`goal:x`). */
  readonly items: readonly string[];
  /** What a program may want: printed by `--json`. */
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * `runs/intent-<id>.json`: a command that is about to run, written before it starts and removed after it was journaled. One that
 * outlives the process which wrote it says that the command was cut off, nobody knows where.
 */
export const intentSchema = z.looseObject({
  v: z.optional(z.number()),
  id: z.string(),
  /** Milliseconds since 1970. */
  ts: z.number(),
  actor: z.looseObject({ kind: z.string() }),
  command: z.string(),
  /** How long it may run, frozen here: changing the config must not change the judgement. */
  timeout_ms: z.number(),
});

export type Intent = z.infer<typeof intentSchema>;
