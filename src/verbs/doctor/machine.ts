import { ENV_ASKED, type Grants, grantsNow } from "../../os/grants.ts";
import type { Os } from "../../os/os.ts";
import { locateProfile } from "../../profile/locate.ts";
import { platformOf } from "../../sessions/platform.ts";
import { bad, type Check, fine, warn } from "./check.ts";

/** Facts in lines `name<tab>value`, all in one shell: each spawn costs. "$1" is a directory on the profile's disk, "$2" our program. */
const FACTS = `say() { printf '%s\\t%s\\n' "$1" "$2"; }
say system "$(uname -sr)"
for name in ps flock mkfifo df grep sed tr; do say "$name" "$(command -v "$name")"; done
df -Pk -- "$1" 2>/dev/null | {
  read -r head
  read -r device blocks used kib rest
  say kib "$kib"
  say device "$device"
}
if [ "$(uname -s)" = Linux ]; then
  say type "$(stat -f -c %T -- "$1" 2>/dev/null)"
  for name in max_user_watches max_user_instances; do say "$name" "$(cat /proc/sys/fs/inotify/$name 2>/dev/null)"; done
fi
say open "$(ulimit -n)"
if [ -x "$2" ]; then say self "$("$2" version 2>&1 </dev/null | head -n 1)"; else say self ''; fi
`;

/** What the machine says about itself, by name. */
export type Facts = ReadonlyMap<string, string>;

/** Gathers the facts; empty when there is no shell that works. */
export async function machineFacts(os: Os, dir: string): Promise<Facts> {
  const said = await os.processes.sh(FACTS, [dir, os.environment.selfPath()]);
  return new Map(
    said.stdout.split("\n").filter((line) => line.includes("\t")).map((line) => {
      const at = line.indexOf("\t");
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

/** The checks that need no profile. */
export async function machineChecks(os: Os, facts: Facts, dir: string): Promise<readonly Check[]> {
  return [
    system(os, facts),
    grants(os, dir),
    await terminals(os),
    tools(os, facts),
    self(os, facts),
    events(os, facts, dir),
    openFiles(facts),
  ];
}

function system(os: Os, facts: Facts): Check {
  if (facts.size === 0) return bad("system", "sh does not run", "put /bin on the PATH");
  const name = facts.get("system") ?? "";
  if (os.environment.platform !== "other") return fine("system", name);
  return bad("system", `${name} is not supported`, "use Linux, macOS, or WSL on Windows");
}

function grants(os: Os, dir: string): Check {
  const profile = locateProfile(os);
  const now = grantsNow(profile.ok ? profile.value.root : dir);
  return { ...judgeGrants(now), lists: { programs: now.runSh ? ["sh"] : [], variables: now.env } };
}

function judgeGrants({ read, write, runSh, env, beyond }: Grants): Check {
  const blind = ENV_ASKED.filter((name) => !env.includes(name));
  const missing = [
    ...read ? [] : ["read"],
    ...write === "no" ? ["write"] : [],
    ...runSh ? [] : ["run=sh"],
    ...blind.length === 0 ? [] : [`env=${blind.join(",")}`],
  ];
  const hint = "start looop by its own launcher";
  if (missing.length > 0) return bad("grants", `not granted: ${missing.join(", ")}`, hint);
  if (beyond.length > 0) return warn("grants", `more is granted than looop asks for: ${beyond.join(", ")}`, hint);
  const where = write === "anywhere"
    ? "any file"
    : "only its profile, the directory of its config and the temporary one";
  return fine(
    "grants",
    `it may read any file, write ${where}, start the programs and see the variables listed here; network, foreign libraries, facts about the ` +
      "machine, other programs and code from the web are denied. What sh starts (agents, sensors, commands) has your rights",
  );
}

async function terminals(os: Os): Promise<Check> {
  const problem = await platformOf(os).problem(os);
  return problem === undefined
    ? fine("terminals", "script(1) can hold the terminals of workers")
    : bad("terminals", problem.state, problem.hint);
}

function tools(os: Os, facts: Facts): Check {
  const everywhere = ["ps", "mkfifo", "df", "grep", "sed", "tr"];
  const wanted = os.environment.platform === "linux" ? ["flock", ...everywhere] : everywhere;
  const missing = wanted.filter((name) => (facts.get(name) ?? "") === "");
  if (missing.length === 0) return fine("tools", wanted.join(", "));
  return bad("tools", `not on the PATH: ${missing.join(", ")}`, "install util-linux, procps, coreutils, grep and sed");
}

function self(os: Os, facts: Facts): Check {
  const path = os.environment.selfPath();
  const said = facts.get("self") ?? "";
  if (said.startsWith("looop ")) return fine("program", `${path} (${said})`);
  return bad(
    "program",
    `${path} does not run${said === "" ? "" : `: ${said}`}`,
    "workers call looop by this path: install it anew",
  );
}

function events(os: Os, facts: Facts, dir: string): Check {
  const watch = os.watches.open([dir], () => {});
  watch.close();
  if (watch.lost) {
    return warn("file events", "no watch could be had: looop looks every few seconds instead", raiseLimits());
  }
  const watches = Number(facts.get("max_user_watches") ?? Infinity);
  const instances = Number(facts.get("max_user_instances") ?? Infinity);
  if (watches < 4096 || instances < 64) {
    return warn("file events", `the limits are low (${watches} watches, ${instances} watchers a user)`, raiseLimits());
  }
  return fine(
    "file events",
    Number.isFinite(watches) ? `${watches} watches, ${instances} watchers a user` : "they come",
  );
}

function raiseLimits(): string {
  return "sudo sysctl fs.inotify.max_user_watches=65536 fs.inotify.max_user_instances=512";
}

function openFiles(facts: Facts): Check {
  const limit = facts.get("open") ?? "unlimited";
  if (limit === "unlimited" || Number(limit) >= 256) return fine("open files", limit);
  return warn("open files", `only ${limit} a process`, "ulimit -n 4096");
}
