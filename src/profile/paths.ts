import { join } from "node:path";

/** Every path of a data dir, in one table. Only this file knows the layout. Ids are validated before they come here. */
export interface Paths {
  readonly root: string;
  readonly marker: string;
  readonly config: string;
  readonly playbook: string;
  readonly playbookHistory: string;
  readonly goals: string;
  readonly goalsArchive: string;
  readonly sensors: string;
  readonly sensorsArchive: string;
  readonly notifyHooks: string;
  readonly snapshots: string;
  readonly journal: string;
  readonly events: string;
  readonly cost: string;
  readonly claims: string;
  readonly reports: string;
  readonly asks: string;
  readonly answers: string;
  readonly mailbox: string;
  readonly tells: string;
  readonly schedules: string;
  readonly notices: string;
  readonly cursors: string;
  readonly workers: string;
  readonly sessions: string;
  /** One empty marker a session that ended: the one quiet directory in which all ends can be watched. */
  readonly ends: string;
  /** The pulse's own log and its heartbeat. */
  readonly pulse: string;
  readonly prompts: string;
  readonly work: string;
  readonly runs: string;
  readonly brain: string;
  readonly locks: string;
  readonly pulseLock: string;
  /** Held by a pulse that stands ready to take over from the one that runs. */
  readonly successorLock: string;
  readonly gitignore: string;
}

/** The paths below `root`; `config` may lie elsewhere (`LOOOP_CONFIG`). */
export function profilePaths(root: string, config?: string): Paths {
  return {
    root,
    marker: join(root, "profile.json"),
    config: config ?? join(root, "config.json"),
    playbook: join(root, "PLAYBOOK.md"),
    playbookHistory: join(root, "playbook.d"),
    goals: join(root, "goals"),
    goalsArchive: join(root, "goals", "archive"),
    sensors: join(root, "sensors"),
    sensorsArchive: join(root, "sensors", "archive"),
    notifyHooks: join(root, "notify.d"),
    snapshots: join(root, "snapshots"),
    journal: join(root, "journal.md"),
    events: join(root, "events.ndjson"),
    cost: join(root, "cost.jsonl"),
    claims: join(root, "claims"),
    reports: join(root, "reports"),
    asks: join(root, "asks"),
    answers: join(root, "answers"),
    mailbox: join(root, "mailbox"),
    tells: join(root, "tells"),
    schedules: join(root, "schedules"),
    notices: join(root, "notices"),
    cursors: join(root, "cursors"),
    workers: join(root, "workers"),
    sessions: join(root, "sessions"),
    ends: join(root, "sessions", ".ends"),
    pulse: join(root, "sessions", ".pulse"),
    prompts: join(root, "prompts"),
    work: join(root, "work"),
    runs: join(root, "runs"),
    brain: join(root, "brain"),
    locks: join(root, ".lock"),
    pulseLock: join(root, ".lock", "pulse"),
    successorLock: join(root, ".lock", "successor"),
    gitignore: join(root, ".gitignore"),
  };
}

/** The directories that a complete profile has. */
export function profileDirs(paths: Paths): readonly string[] {
  return [
    paths.goals,
    paths.goalsArchive,
    paths.sensors,
    paths.sensorsArchive,
    paths.playbookHistory,
    paths.notifyHooks,
    paths.snapshots,
    paths.claims,
    paths.reports,
    paths.asks,
    paths.answers,
    paths.mailbox,
    paths.tells,
    paths.schedules,
    paths.notices,
    paths.cursors,
    paths.workers,
    paths.sessions,
    paths.ends,
    paths.pulse,
    paths.prompts,
    paths.work,
    paths.runs,
    paths.brain,
    paths.locks,
  ];
}
