import { dirname } from "node:path";
import { shellWord } from "../../base/shell_word.ts";
import { sentence } from "../../failure.ts";
import type { Os } from "../../os/os.ts";
import type { Paths } from "../../profile/paths.ts";
import { proveFileSystem } from "../../profile/prove.ts";
import { bad, type Check, fine, warn } from "./check.ts";
import type { Facts } from "./machine.ts";

/** What file systems reached over a network or from another system are called by `stat -f`. */
const REMOTE =
  /^(nfs|cifs|smb|smb2|afs|ceph|lustre|gpfs|9p|v9fs|fuse|fuseblk|fhgfs|ocfs2|gfs|coda|ncp|prl_fs|vboxsf|msdos|exfat)/;

/** The checks of where the profile lies (or would lie). `existing` is the nearest directory that is there. */
export async function placeChecks(
  os: Os,
  what: { readonly paths: Paths; readonly facts: Facts; readonly complete: boolean },
): Promise<readonly Check[]> {
  return [
    disk(what.facts),
    mount(what.facts),
    above(os, what.paths),
    ...what.complete ? [await proof(os, what.paths)] : [],
  ];
}

/** The nearest directory at or above the root that is there. */
export function nearestDir(os: Os, root: string): string {
  for (let dir = root;; dir = dirname(dir)) {
    const stamp = os.files.stat(dir);
    if ((stamp.ok && stamp.value.kind === "dir") || dirname(dir) === dir) return dir;
  }
}

function disk(facts: Facts): Check {
  const kib = Number(facts.get("kib") === "" ? NaN : facts.get("kib"));
  if (!Number.isFinite(kib)) return warn("disk", "df does not say how much is free");
  const mib = Math.floor(kib / 1024);
  if (mib < 16) return bad("disk", `only ${mib} MiB are free`, "free some space; looop prune removes old sessions");
  if (mib < 512) return warn("disk", `only ${mib} MiB are free`, "looop prune removes old sessions");
  return fine("disk", mib >= 10_240 ? `${Math.floor(mib / 1024)} GiB free` : `${mib} MiB free`);
}

function mount(facts: Facts): Check {
  const type = facts.get("type") ?? "";
  const device = facts.get("device") ?? "";
  if (REMOTE.test(type) || /^[^/]*:|^\/\//.test(device)) {
    return warn(
      "mount",
      `the profile lies on ${
        type === "" ? device : `${type} (${device})`
      }, where locks and file events cannot be relied on`,
      "set LOOOP_DATA_DIR to a directory on a local disk",
    );
  }
  return fine("mount", type === "" ? device : `${type} (${device})`);
}

function above(os: Os, paths: Paths): Check {
  const open: string[] = [];
  for (let dir = dirname(paths.root);; dir = dirname(dir)) {
    const stamp = os.files.stat(dir);
    // Sticky: others may add names there and take none away.
    if (stamp.ok && (stamp.value.mode & 0o022) !== 0 && (stamp.value.mode & 0o1000) === 0) open.push(dir);
    if (dirname(dir) === dir) break;
  }
  if (open.length === 0) return fine("above the profile", "nobody else can put another one in its place");
  return warn(
    "above the profile",
    `others may write to ${open.join(", ")}, and so put another profile in its place`,
    `chmod go-w ${open.map(shellWord).join(" ")}`,
  );
}

async function proof(os: Os, paths: Paths): Promise<Check> {
  const proved = await proveFileSystem(os, paths);
  return proved.ok
    ? fine("file system", "it has hard links, locks and named pipes")
    : bad("file system", sentence(proved.failure), proved.failure.hint);
}
