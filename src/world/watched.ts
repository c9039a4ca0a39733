import { basename, dirname } from "node:path";
import { heartbeatPath } from "../heartbeat/store.ts";
import type { Context } from "../profile/profile.ts";
import type { Watch } from "../os/watch.ts";
import { clientFiles } from "./client_files.ts";

/**
 * Arms one watch on all directories in which the world can change, and on the client's own. `onHint` is called for the files that
 * matter alone: journal, events and logs grow all the time in some of these directories, and wake nobody.
 */
export function watchWorld(ctx: Context, client: string, onHint: () => void): Watch {
  const { paths } = ctx.profile;
  const own = clientFiles(paths, client);
  const all = [
    paths.goals,
    paths.snapshots,
    paths.asks,
    paths.answers,
    paths.claims,
    paths.schedules,
    paths.notices,
    paths.workers,
    paths.ends,
    own.own,
  ];
  const some = new Map([
    // First, so that the line of the root wins where the config lies in it.
    [dirname(paths.config), [paths.config]],
    [paths.root, [paths.playbook, paths.config, paths.cost]],
    [paths.pulse, [heartbeatPath(ctx)]],
    [own.dir, [own.owner]],
  ]);
  const whole = new Set(all);
  return ctx.os.watches.open([...all, ...some.keys()], (touched, rescan) => {
    if (rescan || touched.some((path) => matters(path, whole, some))) onHint();
  });
}

function matters(path: string, whole: ReadonlySet<string>, some: ReadonlyMap<string, readonly string[]>): boolean {
  const dir = dirname(path);
  const files = some.get(dir);
  if (files !== undefined) return files.includes(path);
  // Counters and other bookkeeping have names with a dot in front.
  return whole.has(dir) ? !basename(path).startsWith(".") : whole.has(path);
}
