/** What the runtime allows this process, in words of its own flags. */
export interface Grants {
  readonly read: boolean;
  /** May write anywhere; below some directories, that of `grantsNow` among them; or not there. */
  readonly write: "anywhere" | "below" | "no";
  /** May start `sh`. */
  readonly runSh: boolean;
  /** May read looop's own variables. */
  readonly env: boolean;
  /** What is allowed beyond what looop asks for: `net`, `ffi`, `sys`, or `run` for any program. */
  readonly beyond: readonly string[];
}

/** Asks the runtime; grants nothing and never prompts. `dir` is where looop has to write. */
export function grantsNow(dir: string): Grants {
  return {
    // The runtime keeps a few paths of its own to itself, and calls that granted in part.
    read: query({ name: "read" }).state === "granted",
    write: query({ name: "write" }).state === "granted"
      ? "anywhere"
      : query({ name: "write", path: dir }).state === "granted"
      ? "below"
      : "no",
    runSh: query({ name: "run", command: "sh" }).state === "granted",
    env: query({ name: "env", variable: "LOOOP_DATA_DIR" }).state === "granted",
    beyond: (["net", "ffi", "sys", "run"] as const).filter(isUnlimited),
  };
}

/** A list of names is no unlimited grant: that is granted in part. */
function isUnlimited(name: "net" | "ffi" | "sys" | "run"): boolean {
  const status = query({ name });
  return status.state === "granted" && !status.partial;
}

function query(what: Deno.PermissionDescriptor): Deno.PermissionStatus {
  return Deno.permissions.querySync(what);
}
