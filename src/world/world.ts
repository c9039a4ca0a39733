import type { Config } from "../config/schema.ts";
import type { Read } from "../os/files.ts";
import type { Goal } from "../goals/schema.ts";
import type { Snapshot } from "../snapshots/schema.ts";
import type { AskView } from "../mailbox/schema.ts";
import type { WorkerView } from "../workers/schema.ts";
import type { ClaimFile } from "../claims/schema.ts";
import type { ScheduleFile } from "../schedules/schema.ts";
import type { NoticeView } from "../notices/schema.ts";
import type { Budget } from "../cost/schema.ts";
import type { PulseView } from "../heartbeat/schema.ts";

/** A schedule and the instant at which it fires next; at or before now: it is due, whether or not a pulse has counted it yet. */
export interface ScheduleView extends ScheduleFile {
  readonly dueAt: number | undefined;
}

/** The directories whose listing may fail; while one does, nothing is said about what lies in it. */
export type Collection = "goals" | "snapshots" | "asks" | "workers" | "claims" | "schedules" | "notices";

/** What is true of a profile at one instant, as its files and the clock say it. Times are milliseconds since 1970. */
export interface World {
  readonly now: number;
  readonly dataDir: string;
  /** The config as it is now, which may be newer than the one the process started with. */
  readonly config: Config;
  /** Why config.json cannot be used, when it cannot. */
  readonly configProblem: string | undefined;
  /** The problem is that a later looop wrote it. */
  readonly configNewer?: boolean;
  readonly pulse: PulseView;
  /** When the profile was made: since then a pulse that never ran has been down. */
  readonly created: number | undefined;
  readonly playbook: Read;
  readonly goals: readonly Goal[];
  readonly snapshots: readonly Snapshot[];
  /** Those that are not over, orphaned ones told from open ones. */
  readonly asks: readonly AskView[];
  readonly workers: readonly WorkerView[];
  readonly claims: readonly ClaimFile[];
  readonly schedules: readonly ScheduleView[];
  readonly notices: readonly NoticeView[];
  readonly budget: Budget;
  readonly unreadable: readonly Collection[];
}

/** Since when the pulse has been down: its last beat, or the making of the profile. Undefined while it is alive, or unknown. */
export function downSince(world: Pick<World, "pulse" | "created">): number | undefined {
  return world.pulse.alive ? undefined : world.pulse.heartbeat?.last_beat ?? world.created;
}
