/** A text as one word of a shell script: what is between single quotes is never read by the shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Why an argv cannot be run, or undefined. */
export function argvProblem(argv: readonly string[]): string | undefined {
  const [program] = argv;
  if (program === undefined || program === "") return "there is no program to run";
  if (program.startsWith("-")) return `the program's name starts with a dash: ${program}`;
  if (argv.some((word) => word.includes("\0"))) return "an argument holds a NUL byte";
  return undefined;
}

/**
 * The text of `cmd.sh`: enters the directory, makes sure there is a program, becomes it. Tells "never started" from "ended with 127"
 * by `spawn.err`, and says by a rename, which a full disk does not hinder, that all is in place. What the session keeps is ours alone;
 * what the program makes is as whoever started it makes files. A shell's variable that the caller's environment has, too, would be
 * changed in that: those of ours have names that nobody gives.
 */
export function commandScript(argv: readonly string[], cwd: string): string {
  const program = argv[0] ?? "";
  return `looop_dir=$PWD
fail() { printf '%s\\n' "$1" >"$looop_dir/spawn.err"; exit 127; }
CDPATH= cd -- ${quoted(cwd)} || fail ${quoted(`the directory cannot be entered: ${cwd}`)}
command -v -- ${quoted(program)} >/dev/null 2>&1 || fail ${quoted(`there is no program ${program}`)}
mv -- "$looop_dir/launched.slot" "$looop_dir/launched"
umask "$LOOOP_CALLER_UMASK"
unset looop_dir LOOOP_CALLER_UMASK
exec ${argv.map(quoted).join(" ")}
`;
}
