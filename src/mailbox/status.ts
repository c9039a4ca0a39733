import type { Answer, Ask, AskStatus, Liveness } from "./schema.ts";

/** What a file of the mailbox gave when it was read: absent, unusable and present are three things. */
export type Found<T> =
  | { readonly kind: "absent" }
  | Corrupt
  | { readonly kind: "present"; readonly value: T };

/** A file that is there and cannot be used. */
export interface Corrupt {
  readonly kind: "corrupt";
  readonly problem: string;
  /** It could not be opened or read just now, which says nothing of what it holds. */
  readonly transient?: boolean;
  /** A later looop wrote it. */
  readonly newer?: boolean;
  /** An approval whose action is not the one that it was raised for. */
  readonly changed?: boolean;
}

/** All that an ask's status is derived from. */
export interface AskFacts {
  readonly ask: Found<Ask>;
  readonly answer: Found<Answer>;
  readonly consumed: boolean;
  readonly now: number;
  readonly liveness: Liveness;
}

/** What a status means for those who look. */
export interface StatusRule {
  /** Someone has to do something: listed by `asks` and `_ state`, counted by `status`. */
  readonly needsSomeone: boolean;
  /** An item of the world: appearing, changing and going wake a `_ wait`. */
  readonly wakes: boolean;
  /** What a waiting `_ ask` does when its ask stands so. */
  readonly asker: "waits" | "gets the answer" | "is told that it was withdrawn" | "is told what is wrong";
  /**
   * What `answer` does. `--force` replaces an answer whose delivery has not begun. Of what is corrupt, it does so for a broken answer;
   * an ask that cannot be read can only be withdrawn.
   */
  readonly answering:
    | "taken"
    | "taken, with a warning"
    | "refused"
    | "only with --force"
    | "only with --force, if readable";
}

/**
 * The statuses and their consequences, the one table. `answered` is no item of the world: its going from the inbox is the news, and
 * the asker's reading of it would be a second wake that nobody can do anything about.
 */
export const STATUS_RULES: Readonly<Record<AskStatus, StatusRule>> = {
  open: { needsSomeone: true, wakes: true, asker: "waits", answering: "taken" },
  orphaned: { needsSomeone: true, wakes: true, asker: "waits", answering: "taken, with a warning" },
  answered: { needsSomeone: false, wakes: false, asker: "gets the answer", answering: "only with --force" },
  expired: { needsSomeone: false, wakes: false, asker: "gets the answer", answering: "refused" },
  withdrawn: { needsSomeone: false, wakes: false, asker: "is told that it was withdrawn", answering: "refused" },
  consumed: { needsSomeone: false, wakes: false, asker: "gets the answer", answering: "refused" },
  corrupt: {
    needsSomeone: true,
    wakes: true,
    asker: "is told what is wrong",
    answering: "only with --force, if readable",
  },
};

/**
 * Derives where an ask stands. A mark of consumption outlasts everything (the pair may be on its way to the archive), but that a
 * withdrawal was read does not make an answer of it; an answer that cannot be read is not an open ask; an ask past its time is expired
 * even before its default has been written down. Unknown liveness is not death, and an id that never had a session is open like any other.
 */
export function askStatus(facts: AskFacts): AskStatus {
  if (facts.consumed) {
    return facts.answer.kind === "present" && facts.answer.value.by.kind === "withdrawn" ? "withdrawn" : "consumed";
  }
  if (facts.answer.kind === "corrupt") return "corrupt";
  if (facts.answer.kind === "present") {
    const { kind } = facts.answer.value.by;
    if (kind === "withdrawn") return "withdrawn";
    if (facts.ask.kind === "corrupt") return "corrupt";
    return kind === "default" ? "expired" : "answered";
  }
  if (facts.ask.kind !== "present") return "corrupt";
  if (isExpired(facts.ask.value, facts.now)) return "expired";
  return facts.liveness === "dead" ? "orphaned" : "open";
}

/** Whether an ask's time is over. */
export function isExpired(ask: Ask, now: number): boolean {
  return ask.expires !== undefined && ask.expires <= now;
}
