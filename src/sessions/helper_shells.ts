/**
 * What the helper shells of every platform have in common. Variables begin with `looop_`: an assignment to one that the caller exports
 * would change it for the command.
 */

/** How a supervisor begins, in the generation's directory ("$1"): private files, and the environment without what is not for the command. */
export const SUP_BEGIN = `cd "$1" || exit 1
LOOOP_CALLER_UMASK=$(umask)
umask 077
set -f
for looop_name in $(env | sed -n 's/^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/\\1/p'); do
  case " $LOOOP_SESSION_KEEP " in *" $looop_name "*) continue ;; esac
  for looop_pattern in $LOOOP_SESSION_UNSET; do
    case $looop_name in $looop_pattern) unset "$looop_name" ;; esac
  done
done
unset LOOOP_SESSION_UNSET LOOOP_SESSION_KEEP
set +f
`;

/** How a supervisor ends: script(1) is gone, with $looop_code. */
export const SUP_END = `mv pty.slot "pty.$looop_code"
[ -e end.slot ] && mv end.slot "$looop_ends/$looop_end,gone,$looop_code"
exit 0
`;

/**
 * The shell between script(1) and the command: size, identities, the command, its end. `closing` closes what the supervisor holds open,
 * `identity` is the function that finds when process "$1" was started, as $looop_start.
 */
export function innerShell({ closing, identity }: { readonly closing: string; readonly identity: string }): string {
  return `exec ${closing}
trap : INT QUIT TERM TSTP
${identity}
stty rows "$LOOOP_SESSION_ROWS" cols "$LOOOP_SESSION_COLUMNS"
tty >pts
identity $PPID
printf '%s %s\\n' "$PPID" "$looop_start" >script.id
identity $$
printf '%s %s\\n' "$$" "$looop_start" >inner.id
looop_ends=$LOOOP_SESSION_ENDS looop_end=$LOOOP_SESSION_END
if [ -n "\${LOOOP_CALLER_SHELL-}" ]; then SHELL=$LOOOP_CALLER_SHELL; else unset SHELL; fi
unset LOOOP_CALLER_SHELL LOOOP_SESSION_ROWS LOOOP_SESSION_COLUMNS LOOOP_SESSION_ENDS LOOOP_SESSION_END
sh ./cmd.sh
looop_code=$?
if [ -e kill.json ]; then looop_how=killed; else looop_how=exited; fi
if [ "$looop_how" = killed ]; then mv exit.slot "killed.$looop_code"; else mv exit.slot "exit.$looop_code"; fi
[ -e spawn.err ] && looop_how=failed
mv end.slot "$looop_ends/$looop_end,$looop_how,$looop_code"
exit "$looop_code"
`;
}
