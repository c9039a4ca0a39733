import type { Result } from "../failure.ts";
import type { Os } from "../os/os.ts";
import type { Actor, Context } from "../profile/profile.ts";

/** Who a verb is for; inside a session only `worker` verbs and reads run (contract: audience). */
export type Audience = "human" | "root" | "worker";

/**
 * What a verb does to the profile: `read` never writes and never seeds; `policy` changes PLAYBOOK, goals, sensors or schedules (a
 * `--meta` session may); `change` changes anything else.
 */
export type Effect = "read" | "policy" | "change";

/** What completes an argument or option: ids that exist, or words. */
export type Completion =
  | "goals"
  | "sensors"
  | "asks"
  | "workers"
  | "sessions"
  | "claims"
  | "schedules"
  | "notices"
  | "runners"
  | "topics"
  | "config-keys"
  | "key-names"
  /** Paths, completed by the shell itself. */
  | "files"
  | readonly string[];

/** A positional argument. */
export interface ArgSpec {
  readonly name: string;
  readonly summary: string;
  readonly required?: boolean;
  /** Takes all that is left. */
  readonly rest?: boolean;
  readonly complete?: Completion;
}

/** An option; without `value` it is a switch. */
export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  /** The word for its value in help: `D`, `N`, `NAME`. */
  readonly value?: string;
  readonly summary: string;
  readonly required?: boolean;
  /** May be given more than once: the input then has a list. */
  readonly many?: boolean;
  readonly complete?: Completion;
}

/** One line of the verb table: all that help, completions, the README and the parser need, without loading the verb. */
export interface VerbEntry {
  readonly path: readonly string[];
  readonly audience: Audience;
  readonly effect: Effect;
  /** One line, imperative, no full stop. */
  readonly summary: string;
  /** Paragraphs for `--help`, when the summary does not say it all. */
  readonly details?: string;
  /** At least one line as one would type it. */
  readonly examples: readonly string[];
  readonly args: readonly ArgSpec[];
  readonly options: readonly OptionSpec[];
  /** Words after the first positional are left alone (`_ run ls -la`). */
  readonly passthrough?: boolean;
  /** Left out of help and tables: forerunners' spellings and internal verbs. */
  readonly hidden?: boolean;
  /** Another spelling of the verb at this path. */
  readonly aliasOf?: readonly string[];
  /**
   * Where the body comes from: an argument of this name, `-`, or stdin when it is left out and stdin is no terminal. When the
   * argument is `required`, the verb never runs without one; empty, binary and oversized ones are refused before.
   */
  readonly body?: string;
  /** The switch with which the body is bytes as they are, a Latin-1 character each: not stripped, not judged, not text. */
  readonly bytesWith?: string;
  /** What the profile must be: `seed` makes one on first touch, `open` refuses when there is none, `none` does not look. */
  readonly profile: "seed" | "open" | "none";
  /** It lives for long and answers signals itself: nothing else ends it. */
  readonly ownSignals?: boolean;
  readonly load: () => Promise<VerbModule>;
}

/** What a verb is called with besides its input. */
export interface Call {
  readonly os: Os;
  readonly actor: Actor;
  /** Asked for `--json`. */
  readonly json: boolean;
  /** Colours may be used on stdout. */
  readonly color: boolean;
  readonly columns: number;
  /** The opened profile; throws in a verb whose entry says `profile: "none"`. */
  readonly context: Context;
  /** Aborted by SIGINT, SIGTERM, SIGHUP: a waiting verb leaves. */
  readonly signal: AbortSignal;
  /** A line for people, on stderr. */
  note(line: string): void;
}

/**
 * The options and arguments as parsed, under the names in the entry: switches true or false, values texts or undefined, `rest` and
 * `many` lists. The body is one text, also where its argument is `rest`: words joined by a blank, or stdin without its last line break.
 */
export type Input = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/**
 * A verb: `run` does it and answers data; `text` says that data to people (ends without a newline; empty: nothing is printed).
 * `raw` writes exact bytes in place of `text` where the verb's value is a text of its own (`_ ask`). `delivered` runs after stdout
 * has taken the output, and not when it could not. `follow` in place of `run` yields outputs one by one. `exit` maps an output to
 * an exit code other than 0 (`wait <id>` ends as the command did).
 */
export interface VerbModule<Output = unknown> {
  run?(call: Call, input: Input): Promise<Result<Output>>;
  follow?(call: Call, input: Input): AsyncIterable<Result<Output>>;
  text(output: Output, call: Call): string;
  raw?(output: Output): string | Uint8Array;
  /** What `--json` prints, when it is not the output itself. */
  json?(output: Output): unknown;
  delivered?(call: Call, output: Output): Promise<Result<void>>;
  exit?(output: Output): number;
}

/** Types a module's parts against each other, then forgets the output's type for the table. */
export function verb<Output>(module: VerbModule<Output>): VerbModule {
  return module as VerbModule;
}
