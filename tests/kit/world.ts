import { defaultConfig } from "../../src/config/store.ts";
import type { Ask, AskView } from "../../src/mailbox/schema.ts";
import type { WorkerView } from "../../src/workers/schema.ts";
import type { World } from "../../src/world/world.ts";

/** An instant that tests start from. */
export const NOW = 1_700_000_000_000;

/** A world in which nothing is but a live pulse. */
export function plainWorld(parts: Partial<World> = {}): World {
  return {
    now: NOW,
    dataDir: "/profile",
    config: defaultConfig(),
    configProblem: undefined,
    pulse: {
      alive: true,
      heartbeat: {
        pid: 7,
        started: NOW - 60_000,
        last_beat: NOW - 5_000,
        interval_ms: 60_000,
        version: "0",
        run: "r1",
      },
    },
    created: NOW - 86_400_000,
    playbook: { kind: "absent" },
    goals: [],
    snapshots: [],
    asks: [],
    workers: [],
    claims: [],
    schedules: [],
    notices: [],
    budget: { spentMicros: 0, limitMicros: undefined, level: "none" },
    unreadable: [],
    ...parts,
  };
}

/** An open question, asked at `NOW`. */
export function openAsk(id: string, parts: Partial<Ask> = {}): AskView {
  const worker = id.replace(/-[0-9]+$/, "");
  return { id, status: "open", ask: { id, worker, kind: "question", prompt: `is ${id} right?`, ts: NOW, ...parts } };
}

/** A worker that runs and shows output. */
export function liveWorker(id: string, parts: Partial<WorkerView> = {}): WorkerView {
  return {
    id,
    generation: 1,
    state: "running",
    alive: true,
    exitCode: null,
    health: "busy",
    idleMs: 1_000,
    uptimeMs: 60_000,
    meta: false,
    ...parts,
  };
}
