import type { Json } from "../base/canonical_json.ts";

/** What `_ state --json` prints. Keys are only ever added. Instants are unix seconds, spans are seconds, money is dollars. */
export interface StateJson {
  readonly schema: 1;
  readonly world_hash: string;
  readonly data_dir: string;
  readonly pulse: PulseJson;
  readonly config: { readonly ok: boolean; readonly problem?: string };
  readonly goals: readonly string[];
  /** By name: `sensor-*` what sensors printed, `sys-*` what looop derives, each `{signal, detail}` or as the sensor likes it. */
  readonly snapshots: Readonly<Record<string, Json>>;
  readonly asks: readonly AskJson[];
  readonly workers: readonly WorkerJson[];
  readonly claims: readonly ClaimJson[];
  readonly schedules: readonly ScheduleJson[];
  readonly notices: readonly NoticeJson[];
  readonly budget: BudgetJson;
  /** Raw lines, at most twenty. */
  readonly journal_tail: readonly string[];
  /** Kinds whose directory cannot be listed: nothing is said about them. */
  readonly unreadable: readonly string[];
  /** Where text of outside origin stands in this object. */
  readonly untrusted: readonly string[];
}

/** The pulse: alive by its lock, the rest by its last heartbeat. */
export interface PulseJson {
  readonly alive: boolean;
  readonly last_beat: number | null;
  readonly interval_s: number;
}

/** An ask that needs someone. */
export interface AskJson {
  readonly id: string;
  readonly worker: string;
  readonly kind: string;
  readonly prompt: string;
  readonly reference?: string;
  readonly options?: readonly string[];
  readonly action?: string;
  readonly ts: number;
  readonly age_s: number;
  readonly status: string;
  readonly expires?: number;
  readonly problem?: string;
}

/** A worker, live or ended. */
export interface WorkerJson {
  readonly id: string;
  readonly state: string;
  readonly alive: boolean;
  readonly exit_code: number | null;
  readonly health: string | null;
  readonly idle_s: number | null;
  readonly uptime_s: number | null;
  readonly goal?: string;
  readonly verify?: string;
  readonly problem?: string;
}

/** A lease that is held. */
export interface ClaimJson {
  readonly name: string;
  readonly session: string | null;
  readonly ts: number | null;
  readonly age_s: number | null;
  readonly expires?: number;
  readonly problem?: string;
}

/** A schedule and its next firing. */
export interface ScheduleJson {
  readonly name: string;
  readonly rule: string | null;
  readonly count: number;
  readonly due: boolean;
  readonly next: number | null;
  readonly last: number | null;
  readonly note?: string;
  readonly problem?: string;
}

/** A notice that nobody has acknowledged. */
export interface NoticeJson {
  readonly n: number;
  readonly source: string;
  readonly message: string;
  readonly ts: number;
  readonly age_s: number;
}

/** Today's spend against the day's limit; null where there is none. */
export interface BudgetJson {
  readonly level: string;
  readonly spent_usd: number;
  readonly limit_usd: number | null;
  readonly left_usd: number | null;
  readonly problem?: string;
}
