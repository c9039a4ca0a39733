/** State of a session, derived from its files and a probe, never stored. */
export type WorkerState =
  | "unstarted"
  | "starting"
  | "running"
  | "paused"
  | "exited"
  | "killed"
  | "failed_to_start"
  | "lost"
  | "orphaned";

/** How a live worker is doing, best evidence first. */
export type Health = "busy" | "waiting-ask" | "idle" | "stuck";

/** A worker as the world sees it. Spans are milliseconds. */
export interface WorkerView {
  readonly id: string;
  readonly generation: number;
  readonly state: WorkerState;
  readonly alive: boolean;
  readonly exitCode: number | null;
  readonly health: Health | "dead" | null;
  readonly healthWhy?: string | undefined;
  readonly idleMs: number | null;
  readonly uptimeMs: number | null;
  readonly goal?: string | undefined;
  readonly runner?: string | undefined;
  readonly cwd?: string | undefined;
  readonly meta: boolean;
  readonly verify?: { readonly verdict: "pending" | "pass" | "fail"; readonly tail?: string | undefined } | undefined;
  /** Why the state is what it is, for `lost` and its like: `reboot`, `terminal gone`. */
  readonly reason?: string | undefined;
}
