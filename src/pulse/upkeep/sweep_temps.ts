import { dirname } from "node:path";
import type { Context } from "../../profile/profile.ts";
import { profileDirs } from "../../profile/paths.ts";

/** A temporary file this old belongs to nobody who still writes it. */
const STALE_MS = 3_600_000;

/** Removes temporary files that crashes left in the profile's directories. Answers how many; what cannot be removed is tried again. */
export function sweepTemps(ctx: Context, now: number): number {
  const { paths } = ctx.profile;
  let removed = 0;
  for (const dir of new Set([paths.root, dirname(paths.config), ...profileDirs(paths)])) {
    const temps = ctx.os.files.listTemps(dir);
    if (!temps.ok) continue;
    for (const path of temps.value) {
      const stamp = ctx.os.files.stat(path);
      if (!stamp.ok || Math.abs(now - stamp.value.mtimeMs) < STALE_MS) continue;
      const gone = stamp.value.kind === "dir" ? ctx.os.files.removeTree(path) : ctx.os.files.remove(path);
      if (gone.ok) removed++;
    }
  }
  return removed;
}
