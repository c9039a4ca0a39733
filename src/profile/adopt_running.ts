import { join } from "node:path";
import type { Os } from "../os/os.ts";
import type { Paths } from "./paths.ts";

/** What still runs, and what to do about it. */
export interface Running {
  readonly state: string;
  readonly hint: string;
}

/**
 * A forerunner that still runs in this profile: its pulse (a kernel lock from 0.14 on, before that a directory with a pid) or one of
 * its sessions. A pid alone is not believed: it may be another program's by now, so its command line must speak of it.
 */
export async function stillRunning(os: Os, paths: Paths): Promise<Running | undefined> {
  const hint = "stop it with the looop that started it (looop down, or Ctrl-C where it runs), then repeat this";
  if (isLocked(os, join(paths.root, ".lock", "lock"))) return { state: "the older looop's pulse still runs", hint };
  const pids = [...pidOf(os, join(paths.root, ".lock", "pid")), ...sessionPids(os, paths)];
  for (const pid of pids) {
    const said = await os.processes.sh('ps -o args= -p "$1"', [pid]);
    if (/\b(looop|babysit)\b/.test(said.stdout)) {
      return { state: `process ${pid} of the older looop still runs`, hint };
    }
  }
  return undefined;
}

function isLocked(os: Os, path: string): boolean {
  try {
    return os.locks.isHeld(path);
  } catch {
    return false; // no file that could be locked
  }
}

function pidOf(os: Os, path: string): readonly string[] {
  const found = os.files.read(path);
  const pid = found.kind === "text" ? /^\s*([1-9][0-9]{0,9})\s*$/.exec(found.text)?.[1] : undefined;
  return pid === undefined ? [] : [pid];
}

/** `sessions/<id>/meta.json` names the process that held the terminal. */
function sessionPids(os: Os, paths: Paths): readonly string[] {
  const pids: string[] = [];
  for (const dir of [paths.sessions, join(paths.root, "babysit")]) {
    const names = os.files.list(dir);
    for (const { name, kind } of names.ok ? names.value : []) {
      const meta = kind === "dir" ? os.files.readListed(join(dir, name, "meta.json")) : undefined;
      const pid = meta === undefined ? undefined : /"babysit_pid"\s*:\s*([1-9][0-9]{0,9})\b/.exec(meta)?.[1];
      if (pid !== undefined) pids.push(pid);
    }
  }
  return pids;
}
