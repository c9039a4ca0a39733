import { relative } from "node:path";
import type { Os } from "../../os/os.ts";
import { profilePaths } from "../../profile/paths.ts";
import { writableRoots } from "../../workers/environment.ts";
import { type Check, fine, warn } from "./check.ts";

/** It cannot be tried here: no mount namespaces of one's own. */
const NOT_HERE = 77;

/**
 * One ask of a worker, in a throw-away profile of which nothing can be written but what sandboxing agents are given. The sandbox is a
 * mount namespace (unshare(1)); that it holds is tried first.
 */
const PROOF = `umask 077
unshare -rm true 2>/dev/null || exit ${NOT_HERE}
dir=$(mktemp -d "\${TMPDIR:-/tmp}/looop-proof-XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
export LOOOP_DATA_DIR="$dir/profile" LOOOP_CONFIG="$dir/profile/config.json"
unset LOOOP_SESSION_ID LOOOP_CLIENT LOOOP_SESSION_MARK
"$LOOOP_PROVED" init --runner sh --yes >/dev/null || exit 1
touch "$LOOOP_DATA_DIR/cost.jsonl" "$LOOOP_DATA_DIR/events.ndjson"
unshare -rm sh -c '
  mount --bind "$LOOOP_DATA_DIR" "$LOOOP_DATA_DIR" || exit ${NOT_HERE}
  for root do mount --bind "$LOOOP_DATA_DIR/$root" "$LOOOP_DATA_DIR/$root" || exit ${NOT_HERE}; done
  mount -o remount,bind,ro "$LOOOP_DATA_DIR" || exit ${NOT_HERE}
  ! touch "$LOOOP_DATA_DIR/PLAYBOOK.md" 2>/dev/null || exit ${NOT_HERE}
  export LOOOP_SESSION_ID=proof
  "$LOOOP_PROVED" _ ask --prompt "Does this arrive?" --no-wait && "$LOOOP_PROVED" _ told && "$LOOOP_PROVED" _ claim proof &&
    "$LOOOP_PROVED" _ cost 0.01 && "$LOOOP_PROVED" _ unclaim proof' sh "$@"`;

/** Whether the callbacks of a worker work where an agent's sandbox lets nothing be written but what it is told to. Linux. */
export async function callbackCheck(os: Os): Promise<Check> {
  const name = "callbacks";
  if (os.environment.platform !== "linux") return fine(name, "not tried on this system");
  const paths = profilePaths("/p");
  const roots = writableRoots(paths).map((path) => relative(paths.root, path));
  const end = await os.processes.sh(PROOF, roots, {
    env: { LOOOP_PROVED: os.environment.selfPath() },
    timeoutMs: 20_000,
  });
  if (end.code === NOT_HERE) return fine(name, "not tried: this system gives no mount namespaces of one's own");
  if (end.code === 0 && end.stdout.includes("proof-1")) {
    return fine(name, "an ask gets through with nothing writable but mailbox, claims, reports, ledger and event log");
  }
  const said = end.stderr.trim().split("\n").at(-1) ?? "";
  return warn(
    name,
    `in an agent's sandbox an ask would not get through: ${said}`,
    "report it, with the output of looop doctor",
  );
}
