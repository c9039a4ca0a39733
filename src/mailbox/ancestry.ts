import type { Os } from "../os/os.ts";

/** What the processes above us tell about who is calling. */
export type Ancestry =
  | { readonly kind: "free"; readonly tty: string | undefined }
  /** One of them carries a session's mark. */
  | { readonly kind: "marked"; readonly session: string }
  /** The line of ancestors could not be followed. */
  | { readonly kind: "unknown"; readonly why: string };

/** Without these the marks would not be seen, and nothing seen must not read as nobody. */
const MISSING = 127;

/**
 * Walks from process $1 up to the first process of all and prints, one a line: `pid N`, `mark VALUE` for what a session puts into the
 * environment of all that it starts, `end` at the top, `lost N` where the way up is not to be seen, `tty NAME`. The environment is the
 * one a process was started with: unsetting a variable later, or another terminal in between, does not take it away from those above.
 * Linux tells it in /proc; elsewhere `ps -E` shows it behind the command. What belongs to other users (sshd, login) is not readable,
 * and is no session's.
 */
const WALK = `
for name in tr sed; do command -v "$name" >/dev/null || exit ${MISSING}; done
up=$1
steps=0
while [ "$up" -gt 0 ] && [ "$steps" -lt 256 ]; do
  pid=$up
  up=
  steps=$((steps + 1))
  echo "pid $pid"
  if [ -r /proc/self/status ]; then
    [ -r "/proc/$pid/status" ] || { echo "lost $pid"; exit 0; }
    while read -r key value rest; do
      [ "$key" = PPid: ] && up=$value
    done <"/proc/$pid/status"
    { tr '\\n\\000' ' \\n' <"/proc/$pid/environ"; } 2>/dev/null | sed -n 's/^LOOOP_SESSION_\\(ID\\|MARK\\)=\\(..*\\)$/mark \\2/p'
  else
    line=$(ps -E -ww -o ppid=,command= -p "$pid") || { echo "lost $pid"; exit 0; }
    set -- $line
    up=$1
    printf '%s\\n' "$line" | tr ' ' '\\n' | sed -n -e 's/^LOOOP_SESSION_ID=\\(..*\\)$/mark \\1/p' -e 's/^LOOOP_SESSION_MARK=\\(..*\\)$/mark \\1/p'
  fi
  case $up in '' | *[!0-9]*) echo "lost $pid"; exit 0 ;; esac
done
echo end
`;

/** Asks for the terminal of process $1 by a child of its own, since the walk is given no terminal. */
const TTY = `printf 'tty %s\\n' "$(ps -o tty= -p "$1" 2>/dev/null | tr -d ' ')"\n`;

/** Looks at all processes above this one. Costs a shell and a few reads: for approvals only. */
export async function lookAtAncestors(os: Os): Promise<Ancestry> {
  const walked = await os.processes.sh(TTY + WALK, [String(os.environment.pid)], { timeoutMs: 10_000 });
  if (walked.code === MISSING) return { kind: "unknown", why: "tr or sed is not on the PATH" };
  if (walked.code !== 0) return { kind: "unknown", why: `the shell that looks ended with ${walked.code}` };
  return readAncestry(walked.stdout);
}

/** Reads what the walk printed. Anything but a whole way up is unknown. */
export function readAncestry(output: string): Ancestry {
  const lines = output.split("\n").filter((line) => line !== "");
  const mark = lines.find((line) => line.startsWith("mark "));
  if (mark !== undefined) return { kind: "marked", session: mark.slice("mark ".length) };
  if (lines.at(-1) !== "end") {
    return { kind: "unknown", why: "the processes above this one cannot be followed to the top" };
  }
  const tty = lines.find((line) => line.startsWith("tty "))?.slice("tty ".length);
  return { kind: "free", tty: tty === undefined || tty === "" || tty === "?" || tty === "??" ? undefined : tty };
}
