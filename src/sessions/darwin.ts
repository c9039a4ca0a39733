import { join } from "node:path";
import type { Os } from "../os/os.ts";
import { innerShell, SUP_BEGIN, SUP_END } from "./helper_shells.ts";
import { FILES } from "./layout.ts";
import type { Identity, Platform, ProcessRow, SignalName } from "./platform.ts";

/**
 * macOS: script(1) of BSD, which takes the file first and the command after it, answers the command's status, and dies on a named
 * pipe as its stdin; hence the relay, a `cat` on an anonymous pipe. There is no flock(1): life shows in the death pipe. The limits of
 * others cannot be read, so there is no seal: what clears its environment, leaves its session and loses its parent is not found.
 */
const SUP = `${SUP_BEGIN}looop_ends=$LOOOP_SESSION_ENDS looop_end=$LOOOP_SESSION_END
trap : HUP INT QUIT TERM TSTP
unset LOOOP_SESSION_SEAL
[ -e kill.json ] && exit 0
exec 8<>pipes/alive
printf '%s %s\\n' "$$" "$(LC_ALL=C ps -o lstart= -p $$ | sed 's/^ *//;s/ *$//;s/ /_/g')" >sup.id
[ -e "$1/sup.id" ] || exit 0
export LOOOP_CALLER_SHELL="\${SHELL-}" LOOOP_CALLER_UMASK SHELL=/bin/sh
sh -c 'echo $$ >relay.pid; exec cat' <>pipes/in 8<&- | {
  script -q /dev/null sh ./inner.sh >>out.log 2>script.err
  echo $? >pty.code
  kill "$(cat relay.pid)" 2>/dev/null
}
looop_code=$(cat pty.code)
${SUP_END}`;

const INNER = innerShell({
  closing: "8>&-",
  identity: `identity() { looop_start=$(LC_ALL=C ps -o lstart= -p "$1" | sed 's/^ *//;s/ *$//;s/ /_/g'); }`,
});

/** The table, then a line with a blank, then the same with environments, for the marks. */
const PROCESSES = `LC_ALL=C ps -axo pid=,ppid=,stat=,tty=,lstart= || exit 1
echo
LC_ALL=C ps -axEwwo pid=,command= | sed -n 's/^ *\\([0-9]*\\) .*LOOOP_SESSION_MARK=\\([0-9a-f-]*\\).*/\\1 \\2/p'
`;

const START = `LC_ALL=C ps -o lstart= -p "$1" | sed 's/^ *//;s/ *$//;s/ /_/g'`;

const SIGNAL = `name=$1; shift; sent=0
for target do
  pid=\${target%%:*}
  [ "$(LC_ALL=C ps -o lstart= -p "$pid" | sed 's/^ *//;s/ *$//;s/ /_/g')" = "\${target#*:}" ] || continue
  kill -s "$name" "$pid" 2>/dev/null && sent=$((sent+1))
done
printf %s "$sent"
`;

/** macOS. */
export const darwin: Platform = {
  sup: SUP,
  inner: INNER,
  makePipes:
    'umask 077; cd "$1" && mkdir -m 700 pipes && mkfifo -m 600 pipes/in pipes/alive && : >exit.slot && : >pty.slot && : >end.slot && : >launched.slot && : >kill.slot && : >out.log && : >script.err && sysctl -n kern.bootsessionuuid',
  processes,
  startOf,
  bootId,
  signal,
  resize,
  punch: () => Promise.resolve(false),
  isHeld: async (os, dir) => {
    const held = await os.fifos.hasWriter(join(dir, FILES.alive));
    return held.ok && held.value;
  },
  problem: async (os) => {
    const end = await os.processes.sh("command -v script >/dev/null && command -v mkfifo >/dev/null");
    return end.code === 0
      ? undefined
      : { state: "script(1) or mkfifo(1) is missing", hint: "put /usr/bin on the PATH" };
  },
};

async function processes(os: Os): Promise<readonly ProcessRow[] | undefined> {
  const end = await os.processes.sh(PROCESSES);
  return end.code === 0 ? parseProcesses(end.stdout) : undefined;
}

/** Reads what PROCESSES printed. */
export function parseProcesses(text: string): ProcessRow[] {
  const cut = text.indexOf("\n\n");
  const marks = new Map<string, string>();
  for (const line of text.slice(cut + 2).split("\n")) {
    const [pid, mark] = line.split(" ");
    if (pid !== undefined && mark !== undefined) marks.set(pid, mark);
  }
  const rows: ProcessRow[] = [];
  for (const line of text.slice(0, cut).split("\n")) {
    const fields = /^ *([0-9]+) +([0-9]+) +(\S+) +(\S+) +(\S.*?) *$/.exec(line);
    const [, pid, ppid, state, tty, start] = fields ?? [];
    if (pid === undefined || ppid === undefined || state === undefined || tty === undefined || start === undefined) {
      continue;
    }
    rows.push({
      pid: Number(pid),
      ppid: Number(ppid),
      session: tty,
      stopped: state.startsWith("T"),
      zombie: state.startsWith("Z"),
      start: start.replaceAll(" ", "_"),
      mark: marks.get(pid),
    });
  }
  return rows;
}

async function startOf(os: Os, pid: number): Promise<string | undefined> {
  const end = await os.processes.sh(START, [String(pid)]);
  const start = end.stdout.trim();
  return start === "" ? undefined : start;
}

async function bootId(os: Os): Promise<string> {
  // Not the time of the boot: that moves when the clock is set.
  const end = await os.processes.sh("sysctl -n kern.bootsessionuuid");
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
  const end = await os.processes.sh('stty -f "$1" rows "$2" cols "$3"', [pts, String(size.rows), String(size.columns)]);
  return end.code === 0;
}
