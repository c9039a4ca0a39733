import { join } from "node:path";
import { ok } from "../base/result.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
import type { Os } from "../os/os.ts";

/** A throw-away profile with a small real directory beside it, and how looop is called in it. */
export interface Stage {
  readonly dir: string;
  readonly profile: string;
  readonly inbox: string;
  readonly archive: string;
  /** Runs looop with these arguments, in that profile. */
  call(
    args: readonly string[],
    timeoutMs?: number,
  ): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;
  /** Starts the scripted root agent; it goes when we go. */
  startRootAgent(): { readonly ended: Promise<boolean>; stop(): void };
  /** Writes a file into the inbox, as anybody might. */
  drop(name: string): Result<void>;
}

/** Files that lie in the inbox from the start, and the one that comes later. */
export const FIRST_FILES: readonly string[] = ["invoice-41.txt", "invoice-42.txt"];
export const LATE_FILE = "invoice-43.txt";

/** Makes the stage in the temporary directory of the machine. */
export async function makeStage(os: Os): Promise<Result<Stage>> {
  const made = await os.processes.sh('mktemp -d "${TMPDIR:-/tmp}/looop-demo-XXXXXX"');
  const dir = made.stdout.trim();
  if (made.code !== 0 || dir === "") return fail("failed", "make a directory for the demo", made.stderr.trim());
  const stage = stageAt(os, dir);
  for (const path of [stage.inbox, stage.archive]) {
    const there = os.files.makeDir(path);
    if (!there.ok) return ioFailure("make the demo's directories", there.failure);
  }
  for (const name of ["root_agent.sh", "worker.sh", "sensor.sh"]) {
    const placed = os.files.replace(join(dir, name), os.environment.readAsset(`demo/${name}`), {
      mode: 0o700,
    });
    if (!placed.ok) return ioFailure("place the demo's scripts", placed.failure);
  }
  for (const name of FIRST_FILES) {
    const dropped = stage.drop(name);
    if (!dropped.ok) return dropped;
  }
  return ok(stage);
}

function stageAt(os: Os, dir: string): Stage {
  const profile = join(dir, "profile");
  const inbox = join(dir, "inbox");
  const archive = join(dir, "archive");
  const env: Readonly<Record<string, string>> = {
    LOOOP_DATA_DIR: profile,
    LOOOP_CONFIG: join(profile, "config.json"),
    LOOOP_BIN: os.environment.selfPath(),
    LOOOP_SESSION_ID: "",
    LOOOP_CLIENT: "",
    DEMO_DIR: dir,
    DEMO_INBOX: inbox,
    DEMO_ARCHIVE: archive,
    DEMO_WORKER: join(dir, "worker.sh"),
  };
  return {
    dir,
    profile,
    inbox,
    archive,
    call: (args, timeoutMs = 20_000) => os.processes.sh('exec "$LOOOP_BIN" "$@"', args, { env, timeoutMs }),
    startRootAgent: () => {
      const child = os.processes.run({
        argv: ["sh", join(dir, "root_agent.sh")],
        env,
        timeoutMs: 60_000,
        stdoutMax: 4096,
        overflow: "tail",
      });
      return { ended: child.end.then((end) => end.kind === "exited" && end.code === 0), stop: child.kill };
    },
    drop: (name) => {
      const written = os.files.replace(join(inbox, name), `${name}\n`);
      return written.ok ? ok(undefined) : ioFailure(`put ${name} into the inbox`, written.failure);
    },
  };
}
