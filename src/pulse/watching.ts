import { basename, dirname, relative } from "node:path";
import type { Context } from "../profile/profile.ts";
import { isOwnScratch } from "../os/files.ts";
import type { Watch } from "../os/watch.ts";

/** A directory that goes on changing places is looked at again at the next beat. */
const RENEWALS = 3;

/** The watch of what wakes the pulse. */
export interface Watching {
  /** Nothing is told on this machine: the pulse has to look by itself. */
  readonly lost: boolean;
  /** Arms the watch anew when a directory was replaced by another one (a checkout, a restored backup). True when it was. */
  renew(): Promise<boolean>;
  close(): void;
}

/**
 * Watches the quiet directories: policy, sensors, mailbox, schedules, claims, ends of sessions. Never logs, snapshots or ledgers: what the pulse
 * itself writes all the time must not wake it. `onChange` is told what changed, as a path below the data dir, or `rescan`.
 */
export function watchProfile(ctx: Context, onChange: (what: string) => void): Watching {
  const { paths } = ctx.profile;
  const dirs = [
    paths.root,
    paths.goals,
    paths.sensors,
    paths.asks,
    paths.answers,
    paths.schedules,
    paths.claims,
    paths.notices,
    paths.ends,
    ...(dirname(paths.config) === paths.root ? [] : [dirname(paths.config)]),
  ];
  let watch: Watch = open();
  let armed = inodes();
  return {
    get lost() {
      return watch.lost;
    },
    async renew() {
      if (armed === inodes()) return false;
      // What appears while the watch is being armed is told by nobody: so it is looked at once more behind it.
      for (let tries = 0; tries < RENEWALS && armed !== inodes(); tries++) {
        armed = inodes();
        watch.close();
        // The runtime shares its watches: until the close has gone through, a new one of the same path is taken for the old.
        await ctx.os.clock.sleep(1);
        watch = open();
      }
      return true;
    },
    close: () => watch.close(),
  };

  function open(): Watch {
    return ctx.os.watches.open(dirs, (changed, rescan) => {
      if (rescan) onChange("rescan");
      for (const path of changed) {
        const what = concerns(path);
        if (what !== undefined) onChange(what);
      }
    });
  }

  /** In the data dir itself most files are ledgers and logs; in the config's own place everything else is somebody else's. */
  function concerns(path: string): string | undefined {
    if (path === paths.config) return "config";
    if (isOwnScratch(basename(path))) return undefined; // half of a rename
    const dir = dirname(path);
    if (dir === paths.root) {
      const told = path === paths.playbook || path === paths.journal || dirs.includes(path);
      return told ? basename(path) : undefined;
    }
    return dirs.includes(dir) && path.startsWith(paths.root) ? relative(paths.root, path) : undefined;
  }

  function inodes(): string {
    return dirs.map((dir) => {
      const stamp = ctx.os.files.stat(dir);
      return stamp.ok ? `${stamp.value.dev}:${stamp.value.ino}` : "-";
    }).join(" ");
  }
}
