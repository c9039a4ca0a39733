/** What the runtime allows this process, in words of its own flags. */
export interface Grants {
  readonly read: boolean;
  /** May write anywhere; below some directories, that of `grantsNow` among them; or not there. */
  readonly write: "anywhere" | "below" | "no";
  /** May start `sh`. */
  readonly runSh: boolean;
  /** Of the variables looop asks for, those that it may read; `*` stands for any end of a name. */
  readonly env: readonly string[];
  /** What is allowed beyond what looop asks for: `net`, `ffi`, `sys`, `run` for any program, `env` for any variable. */
  readonly beyond: readonly string[];
}

/** The variables that looop asks for, as scripts/grants has them: the runtime says of a name whether it is granted, and lists none. */
export const ENV_ASKED: readonly string[] = (
  "LOOOP_* LD_* DYLD_* HOME PATH TMPDIR XDG_STATE_HOME XDG_CONFIG_HOME XDG_CACHE_HOME " +
  "XDG_DATA_HOME USER LOGNAME SHELL EDITOR VISUAL PAGER TZ LANG " +
  "LC_ALL LC_CTYPE LC_MESSAGES TERM COLORTERM COLUMNS LINES NO_COLOR FORCE_COLOR " +
  "TMUX STY SSH_TTY ACCESSIBLE CI TERMINAL_EMULATOR TERMINUS_SUBLIME TERM_PROGRAM NODE_DISABLE_COLORS " +
  "TF_BUILD AGENT_NAME TEAMCITY_VERSION TERM_PROGRAM_VERSION APPVEYOR BUILDKITE CIRCLECI DRONE GITEA_ACTIONS " +
  "GITHUB_ACTIONS GITLAB_CI TRAVIS CI_NAME WT_SESSION CLICOLOR CLICOLOR_FORCE"
).split(" ");

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
    env: ENV_ASKED.filter((name) => query({ name: "env", variable: name.replace("*", "ANY") }).state === "granted"),
    beyond: (["net", "ffi", "sys", "run", "env"] as const).filter(isUnlimited),
  };
}

/** A list of names is no unlimited grant: that is granted in part. */
function isUnlimited(name: "net" | "ffi" | "sys" | "run" | "env"): boolean {
  const status = query({ name });
  return status.state === "granted" && !status.partial;
}

function query(what: Deno.PermissionDescriptor): Deno.PermissionStatus {
  return Deno.permissions.querySync(what);
}
