import type { Os } from "../os/os.ts";
import { darwin } from "./darwin.ts";
import { linux } from "./linux.ts";

/** A process as the system shows it. `start` tells two processes with one number apart. */
export interface ProcessRow {
  readonly pid: number;
  readonly ppid: number;
  /** The session (Linux) or the terminal's name (macOS) it belongs to. */
  readonly session: string;
  readonly stopped: boolean;
  /** Dead and waiting to be reaped: gone, for all that matters here. */
  readonly zombie: boolean;
  readonly start: string;
  /** The session mark in its environment. */
  readonly mark?: string | undefined;
  /** The session's seal (see `sealOf`), where the system shows it. */
  readonly seal?: string | undefined;
}

/** A process by number and start: the number alone may be somebody else's by now. */
export interface Identity {
  readonly pid: number;
  readonly start: string;
}

/** What differs between operating systems, and nothing else. */
export interface Platform {
  /** The supervisor: opens the death pipe, runs script(1), records its end. "$1" is the generation's directory. */
  readonly sup: string;
  /** The shell between script(1) and the command: size, identity, end. */
  readonly inner: string;
  /** Makes the pipes and the empty files of ends in a directory ("$1"), and prints what tells this boot from others. */
  readonly makePipes: string;
  /** All processes, with the marks of those that carry one; undefined when the system would not say. */
  processes(os: Os): Promise<readonly ProcessRow[] | undefined>;
  /** When a process was started, as its row has it; undefined when it is gone or the system would not say. */
  startOf(os: Os, pid: number): Promise<string | undefined>;
  /** What tells this boot of the machine from others. */
  bootId(os: Os): Promise<string>;
  /** Sends a signal to each process that is still the one named; answers how many got it. */
  signal(os: Os, name: SignalName, targets: readonly Identity[]): Promise<number>;
  /** Sets the size of the terminal, while the inner shell is still the one named. */
  resize(os: Os, pts: string, size: { readonly columns: number; readonly rows: number }): Promise<boolean>;
  /** Gives the blocks before `head` back to the disk without moving offsets; false where that cannot be done. */
  punch(os: Os, log: string, head: number): Promise<boolean>;
  /** Whether the helpers of a session still live, told without asking for process numbers. */
  isHeld(os: Os, dir: string): Promise<boolean>;
  /** What keeps terminals from working here: a sentence and what to install; undefined when all is well. */
  problem(os: Os): Promise<{ readonly state: string; readonly hint: string } | undefined>;
}

/** The signals that are sent to sessions. */
export type SignalName = "TERM" | "HUP" | "INT" | "KILL" | "CONT" | "STOP";

/** The form of this machine. */
export function platformOf(os: Os): Platform {
  return os.environment.platform === "darwin" ? darwin : linux;
}
