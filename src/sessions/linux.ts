import { join } from "node:path";
import type { Os } from "../os/os.ts";
import { innerShell, SUP_BEGIN, SUP_END } from "./helper_shells.ts";
import { FILES } from "./layout.ts";
import type { Identity, Platform, ProcessRow, SignalName } from "./platform.ts";

/** When a process was started, without another program. */
const IDENTITY =
  `identity() { read -r looop_line <"/proc/$1/stat"; looop_rest=\${looop_line##*) }; set -- "$1" $looop_rest; shift 20; looop_start=$1; }`;

/**
 * Linux: util-linux script(1), /proc, flock(1). The supervisor must run script(1) in the foreground: a shell's `&` would leave INT
 * and QUIT ignored in everything below, for good. `trap :` and not `trap ''` for the same reason: what is ignored is inherited.
 * A session that was ended before it began does not begin, nor one whose place was taken away meanwhile.
 */
const SUP = `${SUP_BEGIN}trap : HUP INT QUIT TERM TSTP
${IDENTITY}
exec 8<>pipes/alive 9>held
flock 9
[ -e kill.json ] && exit 0
identity $$
printf '%s %s\\n' "$$" "$looop_start" >sup.id
[ -e "$1/sup.id" ] || exit 0
command ulimit -S -m "$LOOOP_SESSION_SEAL" 2>/dev/null
unset LOOOP_SESSION_SEAL
looop_ends=$LOOOP_SESSION_ENDS looop_end=$LOOOP_SESSION_END
LOOOP_CALLER_SHELL=\${SHELL-} LOOOP_CALLER_UMASK=$LOOOP_CALLER_UMASK SHELL=/bin/sh script -qfe -E always -c 'exec sh ./inner.sh' /dev/null <>pipes/in >>out.log 2>script.err
looop_code=$?
${SUP_END}`;

/**
 * Sits between script(1) and the command, because script(1) stops itself for ever when its direct child is stopped. It must not
 * trap HUP: when script(1) is killed, this shell's death by HUP is what takes the foreground along.
 */
const INNER = innerShell({ closing: "8>&- 9>&-", identity: IDENTITY });

/**
 * Every process: one grep for the lines, one for the seals, one for the marks. File names lead each line, so that a newline in a process's
 * name cannot pose as another process. Without grep it fails: an empty list would say that nobody lives.
 */
const PROCESSES = `cd /proc && command -v grep >/dev/null || exit 1
grep -a '' [0-9]*/stat 2>/dev/null
printf '\\0'
grep -a '^Max resident set *[0-9]' [0-9]*/limits 2>/dev/null
printf '\\0'
grep -a -z '^LOOOP_SESSION_MARK=.' [0-9]*/environ 2>/dev/null
exit 0
`;

/** When process "$1" was started, with nothing but the shell: whoever can start one can be told by it. */
const START = `read -r line <"/proc/$1/stat" || exit 1
set -f
set -- \${line##*) }
shift 19
printf %s "$1"
`;

/** What terminals, and finding their processes, need beside the shell, and who brings it. */
const PROGRAMS: Readonly<Record<string, string>> = {
  script: "util-linux (apt install bsdutils)",
  flock: "util-linux",
  stty: "coreutils",
  mkfifo: "coreutils",
  grep: "grep",
  sed: "sed",
};

const PROBLEM = `for name do command -v "$name" >/dev/null || { echo "$name"; exit 3; }; done
script --version
case $(script --help) in *--echo*) exit 0 ;; esac
exit 1
`;

/** "$1" is the signal, the rest pid:start. Compared in the same shell, a moment before the signal. */
const SIGNAL = `name=$1; shift; sent=0
for target do
  pid=\${target%%:*}
  line=; read -r line 2>/dev/null <"/proc/$pid/stat" || continue
  rest=\${line##*) }
  start=$(IFS=' '; set -- $rest; shift 19; printf %s "$1")
  [ "$start" = "\${target#*:}" ] || continue
  kill -s "$name" "$pid" 2>/dev/null && sent=$((sent+1))
done
printf %s "$sent"
`;

/** Linux. */
export const linux: Platform = {
  sup: SUP,
  inner: INNER,
  makePipes:
    'umask 077; cd "$1" && mkdir -m 700 pipes && mkfifo -m 600 pipes/in pipes/alive && : >exit.slot && : >pty.slot && : >end.slot && : >launched.slot && : >kill.slot && : >out.log && : >script.err && : >held && cat /proc/sys/kernel/random/boot_id',
  processes,
  startOf,
  bootId,
  signal,
  resize,
  punch,
  // The supervisor and script(1) share a lock that the kernel drops with the last of them: immune to reused process numbers.
  isHeld: (os, dir) => Promise.resolve(os.locks.isHeld(join(dir, FILES.held))),
  problem,
};

async function processes(os: Os): Promise<readonly ProcessRow[] | undefined> {
  const end = await os.processes.sh(PROCESSES);
  if (end.code !== 0) return undefined;
  return parseProcesses(end.stdout);
}

/** Reads what PROCESSES printed. A name may hold blanks, parentheses and newlines: fields are counted after its last parenthesis. */
export function parseProcesses(text: string): ProcessRow[] {
  const [lines = "", limits = "", ...environments] = text.split("\0");
  const stats = new Map<string, string>();
  for (const line of lines.split("\n")) {
    const at = /^([0-9]+)\/stat:/.exec(line);
    if (at?.[1] === undefined) continue;
    stats.set(at[1], (stats.get(at[1]) ?? "") + line.slice(at[0].length));
  }
  const seals = new Map<string, string>();
  for (const line of limits.split("\n")) {
    const at = /^([0-9]+)\/limits:Max resident set +([0-9]+) /.exec(line);
    if (at?.[1] !== undefined && at[2] !== undefined) seals.set(at[1], at[2]);
  }
  const marks = new Map<string, string>();
  for (const entry of environments) {
    const at = /^([0-9]+)\/environ:LOOOP_SESSION_MARK=([0-9a-f-]+)$/.exec(entry);
    if (at?.[1] !== undefined && at[2] !== undefined) marks.set(at[1], at[2]);
  }
  const rows: ProcessRow[] = [];
  for (const [pid, stat] of stats) {
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, ppid, _group, session] = fields;
    const start = fields[19];
    if (state === undefined || ppid === undefined || session === undefined || start === undefined) continue;
    rows.push({
      pid: Number(pid),
      ppid: Number(ppid),
      session,
      stopped: state === "T" || state === "t",
      zombie: state === "Z" || state === "X",
      start,
      mark: marks.get(pid),
      seal: seals.get(pid),
    });
  }
  return rows;
}

async function startOf(os: Os, pid: number): Promise<string | undefined> {
  const end = await os.processes.sh(START, [String(pid)]);
  return end.code === 0 && /^[0-9]+$/.test(end.stdout) ? end.stdout : undefined;
}

async function bootId(os: Os): Promise<string> {
  const end = await os.processes.sh("cat /proc/sys/kernel/random/boot_id");
  return end.stdout.trim();
}

async function signal(os: Os, name: SignalName, targets: readonly Identity[]): Promise<number> {
  if (targets.length === 0) return 0;
  const end = await os.processes.sh(SIGNAL, [name, ...targets.map(({ pid, start }) => `${pid}:${start}`)]);
  return Number(end.stdout);
}

async function resize(
  os: Os,
  pts: string,
  size: { readonly columns: number; readonly rows: number },
): Promise<boolean> {
  const end = await os.processes.sh('stty -F "$1" rows "$2" cols "$3"', [pts, String(size.rows), String(size.columns)]);
  return end.code === 0;
}

async function punch(os: Os, log: string, head: number): Promise<boolean> {
  const end = await os.processes.sh('fallocate -p -o 0 -l "$2" "$1"', [log, String(head)]);
  return end.code === 0;
}

async function problem(os: Os): Promise<{ state: string; hint: string } | undefined> {
  const end = await os.processes.sh(PROBLEM, Object.keys(PROGRAMS));
  if (end.code === 3) {
    const name = end.stdout.trim();
    return { state: `the program ${name} is not on the PATH`, hint: `install ${PROGRAMS[name]}` };
  }
  if (!/util-linux/.test(end.stdout)) {
    return { state: "script(1) is not the one of util-linux", hint: "install util-linux (apk add util-linux-misc)" };
  }
  if (end.code !== 0) return { state: "script(1) is older than 2.35", hint: "install util-linux 2.35 or newer" };
  return undefined;
}
